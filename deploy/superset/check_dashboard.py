"""Opens the imported dashboard in headless Chromium, compares it with the warehouse, filters it, and upgrades it.

usage: check_dashboard.py SUPERSET_URL USER PASSWORD_FILE WAREHOUSE_URL [PICTURE.png]
Prints a line per fault and then exits with 1. Runs in the virtual environment of requirements-browser.txt, with Debian's Chromium.
"""
import copy
import os
import sys
from pathlib import Path

import psycopg
from playwright.sync_api import sync_playwright

from bundle import Bundle
from dashboard_page import DashboardPage
from import_bundle import import_and_check
from picture import track_faults, undrawn
from superset_client import Superset, SupersetError

# Filters, set as in a link to the dashboard.
VEHICLE = "(NATIVE_FILTER-vehicle:(extraFormData:(filters:!((col:vehicle_label,op:IN,val:!('{0}')))),filterState:(value:!('{0}')),id:NATIVE_FILTER-vehicle,ownState:()))"
# The dashboard's default period: up to yesterday, because today is never complete.
LAST_MONTH = "local_date >= (now() at time zone 'UTC')::date - interval '1 month' and local_date < (now() at time zone 'UTC')::date"
PERIOD = "(NATIVE_FILTER-period:(extraFormData:(time_range:'{0} : {1}'),filterState:(value:'{0} : {1}'),id:NATIVE_FILTER-period,ownState:()))"


def main(base, user, password_file, warehouse, picture=None):
    password = Path(password_file).read_text().strip()
    bundle = Bundle.read().at(warehouse)
    superset = Superset(base, user, password)
    faults = []
    with psycopg.connect(warehouse, autocommit=True) as connection, sync_playwright() as playwright:
        flags = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=flags)
        page = DashboardPage(browser, base, user, password, bundle)

        view = page.open()
        faults += [*view.faults(), *wrong_numbers(view, connection, LAST_MONTH)]
        # Without a canvas its fault is listed already.
        if "Tracks" in view.pictures:
            faults += track_faults(view.pictures["Tracks"], connection)
        if picture:
            page.picture(picture)

        vehicle, day, next_day = connection.execute(
            "select min(vehicle_label), quiet.local_date, quiet.local_date + 1 from bi.logbook, "
            "(select local_date from bi.fleet_day where active_vehicle_count > 0 order by active_vehicle_count, local_date limit 1) as quiet "
            "group by quiet.local_date"
        ).fetchone()
        for name, state, condition in (
            ("Vehicle", VEHICLE.format(vehicle.replace("'", "!'")), psycopg.sql.SQL("vehicle_label = {} and ").format(vehicle).as_string() + LAST_MONTH),
            ("Period", PERIOD.format(day, next_day), f"local_date = '{day}'"),
        ):
            filtered = page.open(state)
            faults += [f"{name} filter: {fault}" for fault in filtered.faults(may_be_empty={"Findings"})]
            faults += [f"{name} filter: {fault}" for fault in wrong_numbers(filtered, connection, condition)]
            faults += [f"{name} filter: {title} did not change" for title in dated(bundle) if view.rows(title) == filtered.rows(title)]
            faults += [f"{name} filter: {title} looks the same" for title in undrawn(view, filtered)]
        browser.close()
        faults += [f"the page contacted another host: {host}" for host in sorted(page.refused)]
        faults += upgrade_faults(superset, bundle, view)
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(bundle.charts)} charts, {len(view.responses)} of them loaded, {len(faults)} faults")
    sys.exit(bool(faults))


def dated(bundle):
    """The charts that have a period and vehicles: all but those of the API budget."""
    return [chart["slice_name"] for chart in bundle.charts.values() if bundle.datasets[chart["dataset_uuid"]]["main_dttm_col"]]


def wrong_numbers(view, connection, condition):
    """Yields the big numbers that differ from those of the warehouse."""
    expected = connection.execute(
        f"select round(sum(distance_km)), count(*), count(distinct (account, device_id)) from bi.logbook where {condition}"
    ).fetchone()
    for title, number in zip(("Kilometres driven", "Trips", "Active vehicles"), expected):
        shown = view.big_number(title)
        print(f"  {title}: shown {shown}, in the warehouse {number}")
        if shown != f"{number:,.0f}":
            yield f"{title} shows {shown}, the warehouse has {number}"


def upgrade_faults(superset, bundle, view):
    """Imports a changed bundle over this one, checks that Superset's responses changed, and restores the bundle."""
    titles = {chart["slice_name"]: chart for chart in bundle.charts.values()}
    uuid, body = titles["Kilometres driven"]["uuid"], view.requests["Kilometres driven"]
    changed = copy.deepcopy(bundle)
    changed.charts[uuid]["slice_name"] = "Metres driven"
    for metric in changed.datasets[changed.charts[uuid]["dataset_uuid"]]["metrics"]:
        if metric["metric_name"] == "km":
            metric["expression"] = "1000 * sum(distance_km)"

    def state():
        names = {chart["slice_name"] for chart in superset.get("/api/v1/chart/?q=(page_size:100)")["result"]}
        return names, float(superset.post("/api/v1/chart/data", body)["result"][0]["data"][0]["km"])

    try:
        names, number = state()
        import_and_check(superset, changed)
        new_names, new_number = state()
        import_and_check(superset, bundle)
        last = state()
    except SupersetError as error:
        return [f"upgrade: {error}"]
    print(f"  upgrade: {number:,.0f} became {new_number:,.0f}, and then {last[1]:,.0f}")
    faults = []
    if new_names != names - {"Kilometres driven"} | {"Metres driven"}:
        faults.append(f"upgrade: the titles became {sorted(new_names)}")
    if new_number != 1000 * number:
        faults.append(f"upgrade: the metric kept its SQL: {number} became {new_number}")
    if last != (names, number):
        faults.append(f"upgrade: the bundle did not come back: {last}")
    return faults


if __name__ == "__main__":
    main(*sys.argv[1:])
