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
        select local_date, previous_departed_at, ended_at, start_mileage_km, end_mileage_km, gap_km, likely_cause
        from bi.odometer_gap order by departed_at
        """)
      #expect(
        gaps == [
          "2026-10-03 | 2026-10-02T08:00:00+00:00 | 2026-10-03T08:00:00+00:00 | 130.000 | 131.000 | 1.000 | rounding",
          "2026-10-04 | 2026-10-03T08:00:00+00:00 | 2026-10-04T08:00:00+00:00 | 140.000 | 150.000 | 10.000 | unknown",
          "2026-10-05 | 2026-10-04T08:00:00+00:00 | 2026-10-05T08:00:00+00:00 | 160.000 | 170.000 | 10.000 | unplugged",
          "2026-10-06 | 2026-10-05T08:00:00+00:00 | 2026-10-06T08:00:00+00:00 | 180.000 | 190.000 | 10.000 | no_signal",
          "2026-10-08 | 2026-10-06T08:00:00+00:00 | 2026-10-07T22:30:00+00:00 | 200.000 | 210.000 | 10.000 | no_gps",
          """
          2026-10-08 | 2026-10-07T22:30:00+00:00 | 2026-10-08T08:00:00+00:00 | 220.000 | 5.000 | -215.000 \
          | odometer_set_back
          """,
          "2026-10-10 | 2026-10-08T08:00:00+00:00 | 2026-10-10T08:00:00+00:00 | 15.000 | 16.000 | 1.000 | days_missing",
          "2026-10-12 | 2026-10-10T08:00:00+00:00 | 2026-10-12T08:00:00+00:00 | 20.000 | 30.000 | 10.000 | unknown",
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
