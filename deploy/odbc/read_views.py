"""Reads the views of bi through ODBC and checks names, types and values."""
import datetime
import decimal
import re
import sys

import pyodbc

host, port = re.search(r"@([^:]+):(\d+)/", sys.argv[1]).groups()
connection = pyodbc.connect(
    f"DRIVER={{PostgreSQL Unicode}};SERVER={host};PORT={port};DATABASE=fleet;UID=fleetize_reader;PWD=;MaxLongVarcharSize=0")
cursor = connection.cursor()
problems = []
views = [row[0] for row in cursor.execute("select viewname from pg_views where schemaname = 'bi' order by 1").fetchall()]
for view in views:
    expected = {
        name: (kind, modifier)
        for name, kind, modifier in cursor.execute(
            "select attname::text, atttypid::regtype::text, atttypmod from pg_attribute where attrelid = ?::regclass and attnum > 0",
            f"bi.{view}").fetchall()
    }
    cursor.execute(f"select * from bi.{view}")
    for name, python_type, _, size, precision, scale, _ in cursor.description:
        kind, modifier = expected.pop(name)
        if kind == "numeric":
            known = ((modifier - 4) >> 16, (modifier - 4) & 0xFFFF)
            if python_type is not decimal.Decimal or (precision, scale) != known:
                problems.append(f"bi.{view}.{name}: numeric{known} is announced as {python_type.__name__}({precision}, {scale})")
        wanted = {"date": datetime.date, "timestamp without time zone": datetime.datetime, "timestamp with time zone": datetime.datetime,
                  "integer": int, "bigint": int, "double precision": float, "text": str}.get(kind)
        if wanted and python_type is not wanted:
            problems.append(f"bi.{view}.{name}: {kind} is announced as {python_type.__name__}")
    if expected:
        problems.append(f"bi.{view}: columns are missing: {sorted(expected)}")
    cursor.fetchall()
trip = cursor.execute("select vehicle_label, distance_km, departed_at, local_date from bi.logbook").fetchone()
if (trip.vehicle_label, trip.distance_km, trip.local_date) != ("Käfer „1“ 🚗", decimal.Decimal("10.001"), datetime.date(2026, 10, 5)):
    problems.append(f"bi.logbook has other values: {trip}")
track = cursor.execute("select geojson from bi.route_track").fetchone()[0]
if len(track) < 50_000 or not track.endswith("]}"):
    problems.append(f"bi.route_track.geojson is cut to {len(track)} characters")
print("\n".join(problems) or f"{len(views)} views have their types and values through ODBC.")
sys.exit(1 if problems else 0)
