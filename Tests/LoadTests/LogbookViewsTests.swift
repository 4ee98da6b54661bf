import Postgres
import Testing

/// Trips around the weekend on which Berlin's clocks go back, 2026-10-25 01:00 UTC; km, pauses, points and top speed of each.
private let trips = """
  insert into warehouse.route (
    device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count,
    point_count, top_speed_kmh)
  values
    (1, '2026-10-24', 1, '2026-10-24 06:00Z', '2026-10-24 06:30Z', 100, 120, 300, 0, 10, 90.5),
    -- 5 km are missing before it.
    (1, '2026-10-24', 2, '2026-10-24 08:00Z', '2026-10-24 09:00Z', 125, 165, 0, 0, 20, 120),
    -- 23:40 to 00:20.
    (1, '2026-10-24', 3, '2026-10-24 21:40Z', '2026-10-24 22:20Z', 165, 170, 0, 0, 5, 50),
    -- 01:30 CEST to 02:10 CET.
    (1, '2026-10-24', 4, '2026-10-24 23:30Z', '2026-10-25 01:10Z', 170, 250, 600, 0, 40, 130),
    -- 00:30 in November.
    (1, '2026-10-31', 1, '2026-10-31 23:30Z', '2026-11-01 00:00Z', 251, 260, 0, 0, 1, null),
    -- Pauses unknown, then neither arrival nor destination.
    (2, '2026-10-24', 1, '2026-10-24 07:00Z', '2026-10-24 07:30Z', 10, 40, null, 0, 0, null),
    (2, '2026-10-24', 2, '2026-10-24 08:00Z', null, 45, null, 0, 0, 0, null),
    (3, '2026-10-24', 1, '2026-10-24 23:30Z', '2026-10-25 01:10Z', 0, 7, 0, 0, 0, null);
  insert into etl.checkpoint (device_key, day, state, route_count) values
    (1, '2026-10-23', 'final', 0), (1, '2026-10-24', 'final', 4), (1, '2026-10-25', 'provisional', 0),
    (2, '2026-10-23', 'empty', 0), (2, '2026-10-24', 'final', 2),
    (3, '2026-10-24', 'final', 1), (3, '2026-10-25', 'pending', 0);
  insert into etl.failed_day values (3, '2026-10-25', 1, '2026-10-26', '2026-10-26', 'timed_out');
  """

private func withTrips(_ body: (Connection) async throws -> Void) async throws {
  try await withMigratedDatabase { db in
    try await db.script(fleet)
    try await db.script(trips)
    try await body(db)
  }
}

@Suite struct `bi.logbook_day` {
  @Test func `has a row per vehicle and local day, also for a day without trips, and its mileages add up`() async throws
  {
    try await withTrips { db in
      let days = try await db.lines(
        """
        select account, device_id, local_date, trip_count, opening_mileage_km, trips_km, gap_km, closing_mileage_km,
          gap_open_km, duration_s, driving_s, standing_s, pause_s, is_complete, has_gap
        from bi.logbook_day order by account, device_id, local_date
        """)
      #expect(
        days == [
          "north | 492 | 2026-10-23 | 0 | - | 0.000 | - | - | - | 0 | 0 | 0 | 0 | false | false",
          """
          north | 492 | 2026-10-24 | 3 | 100.000 | 65.000 | 5.000 | 170.000 | - | 7800 | 7500 | 51300 | 300 \
          | true | true
          """,
          """
          north | 492 | 2026-10-25 | 1 | 170.000 | 80.000 | 0.000 | 250.000 | 1.000 | 6000 | 5400 | 600 | 600 \
          | false | false
          """,
          "north | 492 | 2026-10-26 | 0 | 250.000 | 0.000 | 0.000 | 250.000 | 1.000 | 0 | 0 | 0 | 0 | false | false",
          """
          north | 492 | 2026-11-01 | 1 | 250.000 | 9.000 | 1.000 | 260.000 | - | 1800 | 1800 | 0 | 0 | false \
          | false
          """,
          "north | 493 | 2026-10-23 | 0 | - | 0.000 | - | - | - | 0 | 0 | 0 | 0 | false | false",
          "north | 493 | 2026-10-24 | 2 | 10.000 | 30.000 | 5.000 | 45.000 | - | 1800 | - | - | 0 | true | true",
          "north | 493 | 2026-10-25 | 0 | 45.000 | 0.000 | 0.000 | 45.000 | - | 0 | 0 | 0 | 0 | false | false",
          "south | 492 | 2026-10-24 | 1 | 0.000 | 7.000 | 0.000 | 7.000 | - | 6000 | 6000 | 0 | 0 | true | false",
          "south | 492 | 2026-10-25 | 0 | 7.000 | 0.000 | 0.000 | 7.000 | - | 0 | 0 | 0 | 0 | false | false",
        ])
    }
  }

  @Test func `tells first departure, last arrival and speeds`() async throws {
    try await withTrips { db in
      let days = try await db.lines(
        """
        select device_name, first_departed_at, last_arrived_at, first_departed_local, last_arrived_local,
          average_speed_kmh, top_speed_kmh, point_count, time_zone, local_month
        from bi.logbook_day where device_id = 492 and account = 'north' and trip_count > 0 order by local_date
        """)
      #expect(
        days == [
          // The last arrival is after midnight: the trip belongs to the day of its departure.
          """
          Van | 2026-10-24T06:00:00+00:00 | 2026-10-24T22:20:00+00:00 | 2026-10-24T08:00:00 | 2026-10-25T00:20:00 \
          | 31.20 | 120.0 | 35 | Europe/Berlin | 2026-10-01
          """,
          """
          Van | 2026-10-24T23:30:00+00:00 | 2026-10-25T01:10:00+00:00 | 2026-10-25T01:30:00 | 2026-10-25T02:10:00 \
          | 53.33 | 130.0 | 40 | Europe/Berlin | 2026-10-01
          """,
          """
          Van | 2026-10-31T23:30:00+00:00 | 2026-11-01T00:00:00+00:00 | 2026-11-01T00:30:00 | 2026-11-01T01:00:00 \
          | 18.00 | - | 1 | Europe/Berlin | 2026-11-01
          """,
        ])
    }
  }

  @Test func `survives times that make no sense`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (device_key, day, route_no, departed_at, arrived_at, pause_s, pause_count, point_count)
        values
          (1, '2026-10-05', 1, '2026-10-05 06:00Z', '2026-10-05 05:59Z', 0, 0, 0),
          (1, '2026-10-05', 2, '2026-10-05 07:00Z', '58000-01-01 00:00Z', 0, 0, 0);
        """)
      for view in [
        "logbook_day", "logbook_week", "logbook_month", "logbook_year", "fleet_day", "stop", "standing", "usage_hour",
        "usage_day",
        "odometer_gap", "route_track", "reconciliation",
      ] {
        _ = try await db.query("select * from bi.\(identifier: view)")
      }
      #expect(
        try await db.lines("select trip_count, duration_s, standing_s from bi.logbook_day") == ["2 | -60 | -"])
    }
  }
}

@Suite struct `The views of periods` {
  @Test func `add up the days of a vehicle, and name the gap that is open at their end`() async throws {
    try await withTrips { db in
      let months = try await db.lines(
        """
        select account, device_id, local_month, trip_count, driving_day_count, opening_mileage_km, trips_km, gap_km,
          closing_mileage_km, gap_open_km, gap_open_started_at, gap_open_ended_at, day_count, complete_day_count, is_complete,
          gap_day_count, has_gap, vehicle_label
        from bi.logbook_month order by account, device_id, local_month
        """)
      #expect(
        months == [
          """
          north | 492 | 2026-10-01 | 4 | 2 | 100.000 | 145.000 | 5.000 | 250.000 | 1.000 \
          | 2026-10-25T01:10:00+00:00 | 2026-10-31T23:30:00+00:00 | 31 | 1 | false | 1 | true | Van
          """,
          """
          north | 492 | 2026-11-01 | 1 | 1 | 250.000 | 9.000 | 1.000 | 260.000 | - | - | - | 30 | 0 | false | 0 \
          | false | Van
          """,
          """
          north | 493 | 2026-10-01 | 2 | 1 | 10.000 | 30.000 | 5.000 | 45.000 | - | - | - | 31 | 1 | false | 1 \
          | true | unnamed (north 493)
          """,
          """
          south | 492 | 2026-10-01 | 1 | 1 | 0.000 | 7.000 | 0.000 | 7.000 | - | - | - | 31 | 1 | false | 0 \
          | false | Truck
          """,
        ])
      let times = try await db.lines(
        """
        select device_name, local_month, duration_s, driving_s, standing_s, pause_s, first_departed_at, last_arrived_at,
          first_departed_local, last_arrived_local, average_speed_kmh, top_speed_kmh, point_count, time_zone
        from bi.logbook_month where vehicle_key = 1 order by local_month
        """)
      #expect(
        times == [
          """
          Van | 2026-10-01 | 13800 | 12900 | 51900 | 900 | 2026-10-24T06:00:00+00:00 | 2026-10-25T01:10:00+00:00 \
          | 2026-10-24T08:00:00 | 2026-10-25T02:10:00 | 40.47 | 130.0 | 75 | Europe/Berlin
          """,
          """
          Van | 2026-11-01 | 1800 | 1800 | 0 | 0 | 2026-10-31T23:30:00+00:00 | 2026-11-01T00:00:00+00:00 \
          | 2026-11-01T00:30:00 | 2026-11-01T01:00:00 | 18.00 | - | 1 | Europe/Berlin
          """,
        ])
      let weeks = try await db.lines(
        """
        select vehicle_key, local_week, trip_count, opening_mileage_km, trips_km, gap_km, closing_mileage_km, gap_open_km,
          day_count, complete_day_count, gap_day_count
        from bi.logbook_week order by 1, 2
        """)
      #expect(
        weeks == [
          "1 | 2026-10-19 | 4 | 100.000 | 145.000 | 5.000 | 250.000 | 1.000 | 7 | 1 | 1",
          "1 | 2026-10-26 | 1 | 250.000 | 9.000 | 1.000 | 260.000 | - | 7 | 0 | 0",
          "2 | 2026-10-19 | 2 | 10.000 | 30.000 | 5.000 | 45.000 | - | 7 | 1 | 1",
          "3 | 2026-10-19 | 1 | 0.000 | 7.000 | 0.000 | 7.000 | - | 7 | 1 | 0",
        ])
      let years = try await db.lines(
        """
        select vehicle_key, local_year, trip_count, opening_mileage_km, trips_km, gap_km, closing_mileage_km, gap_open_km,
          day_count, complete_day_count, gap_day_count
        from bi.logbook_year order by 1, 2
        """)
      #expect(
        years == [
          "1 | 2026-01-01 | 5 | 100.000 | 154.000 | 6.000 | 260.000 | - | 365 | 1 | 1",
          "2 | 2026-01-01 | 2 | 10.000 | 30.000 | 5.000 | 45.000 | - | 365 | 1 | 1",
          "3 | 2026-01-01 | 1 | 0.000 | 7.000 | 0.000 | 7.000 | - | 365 | 1 | 0",
        ])
      #expect(try await db.lines("select * from bi.reconciliation") == [])
    }
  }

  @Test func `call a month complete when each of its days is`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // February in Berlin lies in the UTC days from 31 January on.
      try await db.script(
        """
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'empty' from generate_series(date '2026-01-31', date '2026-02-28', interval '1 day') as day;
        """)
      let month = """
        select trip_count, trips_km, day_count, complete_day_count, is_complete
        from bi.logbook_month where local_month = '2026-02-01'
        """
      #expect(try await db.lines(month) == ["0 | 0.000 | 28 | 28 | true"])
      try await db.execute("delete from etl.checkpoint where day = '2026-01-31'")
      #expect(try await db.lines(month) == ["0 | 0.000 | 28 | 27 | false"])
    }
  }

  @Test func `add up the vehicles of an account`() async throws {
    try await withTrips { db in
      let days = try await db.lines(
        """
        select account, local_date, active_vehicle_count, trip_count, opening_mileage_km, trips_km, gap_km, closing_mileage_km,
          duration_s, driving_s, standing_s, pause_s, average_speed_kmh, top_speed_kmh, point_count, vehicle_count,
          complete_vehicle_count, is_complete, gap_vehicle_count
        from bi.fleet_day order by account, local_date
        """)
      #expect(
        days == [
          "north | 2026-10-23 | 0 | 0 | - | 0.000 | - | - | 0 | 0 | 0 | 0 | - | - | 0 | 2 | 0 | false | 0",
          """
          north | 2026-10-24 | 2 | 5 | 110.000 | 95.000 | 10.000 | 215.000 | 9600 | 7500 | 51300 | 300 | 31.20 \
          | 120.0 | 35 | 2 | 2 | true | 2
          """,
          """
          north | 2026-10-25 | 1 | 1 | 215.000 | 80.000 | 0.000 | 295.000 | 6000 | 5400 | 600 | 600 | 53.33 \
          | 130.0 | 40 | 2 | 0 | false | 0
          """,
          """
          north | 2026-10-26 | 0 | 0 | 250.000 | 0.000 | 0.000 | 250.000 | 0 | 0 | 0 | 0 | - | - | 0 | 1 | 0 \
          | false | 0
          """,
          """
          north | 2026-11-01 | 1 | 1 | 250.000 | 9.000 | 1.000 | 260.000 | 1800 | 1800 | 0 | 0 | 18.00 | - | 1 \
          | 1 | 0 | false | 0
          """,
          """
          south | 2026-10-24 | 1 | 1 | 0.000 | 7.000 | 0.000 | 7.000 | 6000 | 6000 | 0 | 0 | 4.20 | - | 0 | 1 | 1 \
          | true | 0
          """,
          """
          south | 2026-10-25 | 0 | 0 | 7.000 | 0.000 | 0.000 | 7.000 | 0 | 0 | 0 | 0 | - | - | 0 | 1 | 0 | false \
          | 0
          """,
        ])
    }
  }
}

@Suite struct `bi.usage_hour and bi.usage_day` {
  private func withUsage(_ body: (Connection) async throws -> Void) async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('east', 'Asia/Kolkata');
        insert into warehouse.device (account_key, device_id) values (3, 1);
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        values
          -- Saturday 23:40 to Sunday 00:20.
          (1, '2026-10-24', 1, '2026-10-24 21:40Z', '2026-10-24 22:20Z', 0, 10, 0, 0),
          -- Sunday 01:30 CEST to 02:40 CET: the second hour comes twice. It pauses from 02:20 to 02:25 CEST.
          (1, '2026-10-24', 2, '2026-10-24 23:30Z', '2026-10-25 01:40Z', 10, 20, 1, 0),
          -- Monday 23:29 to Tuesday 22:00: it departs on one day and drives on another.
          (1, '2026-10-26', 1, '2026-10-26 22:29Z', '2026-10-27 21:00Z', 20, 1000, 0, 0),
          (1, '2026-10-28', 1, '2026-10-28 10:00Z', null, 1000, 1001, 0, 0),
          -- 11:15 to 12:15 in a zone five and a half hours ahead.
          (4, '2026-10-26', 1, '2026-10-26 05:45Z', '2026-10-26 06:45Z', null, null, 0, 0);
        insert into warehouse.route_pause (device_key, day, route_no, seq, started_at, ended_at) values
          (1, '2026-10-24', 2, 1, '2026-10-25 00:20Z', '2026-10-25 00:25Z');
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from generate_series(date '2026-10-25', date '2026-10-27', interval '1 day') as day;
        """)
      try await body(db)
    }
  }

  @Test func `split trips at the hours of the local clock and share out their kilometres`() async throws {
    try await withUsage { db in
      let hours = try await db.lines(
        """
        select account, device_id, local_date, weekday, hour, driving_min, distance_km, trip_count
        from bi.usage_hour
        where local_date <> '2026-10-27' order by account desc, local_date, weekday, hour
        """)
      #expect(
        hours == [
          "north | 492 | 2026-10-24 | 6 | 23 | 20.00 | 5.000 | 1",
          "north | 492 | 2026-10-25 | 7 | 0 | 20.00 | 5.000 | 1",
          "north | 492 | 2026-10-25 | 7 | 1 | 30.00 | 2.308 | 1",
          "north | 492 | 2026-10-25 | 7 | 2 | 95.00 | 7.692 | 1",
          "north | 492 | 2026-10-26 | 1 | 23 | 31.00 | 22.487 | 1",
          "east | 1 | 2026-10-26 | 1 | 11 | 45.00 | - | 1",
          "east | 1 | 2026-10-26 | 1 | 12 | 15.00 | - | 1",
        ])
      // The rounded shares of a trip add up to it.
      let sums = try await db.lines(
        """
        select count(*), sum(driving_s), sum(distance_km) from bi.usage_hour where vehicle_key = 1
        """)
      #expect(
        sums == [
          "27 | 90960 | 1000.000"
        ])
    }
  }

  @Test func `count a trip over midnight on both days`() async throws {
    try await withUsage { db in
      let days = try await db.lines(
        """
        select account, local_date, weekday, is_weekend, was_used, driving_min, night_min, standing_min, distance_km,
          first_moved_local, last_moved_local, is_complete, has_gap
        from bi.usage_day order by account desc, local_date
        """)
      #expect(
        days == [
          """
          north | 2026-10-24 | 6 | true | true | 20.00 | 20.00 | - | 5.000 | 2026-10-24T23:40:00 \
          | 2026-10-25T00:00:00 | false | false
          """,
          """
          north | 2026-10-25 | 7 | true | true | 145.00 | 145.00 | - | 15.000 | 2026-10-25T00:00:00 \
          | 2026-10-25T02:40:00 | false | false
          """,
          """
          north | 2026-10-26 | 1 | false | true | 31.00 | 31.00 | 1409.00 | 22.487 | 2026-10-26T23:29:00 \
          | 2026-10-27T00:00:00 | true | false
          """,
          """
          north | 2026-10-27 | 2 | false | true | 1320.00 | 360.00 | 120.00 | 957.513 | 2026-10-27T00:00:00 \
          | 2026-10-27T22:00:00 | true | false
          """,
          "north | 2026-10-28 | 3 | false | false | 0.00 | 0.00 | - | 0.000 | - | - | false | false",
          """
          east | 2026-10-26 | 1 | false | true | 60.00 | 0.00 | - | - | 2026-10-26T11:15:00 | 2026-10-26T12:15:00 \
          | false | false
          """,
        ])
      let departures = try await db.lines(
        "select trip_count, trips_km from bi.logbook_day where vehicle_key = 1 and local_date = '2026-10-27'")
      #expect(departures == ["0 | 0.000"])
    }
  }
}

@Suite struct `bi.stop` {
  @Test func `shows pauses, and the time between trips`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, destination_mileage_km, destination_latitude_e7,
          destination_longitude_e7, pause_count, point_count)
        values
          -- 23:40 to 00:20.
          (1, '2026-10-24', 1, '2026-10-24 21:40Z', '2026-10-24 22:20Z', 120, 488255600, 93311100, 0, 0),
          (1, '2026-10-25', 1, '2026-10-25 06:00Z', '2026-10-25 07:00Z', 140, null, null, 2, 0),
          -- Before the one before has arrived, and without an arrival.
          (1, '2026-10-25', 2, '2026-10-25 06:50Z', null, 141, 1, 1, 0, 0),
          (1, '2026-10-25', 3, '2026-10-25 09:00Z', '2026-10-25 10:00Z', 150, -1, -1, 0, 0);
        insert into warehouse.route_pause values
          (1, '2026-10-25', 1, 1, 1, true, '2026-10-25 06:10Z', '2026-10-25 06:15:01Z', 125.5, 2, 3),
          (1, '2026-10-25', 1, 2, 9, false, '2026-10-25 06:20Z', null, null, null, null);
        """)
      let stops = try await db.lines(
        """
        select local_date, departed_at, kind, pause_type, started_local, ended_local, duration_s, mileage_km, latitude,
          longitude
        from bi.stop order by started_at
        """)
      #expect(
        stops == [
          // 00:20 CEST to 07:00 CET: it belongs to the trip, and so to the day before; the hour that comes twice counts.
          """
          2026-10-24 | 2026-10-24T21:40:00+00:00 | between_trips | - | 2026-10-25T00:20:00 | 2026-10-25T07:00:00 | 27600 \
          | 120.000 | 48.82556 | 9.33111
          """,
          """
          2026-10-25 | 2026-10-25T06:00:00+00:00 | pause | Ignition OFF | 2026-10-25T07:10:00 | 2026-10-25T07:15:01 \
          | 301 | 125.500 | 2e-07 | 3e-07
          """,
          "2026-10-25 | 2026-10-25T06:00:00+00:00 | pause | unknown | 2026-10-25T07:20:00 | - | - | - | - | -",
          """
          2026-10-25 | 2026-10-25T09:00:00+00:00 | between_trips | - | 2026-10-25T11:00:00 | - | - | 150.000 | -1e-07 \
          | -1e-07
          """,
        ])
    }
  }
}

@Suite struct `bi.route_track` {
  @Test func `draws the points that have a position`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        insert into warehouse.route (
          device_key, day, route_no, departed_at, origin_mileage_km, destination_mileage_km, pause_count, point_count,
          south_e7, west_e7, north_e7, east_e7)
        values
          (1, '2026-10-24', 1, '2026-10-24 22:10Z', 10, 12, 0, 4, 488255600, -93311100, 488300000, 1),
          (1, '2026-10-24', 2, '2026-10-24 23:10Z', null, 12, 0, 1, 5, 6, 5, 6),
          (1, '2026-10-24', 3, '2026-10-24 23:20Z', null, null, 0, 1, null, null, null, null);
        insert into warehouse.route_point (device_key, day, seq, latitude_e7, longitude_e7, route_no, speed_tenths) values
          (1, '2026-10-24', 4, 488300000, 1, 1, 0), (1, '2026-10-24', 2, null, null, 1, 10),
          (1, '2026-10-24', 1, 488255600, -93311100, 1, 0), (1, '2026-10-24', 3, 488255600, -93311100, 1, 0),
          (1, '2026-10-24', 1, 5, 6, 2, 0), (1, '2026-10-24', 1, null, null, 3, 0);
        """)
      let tracks = try await db.lines("select * from bi.route_track order by departed_at")
      #expect(
        tracks == [
          """
          north | 492 | Van | 2026-10-25 | 2026-10-24T22:10:00+00:00 \
          | {"type": "LineString", "bbox": [-9.33111, 48.82556, 1e-07, 48.83], "coordinates": [[-9.33111, 48.82556], [-9.33111, 48.82556], [1e-07, 48.83]]} \
          | 48.82556 | -9.33111 | 48.83 | 1e-07 | 2.000 | 4 | 2026-10-24 | 2026-10-01 | 1 | Van | 6087847096 | - | - | -
          """,
          """
          north | 492 | Van | 2026-10-25 | 2026-10-24T23:10:00+00:00 \
          | {"type": "LineString", "bbox": [6e-07, 5e-07, 6e-07, 5e-07], "coordinates": [[6e-07, 5e-07], [6e-07, 5e-07]]} \
          | 5e-07 | 6e-07 | 5e-07 | 6e-07 | - | 1 | 2026-10-24 | 2026-10-01 | 1 | Van | 6087850696 | - | - | -
          """,
          """
          north | 492 | Van | 2026-10-25 | 2026-10-24T23:20:00+00:00 | - | - | - | - | - | - | 1 | 2026-10-24 \
          | 2026-10-01 | 1 | Van | 6087851296 | - | - | -
          """,
        ])
    }
  }
}

@Suite struct `bi.fee_month` {
  @Test func `counts vehicles with API data`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.device_reading (device_key, read_at, source, fingerprint, first_answered_at, last_answered_at)
        values
          -- Said the same from the last moment of September to the first of November.
          (1, '2026-09-30 20:00Z', 'devicelist', 1, '2026-09-30 23:59Z', '2026-11-01 00:00Z'),
          (2, '2026-10-05 10:00Z', 'device', 1, '2026-10-05 10:00Z', '2026-10-05 10:00Z');
        insert into etl.checkpoint (device_key, day, state, fetched_at, route_count) values
          (1, '2026-10-05', 'final', '2026-11-02', 3), (1, '2026-10-06', 'final', '2026-11-02', 0),
          (2, '2026-10-05', 'pending', null, 0), (3, '2026-08-31', 'empty', null, 0);
        """)
      #expect(
        try await db.lines("select * from bi.fee_month order by account, month") == [
          "north | 2026-09-01 | 1 | 1 | 0 | 0", "north | 2026-10-01 | 2 | 2 | 1 | 1",
          "north | 2026-11-01 | 1 | 1 | 0 | 0", "south | 2026-08-01 | 1 | 0 | 1 | 0",
        ])
    }
  }
}
