import Foundation
import Load
import Postgres
import TestSupport
import Testing

/// Two accounts: `north` in Berlin with devices 492 and, in Lisbon, 493; `south` in UTC with its own 492.
let fleet = """
  \(datesRoutesByHand)
  insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin'), ('south', 'UTC');
  insert into warehouse.device (account_key, device_id, time_zone, name) values
    (1, 492, null, 'Van'), (1, 493, 'Europe/Lisbon', null), (2, 492, null, 'Truck');
  """

@Suite struct `bi.logbook` {
  private let times = """
    select account, device_id, local_date, departed_local, arrived_local, duration_s, driving_s, pause_s
    from bi.logbook order by account, device_id, departed_at
    """

  @Test func `has every column of a route`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route values
          (1, '2026-10-05', 1, '2026-10-05 06:00Z', '2026-10-05 06:45:30Z', 277843, 277870.5,
           488791700, 91919400, -488255600, -93311100, 44.5, 38.92, 330, 2, 1500, 131.4);
        """)
      #expect(
        try await db.lines("select * from bi.logbook") == [
          """
          north | 492 | Van | 2026-10-05 | 2026-10-05T06:00:00+00:00 | 2026-10-05T06:45:30+00:00 \
          | 2026-10-05T08:00:00 | 2026-10-05T08:45:30 | 2730 | 2400 | 330 | 48.87917 | 9.19194 | -48.82556 \
          | -9.33111 | 277843.000 | 277870.500 | 27.500 | 44.50 | 38.92 | 2 | 1500 | 131.4 | Europe/Berlin \
          | 2026-10-01 | 2026-10-05 | 1 | Van | 6086147296 | Van | 2026-10-05 | 2026-10-05 | 2026-01-01 \
          | - | - | - | - | -
          """
        ])
    }
  }

  @Test func `lets a route last as long as it did when clocks change`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // Berlin goes back at 2026-10-25 01:00 UTC and forward at 2027-03-28 01:00 UTC.
      try await db.script(
        """
        insert into warehouse.route (device_key, day, route_no, departed_at, arrived_at, pause_s, pause_count, point_count)
        values
          (1, '2026-10-24', 1, '2026-10-24 23:30Z', '2026-10-25 01:10Z', 600, 0, 0),
          (1, '2026-10-25', 1, '2026-10-25 00:30Z', '2026-10-25 01:15Z', 0, 0, 0),
          (1, '2027-03-28', 1, '2027-03-28 00:30Z', '2027-03-28 01:30Z', 0, 0, 0);
        """)
      #expect(
        try await db.lines(times) == [
          // 01:30 CEST to 02:10 CET.
          "north | 492 | 2026-10-25 | 2026-10-25T01:30:00 | 2026-10-25T02:10:00 | 6000 | 5400 | 600",
          // 02:30 CEST to 02:15 CET.
          "north | 492 | 2026-10-25 | 2026-10-25T02:30:00 | 2026-10-25T02:15:00 | 2700 | 2700 | 0",
          // 01:30 CET to 03:30 CEST.
          "north | 492 | 2027-03-28 | 2027-03-28T01:30:00 | 2027-03-28T03:30:00 | 3600 | 3600 | 0",
        ])
    }
  }

  @Test func `puts a route on the day of its departure where the device is, or else the account`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (device_key, day, route_no, departed_at, arrived_at, pause_s, pause_count, point_count)
        select device_key, '2026-10-05', 1, '2026-10-05 22:40Z', '2026-10-05 23:20Z', 0, 0, 0 from warehouse.device;
        """)
      #expect(
        try await db.lines(times) == [
          "north | 492 | 2026-10-06 | 2026-10-06T00:40:00 | 2026-10-06T01:20:00 | 2400 | 2400 | 0",
          "north | 493 | 2026-10-05 | 2026-10-05T23:40:00 | 2026-10-06T00:20:00 | 2400 | 2400 | 0",
          "south | 492 | 2026-10-05 | 2026-10-05T22:40:00 | 2026-10-05T23:20:00 | 2400 | 2400 | 0",
        ])
    }
  }

  @Test func `shows what is not known as NULL`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, pause_s, pause_count, point_count)
        values
          (2, '2026-10-05', 1, '2026-10-05 06:00Z', null, 100, 60, 0, 0),
          (2, '2026-10-05', 2, '2026-10-05 07:00Z', '2026-10-05 08:00Z', null, null, 0, 0);
        """)
      #expect(
        try await db.lines(
          """
          select device_name, arrived_at, arrived_local, duration_s, driving_s, pause_s, origin_latitude,
            destination_longitude, origin_mileage_km, distance_km, average_speed_kmh
          from bi.logbook order by departed_at
          """) == [
            "- | - | - | - | - | 60 | - | - | 100.000 | - | -",
            "- | 2026-10-05T08:00:00+00:00 | 2026-10-05T09:00:00 | 3600 | - | - | - | - | - | - | -",
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
          (1, '2026-10-05', 2, '2026-10-05 07:00Z', '58000-01-01 00:00Z', 0, 0, 0),
          -- Rounds to what is one too many for an integer; without its pauses it is not.
          (1, '2026-10-05', 3, '2026-10-05 08:00Z', '2026-10-05 08:00Z'::timestamptz + interval '2147483647.6 s', 0, 0, 0),
          (1, '2026-10-05', 4, '2026-10-05 09:00Z', '2026-10-05 09:00Z'::timestamptz + interval '2147483650 s', 10, 0, 0);
        """)
      #expect(
        try await db.lines("select duration_s, driving_s from bi.logbook order by departed_at") == [
          "-60 | -60", "- | -", "- | -", "- | 2147483640",
        ])
    }
  }
}

@Suite struct `bi.route_point and bi.route_pause` {
  private let routes = """
    insert into warehouse.route (device_key, day, route_no, departed_at, pause_count, point_count) values
      (1, '2026-09-30', 1, '2026-09-30 23:50Z', 0, 2), (1, '2026-10-01', 1, '2026-10-01 06:00Z', 3, 1),
      (3, '2026-10-01', 1, '2026-10-01 06:00Z', 0, 1);
    select etl.ensure_partition('warehouse.route_point', '2026-09-30');
    select etl.ensure_partition('warehouse.route_point', '2026-10-01');
    """

  @Test func `show each point with its route's key, in degrees and km/h`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(routes)
      try await db.script(
        """
        insert into warehouse.route_point (device_key, day, seq, latitude_e7, longitude_e7, route_no, speed_tenths) values
          (1, '2026-09-30', 1, 488255600, 93311100, 1, 0), (1, '2026-09-30', 2, null, null, 1, null),
          (1, '2026-10-01', 1, -1, 1800000000, 1, 1273), (3, '2026-10-01', 1, 1, 1, 1, 10);
        """)
      #expect(
        try await db.lines("select * from bi.route_point order by account, departed_at, seq") == [
          "north | 492 | 2026-09-30T23:50:00+00:00 | 1 | 48.82556 | 9.33111 | 0 | 2026-09-30 | 1 | Van | 6085779496 | - | -",
          "north | 492 | 2026-09-30T23:50:00+00:00 | 2 | - | - | - | 2026-09-30 | 1 | Van | 6085779496 | - | -",
          "north | 492 | 2026-10-01T06:00:00+00:00 | 1 | -1e-07 | 180 | 127.3 | 2026-10-01 | 1 | Van | 6085801696 | - | -",
          "south | 492 | 2026-10-01T06:00:00+00:00 | 1 | 1e-07 | 1e-07 | 1 | 2026-10-01 | 3 | Truck | 14675736288 | - | -",
        ])
    }
  }

  @Test func `show each pause, an unknown kind as unknown`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(routes)
      try await db.script(
        """
        insert into warehouse.route_pause values
          (1, '2026-10-01', 1, 1, 1, true, '2026-10-01 06:10Z', '2026-10-01 06:15:01Z', 277850.25, 488255600, 93311100),
          (1, '2026-10-01', 1, 2, 7, false, '2026-10-01 06:20Z', null, null, null, null),
          (1, '2026-10-01', 1, 3, null, null, null, '2026-10-01 06:30Z', null, null, null);
        """)
      #expect(
        try await db.lines("select * from bi.route_pause order by seq") == [
          """
          north | 492 | 2026-10-01T06:00:00+00:00 | 1 | 1 | Ignition OFF | true | 2026-10-01T06:10:00+00:00 \
          | 2026-10-01T06:15:01+00:00 | 301 | 277850.250 | 48.82556 | 9.33111 | 1 | Van | 6085801696 | - | -
          """,
          """
          north | 492 | 2026-10-01T06:00:00+00:00 | 2 | 7 | unknown | false | 2026-10-01T06:20:00+00:00 | - | - \
          | - | - | - | 1 | Van | 6085801696 | - | -
          """,
          """
          north | 492 | 2026-10-01T06:00:00+00:00 | 3 | - | - | - | - | 2026-10-01T06:30:00+00:00 | - | - | - | - \
          | 1 | Van | 6085801696 | - | -
          """,
        ])
    }
  }
}

@Suite struct `bi.device` {
  @Test func `shows each column from the reading of the latest moment whose kind documents its tag`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        update warehouse.device
        set imei = 359183064907632, device_type = 'CAR', description = 'BMW', portrait_url = 'http://a/b.png'
        where device_key = 1;
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, mileage_km, mileage_raw_km,
          day_distance_km, speed_kmh, engine_rpm, engine_temperature_c, external_voltage_v, internal_voltage_v, heading_deg,
          online_at, heartbeat_at, error_code, error_at, error_text, status_code, status_text, status_absence,
          status_description, latitude_e7, longitude_e7)
        values
          (1, '2026-10-05 10:00Z', 'device', 1, '2026-10-05 10:01Z', '2026-10-05 10:01Z', 100, 90.5, 7, 50, 1800, -5.5,
           12.3, 4.1, 270, '2026-10-05 09:59Z', '2026-10-05 10:00Z', 9, '2026-10-04 00:00Z', 'seltsam', 17, 'active',
           null, null, 10000000, 20000000),
          (1, '2026-10-05 08:00Z', 'device', 2, '2026-10-05 08:01Z', '2026-10-05 08:01Z', 98, 88, 5, 60, 1900, 80,
           12.4, 4.2, 180, '2026-10-05 07:59Z', '2026-10-05 08:00Z', 0, null, null, 2, 'active', null, null, 1, 1),
          (1, '2026-10-05 22:00Z', 'devicelist', 3, '2026-10-06 00:00:05Z', '2026-10-06 00:00:05Z', 130, null, null, null,
           null, null, null, null, null, '2026-10-05 18:00Z', '2026-10-05 22:00Z', 0, null, null, null, 'offline',
           'Parking: 4h', 'parked since', 30000000, null);
        """)
      #expect(
        try await db.lines("select * from bi.device where account = 'north' and device_id = 492") == [
          """
          north | 492 | 359183064907632 | CAR | Van | BMW | http://a/b.png | 130.000 | 90.500 | 7.000 | 50.000 \
          | 1800.000 | -5.500 | 12.300 | 4.100 | 270.000 | 17 | unknown | 0 | None | 2026-10-04T00:00:00+00:00 \
          | 2026-10-05T18:00:00+00:00 | 2026-10-05T22:00:00+00:00 | 3 | - | offline | Parking: 4h | parked since \
          | - | 2026-10-06T00:00:05+00:00 | 1 | Van | Europe/Berlin
          """
        ])

      // An old state that was answered later, such as that of a past day, is no later state.
      try await db.execute(
        "update warehouse.device_reading set last_answered_at = '2026-10-06 01:00Z' where fingerprint = 2")
      #expect(
        try await db.lines(
          """
          select mileage_km, mileage_raw_km, status_code, status, error_code, error, error_at, latitude, status_text,
            status_absence, answered_at
          from bi.device where account = 'north' and device_id = 492
          """) == [
            "130.000 | 90.500 | 17 | unknown | 0 | None | 2026-10-04T00:00:00+00:00 | 3 | offline | Parking: 4h | 2026-10-06T00:00:05+00:00"
          ])
    }
  }

  @Test func `has a row for a device without any reading, and for one that only lists know`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, mileage_km, error_code)
        values (2, '2026-10-05 22:00Z', 'devicelist', 3, '2026-10-06 00:00Z', '2026-10-06 00:00Z', 130, 42);
        """)
      #expect(
        try await db.lines(
          """
          select account, device_id, name, mileage_km, external_voltage_v, status, error_code, error, heartbeat_at
          from bi.device order by account, device_id
          """) == [
            "north | 492 | Van | - | - | - | - | - | -", "north | 493 | - | 130.000 | - | - | 42 | unknown | -",
            "south | 492 | Truck | - | - | - | - | - | -",
          ])
    }
  }
}

@Suite struct `bi.data_coverage` {
  @Test func `shows a pending day with failed attempts as failed, and an empty day with no routes`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.checkpoint (device_key, day, state, fetched_at, route_count, point_count) values
          (1, '2026-10-01', 'final', '2026-10-02 00:01Z', 2, 3000), (1, '2026-10-02', 'empty', '2026-10-03 00:01Z', 0, 0),
          (1, '2026-10-03', 'empty', null, 0, 0), (1, '2026-10-04', 'provisional', '2026-10-05 00:01Z', 1, 10),
          (1, '2026-10-05', 'pending', null, 0, 0), (1, '2026-10-06', 'pending', null, 1, 5),
          (3, '2026-10-05', 'pending', null, 0, 0);
        insert into etl.failed_day values
          (1, '2026-10-04', 2, '2026-10-06 00:00Z', '2026-10-07 00:00Z', 'timed_out'),
          (1, '2026-10-06', 1, '2026-10-06 00:00Z', '2026-10-07 00:00Z', 'timed_out');
        """)
      #expect(
        try await db.lines(
          """
          select account, device_id, day, state, route_count, point_count, fetched_at, reason, failed_attempts, next_attempt_at,
            first_changed_at, last_changed_at, vehicle_key, vehicle_label
          from bi.data_coverage order by account, device_id, day
          """) == [
            "north | 492 | 2026-10-01 | final | 2 | 3000 | 2026-10-02T00:01:00+00:00 | - | 0 | - | - | - | 1 | Van",
            "north | 492 | 2026-10-02 | empty | 0 | 0 | 2026-10-03T00:01:00+00:00 | - | 0 | - | - | - | 1 | Van",
            "north | 492 | 2026-10-03 | empty | 0 | 0 | - | - | 0 | - | - | - | 1 | Van",
            "north | 492 | 2026-10-04 | provisional | 1 | 10 | 2026-10-05T00:01:00+00:00 | - | 2 | 2026-10-07T00:00:00+00:00 | - | - | 1 | Van",
            "north | 492 | 2026-10-05 | pending | 0 | 0 | - | - | 0 | - | - | - | 1 | Van",
            "north | 492 | 2026-10-06 | failed | 1 | 5 | - | - | 1 | 2026-10-07T00:00:00+00:00 | - | - | 1 | Van",
            "south | 492 | 2026-10-05 | pending | 0 | 0 | - | - | 0 | - | - | - | 3 | Truck",
          ])
    }
  }
}

@Suite struct `bi.api_budget` {
  /// What the view shows of these calls, `(account, egress, ended so many seconds ago or null, outcome or null)`.
  ///
  /// Account, window, calls used and left, wait for the next call, blocked since: times relative to now(), which stands
  /// still within the one transaction. Account 1 has the quota given, account 2 one of 100.
  private func budget(quota: Int = 3, calls: String, and more: String = "") async throws -> [String] {
    try await withMigratedDatabase { db in
      try await db.run { db in
        try db.transaction {
          try db.script(fleet)
          try db.script(
            """
            insert into etl.account_limit values (1, 'office', \(quota), 60.5), (2, 'office', 100, 60);
            insert into etl.run (account_key, command, version, host, process_id, started_at)
            values (1, 'run', '1', 'h', 1, now()), (2, 'run', '1', 'h', 1, now());
            insert into etl.api_call (run_key, account_key, egress, action, started_at, ended_at, outcome)
            select account, account, egress, 'devicelist', now() - interval '30 hours', now() - ago * interval '1 s', outcome
            from (values \(calls)) as call (account, egress, ago, outcome);
            """)
          try db.script(more)
          return try db.lines(
            """
            select account, now() - window_start as window, calls_used, calls_left, next_call_at - now() as wait,
              blocked_since - now() as blocked
            from bi.api_budget order by account
            """)
        }
      }
    }
  }

  @Test func `knows no limits before the first start`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      let lines = try await db.lines(
        "select account, calls_used, calls_left, next_call_at, blocked_since from bi.api_budget order by account")
      #expect(lines == ["north | 0 | - | - | -", "south | 0 | - | - | -"])
    }
  }

  @Test func `waits for the interval of the egress, whichever account used it last`() async throws {
    let lines = try await budget(
      calls: "(1, 'office', 90, 'answered'), (2, 'office', 20, 'refused'), (2, 'home', 1, 'answered')")
    #expect(lines == ["north | 1 day | 1 | 2 | 00:00:40.5 | -", "south | 1 day | 2 | 98 | 00:00:40 | -"])
  }

  @Test func `waits for room in the window when the quota is spent`() async throws {
    // What ended 24 h ago to the second counts no longer, what never reached the vendor not at all. Five count, three may:
    // the third latest has to leave.
    let lines = try await budget(
      calls: """
        (1, 'office', 86400, 'answered'), (1, 'office', 86390, 'answered'), (1, 'office', 80000, 'unknown'),
        (1, 'office', 70000, 'answered'), (1, 'office', 60000, 'unusable'), (1, 'office', 50000, 'refused'),
        (1, 'office', 40000, 'unreached')
        """)
    #expect(lines[0] == "north | 1 day | 5 | 0 | 04:33:20 | -")
  }

  @Test func `allows the last call of the quota at once`() async throws {
    let lines = try await budget(calls: "(1, 'office', 90, 'answered'), (1, 'office', 80, 'answered')")
    #expect(lines[0] == "north | 1 day | 2 | 1 | 00:00:00 | -")
  }

  @Test func `counts a call in flight as if it ended now`() async throws {
    let lines = try await budget(quota: 1, calls: "(1, 'office', null::integer, null)")
    #expect(lines == ["north | 1 day | 1 | 0 | 1 day | -", "south | 1 day | 0 | 100 | 00:01:00 | -"])
  }

  @Test func `names no next call while the account is blocked`() async throws {
    let lines = try await budget(
      calls: "(1, 'office', 90, 'refused')",
      and: """
        insert into etl.account_block (account_key, blocked_at, unblocked_at) values
          (1, now() - interval '3 days', now() - interval '2 days'), (1, now() - interval '90 s', null),
          (2, now() - interval '3 days', now() - interval '2 days');
        """)
    #expect(lines == ["north | 1 day | 1 | 2 | - | -00:01:30", "south | 1 day | 0 | 100 | 00:00:00 | -"])
  }
}

@Suite struct `bi.run and bi.finding` {
  @Test func `show what a run did`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.run (
          account_key, command, version, host, process_id, started_at, ended_at, exit_code, reason, calls, loaded_days,
          unchanged_days, empty_days, failed_days, message)
        values
          (1, 'run', '0.1.0', 'etl1', 77, '2026-10-06 00:00Z', '2026-10-06 00:10Z', 75, 'quota', 9, 4, 3, 2, 1, '1 day failed'),
          (2, 'backfill', '0.1.0', 'etl1', 78, '2026-10-06 00:00Z', null, null, null, 0, 0, 0, 0, 0, null);
        """)
      #expect(
        try await db.lines("select * from bi.run order by run") == [
          """
          1 | north | run | 0.1.0 | etl1 | 77 | 2026-10-06T00:00:00+00:00 | 2026-10-06T00:10:00+00:00 | 75 | 9 | 4 | 3 \
          | 2 | 1 | 1 day failed | quota
          """,
          "2 | south | backfill | 0.1.0 | etl1 | 78 | 2026-10-06T00:00:00+00:00 | - | - | 0 | 0 | 0 | 0 | 0 | - | -",
        ])
    }
  }

  @Test func `show a finding once, with or without device, day and kept response`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        select etl.ensure_partition('etl.response', '2026-10-05');
        insert into etl.response (
          response_key, day, account_key, device_key, action, requested_at, answered_at, http_status, is_complete,
          body_bytes, body_sha256, body_compressed)
        values
          (7, '2026-10-05', 1, 1, 'device', '2026-10-06 00:01Z', '2026-10-06 00:01:01Z', 200, true, 0, '', ''),
          (8, '2026-10-05', 1, 1, 'device', '2026-10-06 00:02Z', '2026-10-06 00:02:01Z', 200, true, 0, '', '');
        insert into etl.response_day (device_key, asked_day, day, response_key, requested_at)
        values (1, '2026-10-05', '2026-10-05', 8, '2026-10-06 00:02Z');
        insert into etl.finding (
          account_key, device_key, day, response_key, departed_at, rule, severity, occurrences, detail, sample)
        values
          (1, 1, '2026-10-05', 7, '2026-10-05 06:00Z', 'point_garbled', 'warning', 3, 'skipped', '48.1,,'),
          (1, null, null, 99, null, 'list_empty', 'error', 1, 'no device', null),
          (2, 3, '2026-10-05', null, null, 'settled', 'info', 1, 'taken as final', null);
        """)
      #expect(
        try await db.lines("select * from bi.finding order by account, rule") == [
          "north | - | - | - | list_empty | error | 1 | no device | - | - | - | - | - | - | - | 99 | - | -",
          """
          north | 492 | 2026-10-05 | 2026-10-05T06:00:00+00:00 | point_garbled | warning | 3 | skipped | 48.1,, \
          | 2026-10-06T00:01:00+00:00 | 2026-10-06T00:02:00+00:00 \
          | a later response for the day replaced this one | 1 | Van | 6086147296 | 7 | - | -
          """,
          "south | 492 | 2026-10-05 | - | settled | info | 1 | taken as final | - | - | - | - | 3 | Truck | - | - | - | -",
        ])
    }
  }
}

@Suite struct `A reader's filter` {
  /// What has to be in the plan of a query, as patterns over its lines.
  private static let plans: [(query: String, patterns: [String])] = [
    (
      "bi.logbook where account = 'north' and device_id = 492 and departed_at >= '2026-10-01'",
      ["Index Cond: .*device_key = .*departed_at >= "]
    ),
    (
      "bi.logbook where departed_at >= '2026-10-01' and departed_at < '2026-11-01'",
      ["route_departed\\M.*\\n *Index Cond: .*departed_at >= .*departed_at < "]
    ),
    (
      "bi.route_point where account = 'north' and device_id = 492 and departed_at = '2026-10-01'",
      [
        "Index Cond: .*departed_at = ",
        "route_point_2026_10_device_key_day_idx\\M.*\\n *Index Cond: .*device_key = .*day = ",
      ]
    ),
    (
      "bi.route_pause where account = 'north' and device_id = 492 and departed_at = '2026-10-01'",
      ["Index Cond: .*departed_at = ", "route_pause_pkey\\M.*\\n *Index Cond: .*device_key = "]
    ),
    ("bi.device where device_id = 492", ["device_reading_latest\\M.*\\n *Index Cond: .*device_key = .*source = "]),
    (
      "bi.data_coverage where device_id = 492 and day >= '2026-10-01'",
      ["checkpoint_pkey\\M.*\\n *Index Cond: .*device_key = .*day >= "]
    ),
  ]

  private static let plansByLocalDate: [(query: String, patterns: [String])] = [
    (
      "bi.logbook where account = 'north' and device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      [
        "route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= .*local_date <= "
      ]
    ),
    (
      "bi.logbook where local_date = '2026-10-05'",
      ["route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date = "]
    ),
    (
      "bi.logbook_day where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      [
        "route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= ",
        "checkpoint_pkey\\M.*\\n *Index Cond: .*device_key = ",
      ]
    ),
    (
      "bi.logbook_month where device_id = 492 and local_month = '2026-10-01'",
      ["route_local_month\\M.*\\n *Index Cond: .*local_month = .*device_key = "]
    ),
    (
      "bi.fleet_day where account = 'north' and local_date >= '2026-10-01' and local_date < '2026-11-01'",
      ["route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= "]
    ),
    (
      "bi.odometer_gap where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      [
        "route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= ",
        "route_device_key_departed_at_key\\M.*\\n *Index Cond: .*departed_at\\) < ROW",
      ]
    ),
    (
      "bi.stop where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      [
        "route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= ",
        "route_pause_pkey\\M.*\\n *Index Cond: .*device_key = ",
      ]
    ),
    (
      "bi.usage_hour where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      [
        "route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= ",
        "route_over_midnight\\M",
      ]
    ),
    (
      "bi.standing where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      ["route_device_key_departed_at_key\\M.*\\n *Index Cond: .*departed_at\\) < ROW"]
    ),
    (
      "bi.logbook_year where device_id = 492 and local_year = '2026-01-01'",
      ["route_local_year\\M.*\\n *Index Cond: .*local_year = .*device_key = "]
    ),
    (
      "bi.route_track where device_id = 492 and local_date between '2026-10-01' and '2026-10-31'",
      ["route_(device_)?local_date\\M.*\\n *Index Cond: .*local_date >= "]
    ),
  ]

  @Test func `reaches an index`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // With so few rows reading everything is cheaper: what counts is whether the index can be used.
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
        """)
      try await expect(Self.plans, on: db)
    }
  }

  @Test func `by local date reaches an index`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // Few devices and a year: joining everything would still be cheap. What counts is whether the indexes can be used.
      try await db.script(
        """
        insert into warehouse.device (account_key, device_id) select 1, no from generate_series(1000, 1016) as no;
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        select device_key, day, no, day at time zone 'UTC' + no * interval '9 hours', day at time zone 'UTC' + no * interval '9 hours',
          no, no, 1, 0
        from warehouse.device
        cross join generate_series(timestamp '2025-10-01', '2026-12-31', interval '1 day') as day
        cross join generate_series(1, 2) as no;
        insert into warehouse.route_pause (device_key, day, route_no, seq) select device_key, day, route_no, 1 from warehouse.route;
        insert into etl.checkpoint (device_key, day, state) select device_key, day, 'final' from warehouse.route where route_no = 1;
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        insert into warehouse.route_point (device_key, day, seq, route_no)
        select device_key, day, 1, route_no from warehouse.route where day between '2026-10-01' and '2026-10-31';
        analyze;
        set enable_hashjoin = off; set enable_mergejoin = off;
        """)
      try await expect(Self.plansByLocalDate, on: db)
    }
  }

  /// What a reader asks for, and the tables that it takes to answer.
  private static let tables: [(query: String, tables: [String])] = [
    ("select device_id, sum(distance_km) from bi.logbook group by 1", ["device", "route"]),
    (
      "select device_id, count(*) from bi.logbook where local_month = '2026-10-01' group by 1",
      ["device", "route"]
    ),
    (
      "select device_id, local_date, distance_km from bi.logbook where local_date = '2026-10-05'",
      ["device", "route"]
    ),
    (
      """
      select seq, latitude from bi.route_point
      where device_id = 492 and departed_at = '2026-10-05 06:00Z' and day = '2026-10-05'
      """,
      ["device", "route", "route_point_2026_10"]
    ),
    (
      "select seq, latitude from bi.route_point where day between '2026-10-05' and '2026-10-08'",
      ["route", "route_point_2026_10"]
    ),
    ("select device_id, departed_at, duration_s from bi.route_pause", ["device", "route", "route_pause"]),
    ("select device_id, latitude from bi.device", ["device", "device_reading", "device_reading"]),
  ]

  @Test func `costs no join with tables that it does not need`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-09-01');
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        """)
      for (query, tables) in Self.tables {
        let plan = try await db.query("explain (costs off) \(unescaped: query)").map {
          try $0.decode(0, as: String.self)
        }
        let scanned = plan.compactMap { line in
          line.contains("Bitmap Index Scan")
            ? nil : line.firstMatch(of: /Scan.* on ([a-z0-9_]+)/).map { String($0.1) }
        }
        #expect(scanned.sorted() == tables, "\(query):\n\(plan.joined(separator: "\n"))")
      }
    }
  }

  private func expect(_ plans: [(query: String, patterns: [String])], on db: Connection) async throws {
    for (query, patterns) in plans {
      let plan = try await db.plan(of: query)
      for pattern in patterns {
        let found: Bool = try await db.query("select regexp_match(\(plan), \(pattern), 'n') is not null as found")[0]
          .decode("found")
        #expect(found, "\(pattern) is not in the plan of \(query):\n\(plan)")
      }
    }
  }

  @Test(arguments: [
    "route_point where departed_at >= '2026-10-05' and departed_at < '2026-10-08'",
    "route_point where departed_at >= '2026-10-05' and departed_at < '2026-10-08' and account = 'north'",
  ]) func `by time can leave the points of other months unread, of a whole fleet too`(
    rows: String
  ) async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // Reading all of so few points is cheaper: what counts is whether the months can be left out when the trips are found.
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', month::date)
        from generate_series(date '2026-01-01', date '2026-12-01', '1 month') as month;
        insert into warehouse.device (account_key, device_id) select 1, no from generate_series(1000, 1004) as no;
        insert into warehouse.route (device_key, day, route_no, departed_at, pause_count, point_count, south_e7)
        select
          device_key, day, no, day at time zone 'UTC' + (no * 7 + device_key % 3) * interval '1 hour', 0, 20, 0
        from warehouse.device
        cross join generate_series(timestamp '2026-01-01', '2026-12-31', interval '1 day') as day
        cross join generate_series(1, 2) as no;
        insert into warehouse.route_point (device_key, day, seq, route_no)
        select device_key, day, seq, route_no from warehouse.route cross join generate_series(1, 20) as seq;
        analyze;
        set enable_hashjoin = off; set enable_mergejoin = off;
        """)
      let plan = try await db.plan(
        of: "bi.\(rows)", explain: "explain (analyze, costs off, timing off, summary off)")
      let readers = plan.split(separator: "\n").filter {
        $0.contains(" on route_point_2026_") && !$0.contains("Bitmap Index Scan")
      }
      #expect(readers.count == 12, "\(plan)")
      for reader in readers {
        #expect(reader.contains("never executed") != reader.contains("2026_10"), "\(plan)")
      }
    }
  }

  @Test func `by day leaves the points of other months unread`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-09-01');
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        select etl.ensure_partition('warehouse.route_point', '2026-11-01');
        """)
      let plan = try await db.plan(of: "bi.route_point where day between '2026-10-05' and '2026-10-06'")
      #expect(plan.contains("route_point_2026_10"))
      #expect(!plan.contains("route_point_2026_09") && !plan.contains("route_point_2026_11"), "\(plan)")
    }
  }
}

extension Connection {
  fileprivate func plan(of rows: String, explain: String = "explain") throws -> String {
    try query("\(unescaped: explain) select * from \(unescaped: rows)").map { try $0.decode(0, as: String.self) }
      .joined(separator: "\n")
  }
}
