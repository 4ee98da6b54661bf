import Foundation
import Load
import Postgres
import Schema
import Testing

@Suite struct `The catalogue` {
  @Test func `explains every schema, table, view, column and function`() async throws {
    try await withMigratedDatabase { db in
      let unexplained = try await db.lines(
        """
        select pg_describe_object(classid, objid, objsubid) as name
        from (
          select 'pg_namespace'::regclass as classid, oid as objid, 0 as objsubid from pg_namespace
          where nspname in ('warehouse', 'etl', 'bi')
          union all
          select 'pg_class'::regclass, oid, 0 from pg_class
          where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace, 'bi'::regnamespace)
            and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition
          union all
          select 'pg_class'::regclass, attrelid, attnum from pg_attribute join pg_class on pg_class.oid = attrelid
          where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace, 'bi'::regnamespace)
            and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition and attnum > 0 and not attisdropped
          union all
          select 'pg_proc'::regclass, oid, 0 from pg_proc
          where pronamespace in ('warehouse'::regnamespace, 'etl'::regnamespace, 'bi'::regnamespace)
        ) as object
        where not exists (
          select from pg_description
          where pg_description.classoid = object.classid and pg_description.objoid = object.objid
            and pg_description.objsubid = object.objsubid and length(description) > 10
        )
        """)
      #expect(unexplained == [])
    }
  }

  @Test func `says the unit of every column that is named after one`() async throws {
    try await withMigratedDatabase { db in
      let silent = try await db.lines(
        """
        select attrelid::regclass::text || '.' || attname as name
        from pg_attribute join pg_class on pg_class.oid = attrelid
        join (values
          ('_km', '\\mkm\\M'), ('_kmh', 'km/h'), ('_s', '\\m[sS](econds)?\\M'), ('_c', 'Celsius'), ('_v', '\\mV\\M'),
          ('_min', '[mM]inutes'), ('_deg', 'degrees'), ('_rpm', 'revolutions'), ('_e7', '1e-7 degrees'), ('_bytes', 'bytes')
        ) as unit (ending, word) on right(attname, length(ending)) = ending
        where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace, 'bi'::regnamespace)
          and relkind in ('r', 'p', 'v') and not relispartition and attnum > 0
          and col_description(attrelid, attnum) !~ word
        """)
      #expect(silent == [])
    }
  }

  /// The contract: names and order are relied on by dashboards. A view may have more columns after these.
  private static let contract = [
    "device": """
    account, device_id, imei, type, name, description, portrait_url, mileage_km, mileage_raw_km, day_distance_km, \
    speed_kmh, engine_rpm, engine_temperature_c, external_voltage_v, internal_voltage_v, heading_deg, status_code, \
    status, error_code, error, error_at, online_at, heartbeat_at, latitude, longitude
    """,
    "logbook": """
    account, device_id, device_name, local_date, departed_at, arrived_at, departed_local, arrived_local, duration_s, \
    driving_s, pause_s, origin_latitude, origin_longitude, destination_latitude, destination_longitude, \
    origin_mileage_km, destination_mileage_km, distance_km, average_speed_kmh, average_speed_distance_kmh, \
    pause_count, point_count
    """,
    "route_point": "account, device_id, departed_at, seq, latitude, longitude, speed_kmh",
    "route_pause": """
    account, device_id, departed_at, seq, pause_type_code, pause_type, is_grouped, started_at, ended_at, duration_s, \
    mileage_km, latitude, longitude
    """,
    "data_coverage": "account, device_id, day, state, route_count, point_count, fetched_at",
    "api_budget": "account, window_start, calls_used, calls_left, next_call_at, blocked_since",
    "run": "run, account, command, version, host, process_id, started_at, ended_at, exit_code, calls",
    "finding": "account, device_id, day, departed_at, rule, severity, occurrences, detail, sample, found_at",
  ]

  @Test func `has the columns of the contract, in their order`() async throws {
    let found = try await withMigratedDatabase { db in
      try await db.lines(
        """
        select relname, string_agg(attname, ', ' order by attnum) as columns
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = 'bi'::regnamespace and attnum > 0
        group by relname
        """)
    }
    for (view, columns) in Self.contract.merging(Self.reports, uniquingKeysWith: { first, _ in first }) {
      #expect(found.contains { "\($0), ".hasPrefix("\(view) | \(columns), ") }, "bi.\(view)")
    }
  }

  /// The other views; a view may have more columns after these.
  private static let reports = [
    "readiness": "account, day, vehicle_count, closed_count, complete_count, is_ready, summary",
    "unknown_tag": "account, device_id, day, tag, sample, occurrences, vehicle_key, vehicle_label",
    "logbook_day": """
    account, device_id, device_name, local_date, trip_count, opening_mileage_km, trips_km, gap_km, closing_mileage_km, \
    gap_open_km, duration_s, driving_s, standing_s, pause_s, first_departed_at, last_arrived_at, \
    first_departed_local, last_arrived_local, average_speed_kmh, top_speed_kmh, point_count, is_complete
    """,
    "logbook_week": """
    account, device_id, device_name, local_week, trip_count, driving_day_count, opening_mileage_km, trips_km, gap_km, \
    closing_mileage_km, gap_open_km, gap_open_started_at, gap_open_ended_at, duration_s, driving_s, standing_s, pause_s, \
    first_departed_at, last_arrived_at, first_departed_local, last_arrived_local, average_speed_kmh, top_speed_kmh, \
    point_count, day_count, complete_day_count, is_complete, gap_day_count, has_gap
    """,
    "logbook_month": """
    account, device_id, device_name, local_month, trip_count, driving_day_count, opening_mileage_km, trips_km, gap_km, \
    closing_mileage_km, gap_open_km, gap_open_started_at, gap_open_ended_at, duration_s, driving_s, standing_s, pause_s, \
    first_departed_at, last_arrived_at, first_departed_local, last_arrived_local, average_speed_kmh, top_speed_kmh, \
    point_count, day_count, complete_day_count, is_complete, gap_day_count, has_gap
    """,
    "logbook_year": """
    account, device_id, device_name, local_year, trip_count, driving_day_count, opening_mileage_km, trips_km, gap_km, \
    closing_mileage_km, gap_open_km, gap_open_started_at, gap_open_ended_at, duration_s, driving_s, standing_s, pause_s, \
    first_departed_at, last_arrived_at, first_departed_local, last_arrived_local, average_speed_kmh, top_speed_kmh, \
    point_count, day_count, complete_day_count, is_complete, gap_day_count, has_gap
    """,
    "fleet_day": "account, local_date, active_vehicle_count, trip_count, opening_mileage_km, trips_km, gap_km",
    "odometer_gap": """
    account, device_id, device_name, local_date, previous_departed_at, departed_at, started_at, ended_at, \
    started_local, ended_local, duration_s, start_mileage_km, end_mileage_km, gap_km, likely_cause
    """,
    "stop": """
    account, device_id, device_name, local_date, departed_at, kind, pause_type, started_at, ended_at, started_local, \
    ended_local, duration_s, mileage_km, latitude, longitude
    """,
    "usage_hour": "account, device_id, device_name, local_date, weekday, hour, driving_min, distance_km, trip_count",
    "usage_day": """
    account, device_id, device_name, local_date, weekday, is_weekend, was_used, driving_min, night_min, standing_min, \
    distance_km, first_moved_at, last_moved_at
    """,
    "standing": """
    account, device_id, device_name, local_date, started_at, ended_at, started_local, ended_local, duration_s, arrived_at, \
    next_departed_at, mileage_km, latitude, longitude
    """,
    "calendar": "account, local_date, iso_year, iso_week, local_week, local_month, local_year, quarter, month",
    "vehicle_month": "account, device_id, device_name, local_month, trip_count, trips_km, gap_km, total_km, driving_s",
    "journey": """
    account, device_id, device_name, local_date, departed_at, arrived_at, departed_local, arrived_local, duration_s, driving_s, \
    trip_count, distance_km
    """,
    "reconciliation": "account, device_id, device_name, local_month, check_name, difference_km, finding_count",
    "vehicle": "vehicle_key, vehicle_label, account, device_id, device_name, imei, type, description, time_zone",
    "device_reading": "account, device_id, read_at, source, read_local, mileage_km, mileage_raw_km, day_distance_km",
    "device_version": "account, device_id, valid_from, valid_until, device_name, description, current_device_name",
    "error_episode": "account, device_id, device_name, started_at, ended_at, error_code, error, error_text",
    "api_call": "account, call, run, command, action, device_id, asked_day, started_at, ended_at, duration_s, outcome",
    "route_track": "account, device_id, device_name, local_date, departed_at, geojson, south_latitude, west_longitude",
    "local_day": "account, device_id, device_name, local_date, is_complete, state, utc_day_count",
    "fee_month": "account, month, vehicle_count",
  ]

  @Test func `has the keys of vehicle and trip wherever they belong`() async throws {
    try await withMigratedDatabase { db in
      let missing = try await db.lines(
        """
        select view.relname, wanted.attname
        from pg_class as view
        join (values ('device_id', 'vehicle_key', 'integer'), ('device_id', 'vehicle_label', 'text'),
          ('departed_at', 'trip_key', 'bigint')) as wanted (beside, attname, type)
          on exists (select from pg_attribute where attrelid = view.oid and pg_attribute.attname = wanted.beside)
        where relnamespace = 'bi'::regnamespace and relkind = 'v'
          and not exists (
            select from pg_attribute
            where attrelid = view.oid and pg_attribute.attname = wanted.attname and format_type(atttypid, null) = wanted.type)
        """)
      #expect(missing == [])
    }
  }

  /// ODBC and dbt guess where a numeric has no scale.
  @Test func `gives every numeric column a scale`() async throws {
    try await withMigratedDatabase { db in
      let unscaled = try await db.lines(
        """
        select attrelid::regclass::text || '.' || attname as name
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = 'bi'::regnamespace and attnum > 0 and atttypid = 'numeric'::regtype and atttypmod = -1
        """)
      #expect(unscaled == [])
    }
  }

  /// What a reader has to know of each view: grain, and which columns make a row unique.
  @Test func `says grain and key of every view in its comment`() async throws {
    try await withMigratedDatabase { db in
      let silent = try await db.lines(
        """
        select relname from pg_class
        where relnamespace = 'bi'::regnamespace and relkind = 'v'
          and (obj_description(oid, 'pg_class') !~ '^One row per ' or obj_description(oid, 'pg_class') !~ '\\mKey: ')
          -- Their rows have no key.
          and relname not in ('finding', 'stop', 'device_reading')
        """)
      #expect(silent == [])
    }
  }

  @Test func `has a view for every file of sql`() {
    let tested = Set(Self.contract.keys).union(Self.reports.keys)
    #expect(Set(SQLFile.views.map { String($0.name.dropLast(4)) }) == tested)
  }

  @Test func `gives the contract's columns their types`() async throws {
    try await withMigratedDatabase { db in
      let others = try await db.lines(
        """
        select attrelid::regclass::text || '.' || attname as name, format_type(atttypid, null) as type
        from pg_attribute join pg_class on pg_class.oid = attrelid
        join (values
          ('.*_at$|^blocked_since$|^window_start$', 'timestamp with time zone'),
          ('.*_local$', 'timestamp without time zone'), ('^local_date$|^day$', 'date'),
          ('latitude$|longitude$', 'double precision'), ('_s$|_count$|^seq$|_code$|^calls', 'integer'),
          ('_km$', 'numeric'), ('^account$|^type$|^state$|^status$|^error$|^pause_type$', 'text'),
          ('^device_id$|^imei$', 'bigint'), ('^is_', 'boolean')
        ) as expected (pattern, type) on attname ~ pattern
        where relnamespace = 'bi'::regnamespace and attnum > 0
          and format_type(atttypid, null) <> expected.type
          -- Sums over many trips.
          and not (
            expected.type = 'integer' and format_type(atttypid, null) = 'bigint'
            and relname in ('logbook_day', 'logbook_week', 'logbook_month', 'logbook_year', 'fleet_day',
              'vehicle_month', 'journey'))
        """)
      #expect(others == [])
    }
  }

  @Test(arguments: SQLFile.views) func `has views whose files open with their grain and sources`(file: SQLFile) {
    let opening = file.text.prefix { $0 != "\n" }
    #expect(opening.wholeMatch(of: /-- One row per .+; from [a-z_]+(, [a-z_]+)*\./) != nil, "\(file.name): \(opening)")
    #expect(file.text.contains("\ncomment on view bi.\(file.name.dropLast(4)) is"))
  }

  @Test func `names every check`() async throws {
    try await withMigratedDatabase { db in
      let unnamed = try await db.lines(
        """
        select conrelid::regclass, conname from pg_constraint
        where contype = 'c' and connamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and conname ~ '_check\\d*$'
        """)
      #expect(unnamed == [])
    }
  }

  @Test func `lets logical replication identify the rows of every table`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-12-01');
        select etl.ensure_partition('etl.response', '2026-12-01');
        """)
      let unidentified = try await db.lines(
        """
        select oid::regclass as name from pg_class
        where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and relkind in ('r', 'p') and relreplident <> 'f'
          and not exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'p')
        """)
      #expect(unidentified == [])
      let wholeRows = try await db.lines("select oid::regclass from pg_class where relreplident = 'f' order by 1::text")
      #expect(wholeRows == ["warehouse.route_point", "warehouse.route_point_2026_12"])
    }
  }

  @Test func `knows the codes of the vendor's document`() async throws {
    try await withMigratedDatabase { db in
      let statuses = try await db.lines("select status_code, name from warehouse.device_status order by 1")
      #expect(statuses == ["1 | Offline", "2 | Active", "3 | Inactive", "4 | Not moved yet", "5 | Unused"])
      let errors = try await db.lines("select error_code, name from warehouse.device_error order by 1")
      #expect(
        errors == ["0 | None", "1 | Modified", "2 | Unplugged", "3 | No Signal", "4 | No GPS", "5 | Bad GPS"])
      let pauses = try await db.lines("select * from warehouse.pause_type order by 1")
      #expect(pauses == ["1 | Ignition OFF", "2 | Long-Stopped"])
    }
  }

  @Test func `refuses a time zone that no view could use`() async throws {
    try await withMigratedDatabase { db in
      try await db.execute("insert into warehouse.account (name, time_zone) values ('good', 'Europe/Berlin')")
      let account = await #expect(throws: PostgresError.self) {
        try await db.execute("insert into warehouse.account (name, time_zone) values ('bad', 'Europe/Berln')")
      }
      #expect(account?.sqlState == "22023")
      try await db.execute("insert into warehouse.device (account_key, device_id) values (1, 492)")
      let device = await #expect(throws: PostgresError.self) {
        try await db.execute("update warehouse.device set time_zone = 'Europe/Berln'")
      }
      #expect(device?.sqlState == "22023")
      // PostgreSQL takes this for a zone 30 h ahead: no local date that the calendar has.
      let farAhead = await #expect(throws: PostgresError.self) {
        try await db.execute("update warehouse.device set time_zone = 'X-30'")
      }
      #expect(farAhead?.constraint == "device_time_zone_is_within_a_day")
    }
  }

  @Test func `refuses a route on another day than that of its departure`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(
        """
        insert into warehouse.account (name) values ('default');
        insert into warehouse.device (account_key, device_id) values (1, 492);
        """)
      let error = await #expect(throws: PostgresError.self) {
        try await db.execute(
          """
          insert into warehouse.route (device_key, day, route_no, departed_at, pause_count, point_count, local_date, asked_day)
          values (1, '2026-10-24', 1, '2026-10-25 00:00Z', 0, 0, '2026-10-25', '2026-10-24')
          """)
      }
      #expect(error?.constraint == "route_departs_on_its_day")
    }
  }
}

@Suite struct `A monthly partition` {
  @Test func `is made once for its month, and only of the two tables that have them`() async throws {
    try await withMigratedDatabase { db in
      // In a zone where the first of the month is still the last of the month before in UTC, and the other way round.
      for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        try await db.execute("select set_config('TimeZone', \(zone), false)")
        try await db.script(
          """
          select etl.ensure_partition('warehouse.route_point', '2026-12-01');
          select etl.ensure_partition('warehouse.route_point', '2026-12-31');
          select etl.ensure_partition('etl.response', '2028-02-29');
          """)
      }
      #expect(
        try await db.lines(
          """
          select inhrelid::regclass, pg_get_expr(relpartbound, inhrelid) as bound
          from pg_inherits join pg_class on pg_class.oid = inhrelid where relkind = 'r' order by bound desc
          """) == [
            "etl.response_2028_02 | FOR VALUES FROM ('2028-02-01') TO ('2028-03-01')",
            "warehouse.route_point_2026_12 | FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')",
          ])
      let error = await #expect(throws: PostgresError.self) {
        try await db.query("select etl.ensure_partition('warehouse.route', '2026-12-01')")
      }
      #expect(error?.message == "no monthly partitions are kept for warehouse.route")
    }
  }

  @Test func `that was detached is not mistaken for one`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-12-01');
        alter table warehouse.route_point detach partition warehouse.route_point_2026_12;
        """)
      let error = await #expect(throws: PostgresError.self) {
        try await db.query("select etl.ensure_partition('warehouse.route_point', '2026-12-01')")
      }
      #expect(error?.message == "relation \"route_point_2026_12\" already exists")
    }
  }

  @Test func `gets its name from the real catalogue, whatever a caller puts before it`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(
        """
        create temporary table pg_class as
          select 'warehouse.route_point'::regclass::oid as oid, 'mine'::name as relname,
            'public'::regnamespace::oid as relnamespace;
        select etl.ensure_partition('warehouse.route_point', '2026-12-01');
        """)
      let made = try await db.lines(
        "select to_regclass('warehouse.route_point_2026_12'), to_regclass('public.mine_2026_12')")
      #expect(made == ["warehouse.route_point_2026_12 | -"])
      let right = try await db.lines(
        "select has_function_privilege('public', 'etl.ensure_partition(regclass, date)', 'execute')")
      #expect(right == ["false"])
    }
  }
}
