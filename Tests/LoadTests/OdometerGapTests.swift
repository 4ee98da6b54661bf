import Postgres
import TestSupport
import Testing

@Suite struct `bi.odometer_gap` {
  @Test func `has a row for each break, with its likely cause`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km,
          origin_latitude_e7, destination_latitude_e7, pause_count, point_count)
        select 1, (at at time zone 'UTC')::date, 1, at, at + interval '1 hour', origin, destination, 20000000, 10000000, 0, 0
        from (values
          (timestamptz '2026-10-01 08:00Z', 100, 120),
          ('2026-10-02 08:00Z', 120, 130),
          ('2026-10-03 08:00Z', 131, 140),
          ('2026-10-04 08:00Z', 150, 160),
          ('2026-10-05 08:00Z', 170, 180),
          ('2026-10-06 08:00Z', 190, 200),
          ('2026-10-07 22:30Z', 210, 220),
          ('2026-10-08 08:00Z', 5, 15),
          ('2026-10-10 08:00Z', 16, 20),
          ('2026-10-12 08:00Z', 30, 40)
        ) as trip (at, origin, destination);
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, case when day = '2026-10-09' then 'provisional' else 'final' end
        from generate_series(date '2026-10-01', date '2026-10-12', interval '1 day') as day;
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, error_code, error_at)
        values
          -- Unplugged in the gap of the 4th, as a reading of the 5th still tells; no signal in that of the 6th; no fix later.
          (1, '2026-10-05 07:00Z', 'device', 1, '2026-10-05 07:00Z', '2026-10-05 07:00Z', 2, '2026-10-04 18:00Z'),
          (1, '2026-10-05 20:00Z', 'devicelist', 2, '2026-10-05 20:00Z', '2026-10-05 20:00Z', 3, null),
          (1, '2026-10-06 20:00Z', 'device', 3, '2026-10-06 20:00Z', '2026-10-06 20:00Z', 5, '2026-10-06 19:00Z');
        """)
      let gaps = try await db.lines(
        """
        select local_date, previous_departed_at, ended_at, start_mileage_km, end_mileage_km, gap_km, likely_cause,
          cause_certainty
        from bi.odometer_gap order by departed_at
        """)
      #expect(
        gaps == [
          """
          2026-10-03 | 2026-10-02T08:00:00+00:00 | 2026-10-03T08:00:00+00:00 | 130.000 | 131.000 | 1.000 \
          | rounding | inferred
          """,
          """
          2026-10-04 | 2026-10-03T08:00:00+00:00 | 2026-10-04T08:00:00+00:00 | 140.000 | 150.000 | 10.000 \
          | unknown | -
          """,
          """
          2026-10-05 | 2026-10-04T08:00:00+00:00 | 2026-10-05T08:00:00+00:00 | 160.000 | 170.000 | 10.000 \
          | unplugged | reported
          """,
          """
          2026-10-06 | 2026-10-05T08:00:00+00:00 | 2026-10-06T08:00:00+00:00 | 180.000 | 190.000 | 10.000 \
          | no_signal | reported
          """,
          """
          2026-10-08 | 2026-10-06T08:00:00+00:00 | 2026-10-07T22:30:00+00:00 | 200.000 | 210.000 | 10.000 \
          | no_gps | reported
          """,
          """
          2026-10-08 | 2026-10-07T22:30:00+00:00 | 2026-10-08T08:00:00+00:00 | 220.000 | 5.000 | -215.000 \
          | odometer_set_back | measured
          """,
          """
          2026-10-10 | 2026-10-08T08:00:00+00:00 | 2026-10-10T08:00:00+00:00 | 15.000 | 16.000 | 1.000 \
          | days_missing | inferred
          """,
          """
          2026-10-12 | 2026-10-10T08:00:00+00:00 | 2026-10-12T08:00:00+00:00 | 20.000 | 30.000 | 10.000 | unknown \
          | -
          """,
        ])
      let first = try await db.lines(
        """
        select account, device_id, device_name, departed_at, started_at, started_local, ended_local, duration_s, start_latitude,
          end_latitude, time_zone, local_month
        from bi.odometer_gap where gap_km = 1 and local_date = '2026-10-03'
        """)
      #expect(
        first == [
          """
          north | 492 | Van | 2026-10-03T08:00:00+00:00 | 2026-10-02T09:00:00+00:00 | 2026-10-02T11:00:00 \
          | 2026-10-03T10:00:00 | 82800 | 1 | 2 | Europe/Berlin | 2026-10-01
          """
        ])
    }
  }

  @Test func `takes causes from late reports, voltage and silence too, and says how sure it is`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        select 1, (at at time zone 'UTC')::date, 1, at, at + interval '1 hour', origin, destination, 0, 0
        from (values
          (timestamptz '2026-10-01 08:00Z', 100, 120), ('2026-10-03 08:00Z', 130, 140), ('2026-10-05 08:00Z', 150, 160),
          ('2026-10-07 08:00Z', 170, 180)
        ) as trip (at, origin, destination);
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from generate_series(date '2026-10-01', date '2026-10-07', interval '1 day') as day;
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, heartbeat_at, error_code, error_at,
          external_voltage_v)
        values
          -- A response of a month later still says when the tracker was unplugged.
          (1, '2026-11-09 07:00Z', 'device', 1, '2026-11-09 07:00Z', '2026-11-09 07:00Z', '2026-11-09 07:00Z', 1,
            '2026-10-02 12:00Z', 12.6),
          (1, '2026-10-04 07:00Z', 'device', 2, '2026-10-04 07:01Z', '2026-10-04 07:01Z', '2026-10-04 07:00Z', 0, null, 0.4),
          -- The list of the next night has no newer contact.
          (1, '2026-10-06 00:00Z', 'devicelist', 3, '2026-10-06 00:05Z', '2026-10-07 00:05Z', '2026-10-06 00:00Z', 0, null,
            null);
        """)
      let causes = try await db.lines(
        "select local_date, likely_cause, cause_certainty from bi.odometer_gap order by departed_at")
      #expect(
        causes == [
          "2026-10-03 | unplugged | reported", "2026-10-05 | unplugged | inferred", "2026-10-07 | no_signal | inferred",
        ])
    }
  }

  @Test func `marks the days that it touches, complete or not`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      // 141 km from noon of the 30th to the morning of the 2nd, over a month's end.
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        values
          (1, '2026-10-30', 1, '2026-10-30 08:00Z', '2026-10-30 11:00Z', 100, 679, 0, 0),
          (1, '2026-11-02', 1, '2026-11-02 08:00Z', '2026-11-02 11:00Z', 820, 1335, 0, 0),
          (1, '2026-11-04', 1, '2026-11-04 08:00Z', '2026-11-04 11:00Z', 1336, 1340, 0, 0);
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from generate_series(date '2026-10-28', date '2026-11-05', interval '1 day') as day;
        """)
      let days = try await db.lines(
        """
        select local_date, is_complete, has_gap, in_gap from bi.local_day
        where local_date between '2026-10-29' and '2026-11-05' order by 1
        """)
      #expect(
        days == [
          "2026-10-29 | true | false | false", "2026-10-30 | true | true | false", "2026-10-31 | true | true | true",
          "2026-11-01 | true | true | true", "2026-11-02 | true | true | false", "2026-11-03 | true | false | false",
          "2026-11-04 | true | false | false", "2026-11-05 | true | false | false",
        ])
      let months = try await db.lines(
        """
        select local_month, opening_mileage_km, trips_km, gap_km, closing_mileage_km, gap_open_km, gap_open_started_at,
          gap_open_ended_at, gap_day_count
        from bi.logbook_month order by 1
        """)
      #expect(
        months == [
          """
          2026-10-01 | 100.000 | 579.000 | 0.000 | 679.000 | 141.000 | 2026-10-30T11:00:00+00:00 | 2026-11-02T08:00:00+00:00 | 2
          """,
          "2026-11-01 | 679.000 | 519.000 | 142.000 | 1340.000 | - | - | - | 2",
        ])
    }
  }

  /// The next trip in the index is another vehicle's, and an earlier one.
  @Test func `marks a vehicle's last day`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count, point_count)
        values
          (1, '2026-10-30', 1, '2026-10-30 08:00Z', '2026-10-30 09:00Z', 100, 110, 0, 0),
          (1, '2026-10-30', 2, '2026-10-30 10:00Z', '2026-10-30 11:00Z', 150, 160, 0, 0),
          (2, '2026-10-01', 1, '2026-10-01 08:00Z', '2026-10-01 09:00Z', 1, 2, 0, 0);
        insert into etl.checkpoint (device_key, day, state) values (1, '2026-10-30', 'final');
        """)
      let days = try await db.lines("select local_date, has_gap from bi.local_day where vehicle_key = 1 order by 1")
      #expect(days == ["2026-10-30 | true", "2026-10-31 | false"])
    }
  }

  /// Fleets by chance, with unplugged intervals, readings that are missing on either side and odometers that are set back.
  @Test func `closes the chain: trips and gaps are the last mileage less the first, always`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(
        """
        \(datesRoutesByHand)
        select setseed(0.492);
        insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin');
        insert into warehouse.device (account_key, device_id) select 1, no from generate_series(1, 60) as no;
        insert into warehouse.route (
          device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_count,
          point_count)
        select
          device_key, (departed_at at time zone 'UTC')::date,
          row_number() over (partition by device_key, (departed_at at time zone 'UTC')::date order by departed_at),
          departed_at, departed_at + random() * interval '2 hours',
          case when random() > 0.1 * (device_key % 3) then 1000 + no * 10 + floor(5 * random()) - 3000 * (no / 40) end,
          case when random() > 0.1 * (device_key % 3) then 1005 + no * 10 + floor(6 * random()) - 3000 * (no / 40) end,
          0, 0
        from (
          select device_key, no, timestamptz '2026-10-01 00:00Z' + no * interval '3 hours' + random() * interval '2 hours'
            as departed_at
          from warehouse.device cross join generate_series(0, 99) as no
          -- Trips are missing while it was unplugged.
          where random() > 0.2
        ) as trip;
        """)
      let broken = try await db.lines(
        """
        with reading as (
          select device_id, departed_at, 1 as step, origin_mileage_km as km from bi.logbook where origin_mileage_km is not null
          union all
          select device_id, departed_at, 2, destination_mileage_km from bi.logbook where destination_mileage_km is not null
        ),
        chain as (
          select device_id,
            (array_agg(km order by departed_at desc, step desc))[1] - (array_agg(km order by departed_at, step))[1] as km
          from reading group by device_id
        )
        select device_id, chain.km, trips.km as trips, gaps.km as gaps
        from chain
        left join (select device_id, sum(distance_km) as km from bi.logbook group by 1) as trips using (device_id)
        left join (select device_id, sum(gap_km) as km from bi.odometer_gap group by 1) as gaps using (device_id)
        where chain.km is distinct from coalesce(trips.km, 0) + coalesce(gaps.km, 0)
        """)
      #expect(broken == [])
      for (view, period) in [
        ("logbook_day", "local_date"), ("logbook_week", "local_week"), ("logbook_month", "local_month"),
        ("logbook_year", "local_year"),
      ] {
        let wrong = try await db.lines(
          """
          with period as (
            select *, lag(closing_mileage_km) over (partition by vehicle_key order by \(period)) as previous_km,
              sum(trips_km + gap_km) over (partition by vehicle_key order by \(period)) as running_km,
              first_value(opening_mileage_km) over (partition by vehicle_key order by \(period)) as first_km
            from bi.\(view)
          )
          select vehicle_key, \(period) from period
          where opening_mileage_km + trips_km + gap_km <> closing_mileage_km or opening_mileage_km <> previous_km
            or first_km + running_km <> closing_mileage_km or closing_mileage_km is null
          """)
        #expect(wrong == [], "bi.\(view)")
        let sums = try await db.lines(
          """
          select sum(trips_km) = (select sum(distance_km) from bi.logbook),
            sum(gap_km) = (select sum(gap_km) from bi.odometer_gap), count(*) >= 60
          from bi.\(view)
          """)
        #expect(sums == ["true | true | true"], "bi.\(view)")
      }
      let unexplained = try await db.lines(
        "select check_name, count(*) > 50 as many from bi.reconciliation group by 1")
      #expect(unexplained == ["mileage_fell | true"])
      let met = try await db.lines(
        """
        select count(distinct device_id), count(*) > 3000 as many, count(*) filter (where gap_km < 0) > 60 as set_back,
          count(*) filter (where ended_at <> departed_at) > 100 as without_origin
        from bi.odometer_gap
        """)
      #expect(met == ["60 | true | true | true"])
    }
  }
}
