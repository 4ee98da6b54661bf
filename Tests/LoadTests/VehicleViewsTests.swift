import Postgres
import TestSupport
import Testing

@Suite struct `bi.vehicle` {
  @Test func `tells vehicles of one name apart by key and label`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin'), ('south', 'UTC');
        insert into warehouse.device (account_key, device_id, name, time_zone) values
          (1, 492, 'Van', null), (1, 493, 'Van', 'Europe/Lisbon'), (2, 492, 'Van', null), (1, 494, 'Truck', null), (2, 495, null, null),
          -- A name that looks like a label made for another vehicle.
          (2, 496, 'Van (north 492)', null);
        insert into warehouse.route (
          device_key, day, route_no, departed_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        select device_key, '2026-10-05', 1, '2026-10-05 06:00Z', 0, device_key, 0, 0 from warehouse.device;
        """)
      let vehicles = try await db.lines(
        """
        select vehicle_key, vehicle_label, account, device_id, device_name, time_zone from bi.vehicle order by 1
        """)
      #expect(
        vehicles == [
          "1 | Van (north 492) | north | 492 | Van | Europe/Berlin",
          "2 | Van (north 493) | north | 493 | Van | Europe/Lisbon",
          "3 | Van (south 492) | south | 492 | Van | UTC",
          "4 | Truck | north | 494 | Truck | Europe/Berlin",
          "5 | unnamed (south 495) | south | 495 | - | UTC",
          "6 | Van (north 492) (south 496) | south | 496 | Van (north 492) | UTC",
        ])
      let byName = try await db.lines(
        """
        select device_name, count(*), sum(trips_km) from bi.logbook_month group by 1 order by 2 desc, 1
        """)
      #expect(
        byName == [
          "Van | 3 | 6.000",
          "Truck | 1 | 4.000",
          "Van (north 492) | 1 | 6.000",
          "- | 1 | 5.000",
        ])
      let byLabel = try await db.lines(
        """
        select vehicle_label, count(*), sum(trips_km) from bi.logbook_month group by 1 order by 1
        """)
      #expect(
        byLabel == [
          "Truck | 1 | 4.000",
          "Van (north 492) | 1 | 1.000",
          "Van (north 492) (south 496) | 1 | 6.000",
          "Van (north 493) | 1 | 2.000",
          "Van (south 492) | 1 | 3.000",
          "unnamed (south 495) | 1 | 5.000",
        ])
      let keys = try await db.lines(
        "select trip_key / 4294967296 = vehicle_key, trip_key % 4294967296 = extract(epoch from departed_at) from bi.logbook group by 1, 2"
      )
      #expect(keys == ["true | true"])
    }
  }

  @Test func `gives a trip the name and the IMEI that the vehicle had when it departed`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name) values ('north');
        insert into warehouse.device (account_key, device_id, name, imei) values (1, 492, 'New van', 22), (1, 493, 'Truck', 33);
        insert into warehouse.device_version (device_key, valid_from, name, imei) values
          (1, '2026-10-02 00:05Z', 'Old van', 11), (1, '2026-10-06 00:05Z', 'New van', 22), (2, '2026-10-06 00:05Z', 'Truck', 33);
        insert into warehouse.route (device_key, day, route_no, departed_at, pause_count, point_count)
        select device_key, day, 1, day at time zone 'UTC', 0, 0
        from warehouse.device cross join generate_series(timestamp '2026-10-01', '2026-10-07', interval '3 days') as day;
        """)
      let names = try await db.lines(
        """
        select device_id, departed_at, device_name, current_device_name, imei from bi.logbook order by 1, 2
        """)
      #expect(
        names == [
          "492 | 2026-10-01T00:00:00+00:00 | Old van | New van | 11",
          "492 | 2026-10-04T00:00:00+00:00 | Old van | New van | 11",
          "492 | 2026-10-07T00:00:00+00:00 | New van | New van | 22",
          "493 | 2026-10-01T00:00:00+00:00 | Truck | Truck | 33",
          "493 | 2026-10-04T00:00:00+00:00 | Truck | Truck | 33",
          "493 | 2026-10-07T00:00:00+00:00 | Truck | Truck | 33",
        ])
      let versions = try await db.lines(
        """
        select device_id, valid_from, valid_until, device_name, current_device_name, imei from bi.device_version order by 1, 2
        """)
      #expect(
        versions == [
          "492 | 2026-10-02T00:05:00+00:00 | 2026-10-06T00:05:00+00:00 | Old van | New van | 11",
          "492 | 2026-10-06T00:05:00+00:00 | - | New van | New van | 22",
          "493 | 2026-10-06T00:05:00+00:00 | - | Truck | Truck | 33",
        ])
    }
  }
}

@Suite struct `bi.standing` {
  @Test func `splits the time between trips at local midnights`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin');
        insert into warehouse.device (account_key, device_id) values (1, 492);
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, destination_mileage_km, destination_latitude_e7, destination_longitude_e7,
          pause_count, point_count)
        values
          (1, '2026-10-23', 1, '2026-10-23 10:00Z', '2026-10-23 11:00Z', 100, 480000000, 90000000, 0, 0),
          -- Into the next day, on which clocks go back.
          (1, '2026-10-24', 1, '2026-10-24 21:00Z', '2026-10-24 23:00Z', 200, 490000000, 80000000, 0, 0),
          (1, '2026-10-25', 1, '2026-10-25 08:00Z', '2026-10-25 09:00Z', 210, null, null, 0, 0),
          -- Before the one before has arrived.
          (1, '2026-10-25', 2, '2026-10-25 08:30Z', '2026-10-25 10:00Z', 220, null, null, 0, 0);
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from generate_series(date '2026-10-22', date '2026-10-25', interval '1 day') as day;
        """)
      let standing = try await db.lines(
        """
        select local_date, started_local, ended_local, duration_s, arrived_at, mileage_km, latitude, is_complete
        from bi.standing order by local_date, started_at
        """)
      #expect(
        standing == [
          """
          2026-10-23 | 2026-10-23T13:00:00 | 2026-10-24T00:00:00 | 39600 | 2026-10-23T11:00:00+00:00 | 100.000 \
          | 48 | true
          """,
          """
          2026-10-24 | 2026-10-24T00:00:00 | 2026-10-24T23:00:00 | 82800 | 2026-10-23T11:00:00+00:00 | 100.000 \
          | 48 | true
          """,
          """
          2026-10-25 | 2026-10-25T01:00:00 | 2026-10-25T09:00:00 | 32400 | 2026-10-24T23:00:00+00:00 | 200.000 \
          | 49 | true
          """,
          """
          2026-10-25 | 2026-10-25T11:00:00 | 2026-10-26T00:00:00 | 46800 | 2026-10-25T10:00:00+00:00 | 220.000 \
          | - | true
          """,
          """
          2026-10-26 | 2026-10-26T00:00:00 | 2026-10-27T00:00:00 | 86400 | 2026-10-25T10:00:00+00:00 | 220.000 \
          | - | false
          """,
        ])
      // On a complete day without overlapping trips, a vehicle stands when it does not drive.
      let sums = try await db.lines(
        """
        select usage.local_date, standing_min = (
          select sum(duration_s) / 60.0 from bi.standing where standing.local_date = usage.local_date) as agrees
        from bi.usage_day as usage where local_date = '2026-10-24'
        """)
      #expect(sums == ["2026-10-24 | true"])
    }
  }
}

@Suite struct `bi.device_reading, bi.error_episode and bi.api_call` {
  @Test func `show readings and errors over time`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin');
        insert into warehouse.device (account_key, device_id, name) values (1, 492, 'Van'), (1, 493, 'Truck');
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, external_voltage_v, status_code, error_code,
          error_at, error_text)
        values
          (1, '2026-10-01 22:00Z', 'devicelist', 1, '2026-10-02 00:05Z', '2026-10-02 00:05Z', null, null, 0, null, null),
          (1, '2026-10-02 22:00Z', 'devicelist', 2, '2026-10-03 00:05Z', '2026-10-03 00:05Z', null, null, 2, null, 'ausgesteckt'),
          (1, '2026-10-03 10:00Z', 'device', 3, '2026-10-03 10:05Z', '2026-10-03 10:05Z', 0.1, 9, 2, '2026-10-02 12:00Z', null),
          (1, '2026-10-03 22:00Z', 'devicelist', 4, '2026-10-04 00:05Z', '2026-10-04 00:05Z', null, null, 0, null, null),
          (1, '2026-10-04 22:00Z', 'devicelist', 5, '2026-10-05 00:05Z', '2026-10-05 00:05Z', null, null, 77, null, null),
          (2, '2026-10-04 22:00Z', 'devicelist', 6, '2026-10-05 00:05Z', '2026-10-05 00:05Z', null, null, null, null, null);
        """)
      let episodes = try await db.lines(
        """
        select device_id, started_at, ended_at, error_code, error, error_text, first_read_at, last_read_at, reading_count
        from bi.error_episode order by 1, 2
        """)
      #expect(
        episodes == [
          """
          492 | 2026-10-02T12:00:00+00:00 | 2026-10-03T22:00:00+00:00 | 2 | Unplugged | ausgesteckt \
          | 2026-10-02T22:00:00+00:00 | 2026-10-03T10:00:00+00:00 | 2
          """,
          """
          492 | 2026-10-04T22:00:00+00:00 | - | 77 | unknown | - | 2026-10-04T22:00:00+00:00 \
          | 2026-10-04T22:00:00+00:00 | 1
          """,
        ])
      let readings = try await db.lines(
        """
        select device_id, read_local, source, external_voltage_v, status, error, last_answered_at
        from bi.device_reading where vehicle_key = 1 order by read_at limit 3
        """)
      #expect(
        readings == [
          "492 | 2026-10-02T00:00:00 | devicelist | - | - | None | 2026-10-02T00:05:00+00:00",
          "492 | 2026-10-03T00:00:00 | devicelist | - | - | Unplugged | 2026-10-03T00:05:00+00:00",
          "492 | 2026-10-03T12:00:00 | device | 0.100 | unknown | Unplugged | 2026-10-03T10:05:00+00:00",
        ])
    }
  }

  @Test func `show each call with the run that made it`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name) values ('north');
        insert into warehouse.device (account_key, device_id, name) values (1, 492, 'Van');
        insert into etl.run (account_key, command, version, host, process_id, started_at) values (1, 'backfill', '1', 'h', 1, '2026-10-06');
        insert into etl.api_call (
          run_key, account_key, egress, action, device_key, day, started_at, ended_at, outcome, http_status, vendor_code, detail)
        values
          (1, 1, 'office', 'devicelist', null, null, '2026-10-05 23:59:58Z', '2026-10-06 00:00:02Z', 'answered', 200, null, null),
          (1, 1, 'office', 'device', 1, '2026-10-01', '2026-10-06 00:01Z', '2026-10-06 00:01:01Z', 'refused', 200, 1055, 'too soon'),
          (1, 1, 'office', 'device', 1, '2026-10-02', '2026-10-06 00:02Z', null, null, null, null, null);
        """)
      let calls = try await db.lines(
        """
        select * from bi.api_call order by call
        """)
      #expect(
        calls == [
          """
          north | 1 | 1 | backfill | devicelist | - | - | 2026-10-05T23:59:58+00:00 | 2026-10-06T00:00:02+00:00 \
          | 4 | answered | 200 | - | office | - | 2026-10-05 | - | -
          """,
          """
          north | 2 | 1 | backfill | device | 492 | 2026-10-01 | 2026-10-06T00:01:00+00:00 \
          | 2026-10-06T00:01:01+00:00 | 1 | refused | 200 | 1055 | office | too soon | 2026-10-06 | 1 | Van
          """,
          """
          north | 3 | 1 | backfill | device | 492 | 2026-10-02 | 2026-10-06T00:02:00+00:00 | - | - | - | - | - \
          | office | - | 2026-10-06 | 1 | Van
          """,
        ])
    }
  }
}

@Suite struct `bi.journey, bi.vehicle_month and bi.calendar` {
  @Test func `joins trips with short stops between them`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin');
        insert into warehouse.device (account_key, device_id, name) values (1, 492, 'Van'), (1, 493, 'Truck');
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count, point_count)
        values
          (1, '2026-10-05', 1, '2026-10-05 06:00Z', '2026-10-05 07:00Z', 0, 50, 60, 0, 0),
          -- 15 minutes later, and 16 minutes after that.
          (1, '2026-10-05', 2, '2026-10-05 07:15Z', '2026-10-05 08:00Z', 50, 80, 0, 0, 0),
          (1, '2026-10-05', 3, '2026-10-05 08:16Z', '2026-10-05 09:00Z', 80, 90, 0, 0, 0),
          -- Cut at midnight, and without an arrival.
          (1, '2026-10-05', 4, '2026-10-05 21:00Z', '2026-10-05 22:00Z', 90, 150, 0, 0, 0),
          (1, '2026-10-05', 5, '2026-10-05 22:00Z', '2026-10-05 23:00Z', 150, 220, 0, 0, 0),
          (1, '2026-10-05', 6, '2026-10-05 23:10Z', null, 220, null, 0, 0, 0),
          (2, '2026-10-05', 1, '2026-10-05 07:05Z', '2026-10-05 07:10Z', 0, 1, 0, 0, 0);
        """)
      let journeys = try await db.lines(
        """
        select device_id, local_date, departed_local, arrived_local, duration_s, driving_s, trip_count, distance_km,
          last_trip_key - vehicle_key * 4294967296 - extract(epoch from departed_at) as last_departs_after_s
        from bi.journey order by device_id, departed_at
        """)
      #expect(
        journeys == [
          "492 | 2026-10-05 | 2026-10-05T08:00:00 | 2026-10-05T10:00:00 | 7200 | 6240 | 2 | 80.000 | 4500.000000",
          "492 | 2026-10-05 | 2026-10-05T10:16:00 | 2026-10-05T11:00:00 | 2640 | 2640 | 1 | 10.000 | 0.000000",
          "492 | 2026-10-05 | 2026-10-05T23:00:00 | 2026-10-06T01:00:00 | 7200 | 7200 | 3 | 130.000 | 7800.000000",
          "493 | 2026-10-05 | 2026-10-05T09:05:00 | 2026-10-05T09:10:00 | 300 | 300 | 1 | 1.000 | 0.000000",
        ])
      let trips = try await db.lines("select sum(trip_count), (select count(*) from bi.logbook) from bi.journey")
      #expect(trips == ["7 | 7"])
      try await db.execute("set fleetize.journey_stop_minutes = 16")
      #expect(try await db.lines("select count(*) from bi.journey") == ["3"])
    }
  }

  @Test func `put a month next to that of the year before, and days into weeks`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(datesRoutesByHand)
      try await db.script(
        """
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin');
        insert into warehouse.device (account_key, device_id, name) values (1, 492, 'Van');
        insert into etl.holiday values ('north', '2026-10-03', 'Tag der Deutschen Einheit');
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count, point_count)
        values
          (1, '2025-10-05', 1, '2025-10-05 06:00Z', '2025-10-05 07:00Z', 0, 50, 0, 0, 0),
          (1, '2026-09-05', 1, '2026-09-05 06:00Z', '2026-09-05 07:00Z', 50, 60, 0, 0, 0),
          (1, '2026-10-03', 1, '2026-10-03 06:00Z', '2026-10-03 08:00Z', 70, 150, 0, 0, 0);
        """)
      let months = try await db.lines(
        """
        select local_month, trips_km, gap_km, total_km, driving_s, former_trips_km, former_gap_km, former_total_km,
          former_driving_s, change_km
        from bi.vehicle_month order by 1
        """)
      #expect(
        months == [
          "2025-10-01 | 50.000 | 0.000 | 50.000 | 3600 | - | - | - | - | -",
          "2026-09-01 | 10.000 | 0.000 | 10.000 | 3600 | - | - | - | - | -",
          "2026-10-01 | 80.000 | 10.000 | 90.000 | 7200 | 50.000 | 0.000 | 50.000 | 3600 | 40.000",
        ])
      let days = try await db.lines(
        """
        select local_date, iso_year, iso_week, local_week, month_name_en, month_name_de, weekday, weekday_name_de, is_weekend,
          is_holiday, holiday_name
        from bi.calendar where local_date in ('2026-10-03', '2027-01-01') order by 1
        """)
      #expect(
        days == [
          """
          2026-10-03 | 2026 | 40 | 2026-09-28 | October | Oktober | 6 | Samstag | true | true \
          | Tag der Deutschen Einheit
          """,
          "2027-01-01 | 2026 | 53 | 2026-12-28 | January | Januar | 5 | Freitag | false | false | -",
        ])
    }
  }
}
