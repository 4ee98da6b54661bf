"""Sums over the raw file of the real fleet, made without any code of this project.

    real_fleet_sums.py months FLEET.jsonl.gz
    real_fleet_sums.py day|week|month|year FLEET.jsonl.gz
    real_fleet_sums.py chains FLEET.jsonl.gz FROM TO [FROM TO ...]     UTC days, both included

`months` prints a line per vehicle and month in Berlin, with the columns that RealFleetLogbookTests reads from bi.logbook_month.
`day`, `week`, `month` and `year` print a line per vehicle and such a period: trips, opening, trips' km, gaps' km, closing, seconds.
`chains` prints a line per vehicle: its first and its last mileage in the given days.
"""

import gzip
import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def routes(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if item["kind"] == "route":
                yield item


def period_start(kind, departed):
    day = departed.date()
    return {
        "day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1), "year": day.replace(month=1, day=1),
    }[kind]


def periods(kind, path):
    trips_of = defaultdict(list)
    for route in routes(path):
        trips_of[route["device_id"]].append(route)
    for device, trips in sorted(trips_of.items()):
        trips.sort(key=lambda trip: trip["origin_timestamp"])
        opening = trips[0]["origin_mileage"]
        of_period = defaultdict(list)
        for trip in trips:
            of_period[period_start(kind, datetime.fromtimestamp(trip["origin_timestamp"], BERLIN))].append(trip)
        for start, trips in sorted(of_period.items()):
            km = sum(trip["destination_mileage"] - trip["origin_mileage"] for trip in trips)
            closing = trips[-1]["destination_mileage"]
            print(
                device, start, len(trips), opening, km, closing - opening - km, closing,
                sum(trip["destination_timestamp"] - trip["origin_timestamp"] for trip in trips), sep="|",
            )
            opening = closing


def months(path):
    days = defaultdict(list)
    for route in routes(path):
        departed = datetime.fromtimestamp(route["origin_timestamp"], BERLIN)
        days[route["device_id"], departed.strftime("%Y-%m-01"), departed.date()].append(route)
    of_month = defaultdict(list)
    for (device, month, date), trips in sorted(days.items()):
        of_month[device, month].append(sorted(trips, key=lambda trip: trip["origin_timestamp"]))
    for (device, month), driven_days in sorted(of_month.items()):
        trips = [trip for day in driven_days for trip in day]
        driving = lambda trip: trip["destination_timestamp"] - trip["origin_timestamp"] - trip["pause_duration"]
        km = lambda trip: trip["destination_mileage"] - trip["origin_mileage"]
        moved = [trip for trip in trips if driving(trip) > 0]
        seconds = sum(map(driving, moved))
        average = "-"
        if seconds:
            exact = Decimal(sum(map(km, moved)) * 3600) / Decimal(seconds)
            average = str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
        standing = sum(
            max(trip["destination_timestamp"] for trip in day) - day[0]["origin_timestamp"] - sum(map(driving, day))
            for day in driven_days
        )
        print(
            device, month, len(trips), len(driven_days),
            sum(map(km, trips)),
            sum(trip["destination_timestamp"] - trip["origin_timestamp"] for trip in trips),
            sum(map(driving, trips)), standing, sum(trip["pause_duration"] for trip in trips),
            trips[0]["origin_timestamp"], max(trip["destination_timestamp"] for trip in trips), average,
            max(point[2] for trip in trips for point in trip["route_points"]),
            sum(len(trip["route_points"]) for trip in trips),
            sep="|",
        )


def chains(path, *bounds):
    spans = list(zip(bounds[::2], bounds[1::2]))
    readings = defaultdict(list)
    for route in routes(path):
        day = datetime.fromtimestamp(route["origin_timestamp"], timezone.utc).strftime("%Y-%m-%d")
        if any(first <= day <= last for first, last in spans):
            readings[route["device_id"]].append(
                (route["origin_timestamp"], route["origin_mileage"], route["destination_mileage"])
            )
    for device, rows in sorted(readings.items()):
        print(device, min(rows)[1], max(rows)[2], sep="|")


if __name__ == "__main__":
    kind, *arguments = sys.argv[1:]
    if kind in ("day", "week", "month", "year"):
        periods(kind, *arguments)
    else:
        {"months": months, "chains": chains}[kind](*arguments)
