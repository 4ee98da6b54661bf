import Postgres
import TestSupport
import Testing

@Suite struct `A local day` {
  @Test func `is complete when all UTC days that it touches are`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.checkpoint (device_key, day, state) values
          (1, '2026-10-23', 'empty'), (1, '2026-10-24', 'final'), (1, '2026-10-25', 'provisional'),
          (1, '2026-10-26', 'pending'), (1, '2026-10-27', 'pending'), (1, '2026-10-29', 'final'),
          (3, '2026-10-24', 'final');
        insert into etl.failed_day values (1, '2026-10-27', 1, '2026-10-28', '2026-10-28', 'timed_out');
        """)
      let days = try await db.lines(
        """
        select account, device_id, device_name, local_date, is_complete, state, utc_day_count, complete_utc_day_count
        from bi.local_day order by account, local_date
        """)
      #expect(
        days == [
          "north | 492 | Van | 2026-10-23 | false | missing | 2 | 1",
          "north | 492 | Van | 2026-10-24 | true | complete | 2 | 2",
          "north | 492 | Van | 2026-10-25 | false | provisional | 2 | 1",
          "north | 492 | Van | 2026-10-26 | false | pending | 2 | 0",
          "north | 492 | Van | 2026-10-27 | false | failed | 2 | 0",
          "north | 492 | Van | 2026-10-28 | false | missing | 2 | 0",
          "north | 492 | Van | 2026-10-29 | false | missing | 2 | 1",
          "north | 492 | Van | 2026-10-30 | false | missing | 2 | 1",
          "south | 492 | Truck | 2026-10-24 | true | complete | 1 | 1",
        ])
    }
  }

  @Test func `has 23, 24 or 25 hours`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from unnest(array[date '2026-10-24', '2026-10-25', '2027-03-27', '2027-03-28']) as day;
        """)
      let days = try await db.lines(
        """
        select local_date, begins_at, ends_at, duration_s, time_zone, local_month from bi.local_day
        where state = 'complete' or local_date in ('2026-10-24', '2027-03-29') order by 1
        """)
      #expect(
        days == [
          "2026-10-24 | 2026-10-23T22:00:00+00:00 | 2026-10-24T22:00:00+00:00 | 86400 | Europe/Berlin | 2026-10-01",
          "2026-10-25 | 2026-10-24T22:00:00+00:00 | 2026-10-25T23:00:00+00:00 | 90000 | Europe/Berlin | 2026-10-01",
          "2027-03-28 | 2027-03-27T23:00:00+00:00 | 2027-03-28T22:00:00+00:00 | 82800 | Europe/Berlin | 2027-03-01",
          "2027-03-29 | 2027-03-28T22:00:00+00:00 | 2027-03-29T22:00:00+00:00 | 86400 | Europe/Berlin | 2027-03-01",
        ])
    }
  }

  /// A zone half an hour ahead in summer and half an hour behind in winter: the day on which its clocks go back begins at 23:30
  /// UTC and ends 25 hours later.
  @Test func `can need three UTC days`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        update warehouse.device set time_zone = 'WIN0:30SUM-0:30,M3.5.0/1,M10.5.0/2' where device_key = 1;
        insert into etl.checkpoint (device_key, day, state) values
          (1, '2026-10-24', 'final'), (1, '2026-10-25', 'final'), (1, '2026-10-26', 'pending');
        """)
      let day = """
        select state, utc_day_count, complete_utc_day_count, begins_at, ends_at, duration_s
        from bi.local_day where local_date = '2026-10-25'
        """
      let times = "2026-10-24T23:30:00+00:00 | 2026-10-26T00:30:00+00:00 | 90000"
      #expect(try await db.lines(day) == ["pending | 3 | 2 | \(times)"])
      try await db.execute("update etl.checkpoint set state = 'final' where day = '2026-10-26'")
      #expect(try await db.lines(day) == ["complete | 3 | 3 | \(times)"])
    }
  }

  @Test func `begins with the first of two midnights, and is none where the zone skipped it`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        -- Havana's clocks go back from 01:00 to 00:00; Apia went from 29 to 31 December 2011.
        update warehouse.device set time_zone = 'America/Havana' where device_key = 1;
        update warehouse.device set time_zone = 'Pacific/Apia' where device_key = 2;
        insert into etl.checkpoint (device_key, day, state) values
          (1, '2026-11-01', 'final'), (2, '2011-12-30', 'final');
        """)
      #expect(
        try await db.lines("select local_date, begins_at, duration_s from bi.local_day order by 1 desc") == [
          "2026-11-01 | 2026-11-01T04:00:00+00:00 | 90000", "2026-10-31 | 2026-10-31T04:00:00+00:00 | 86400",
          "2011-12-31 | 2011-12-30T10:00:00+00:00 | 86400", "2011-12-29 | 2011-12-29T10:00:00+00:00 | 86400",
        ])
    }
  }
}

@Suite struct `Every time zone that PostgreSQL knows` {
  /// A device a zone. Around each change of its clocks from 2024 to 2028, else around New Year and midsummer, it drives every 151
  /// minutes for a day and a half.
  private let fleetOfTheWorld = """
    \(datesRoutesByHand)
    insert into warehouse.account (name, time_zone) values ('world', 'UTC');
    insert into warehouse.device (account_key, device_id, time_zone)
    select 1, row_number() over (order by name), name from pg_timezone_names where name !~ '^posix/';
    create temporary table moment as
    with week as (
      select device_key, time_zone, week, (week at time zone time_zone) - (week at time zone 'UTC') as ahead
      from warehouse.device
      cross join generate_series(timestamptz '2024-01-01 00:00Z', '2029-01-01 00:00Z', interval '7 days') as week
    ),
    changing_week as (
      select *
      from (select *, lead(ahead) over (partition by device_key order by week) as ahead_next from week) as step
      where ahead <> ahead_next
    ),
    change as (
      select device_key, max(day) as day
      from changing_week
      cross join generate_series(week, week + interval '6 days', interval '1 day') as day
      where (day at time zone time_zone) - (day at time zone 'UTC') = ahead
      group by device_key, week
    )
    select device_key, day from change
    union
    select device_key, day
    from warehouse.device
    cross join generate_series(timestamptz '2024-01-01 00:00Z', '2028-12-31 00:00Z', interval '6 months') as day
    where device_key not in (select device_key from change);
    insert into warehouse.route (
      device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count,
      point_count)
    select
      device_key, (departed_at at time zone 'UTC')::date,
      row_number() over (partition by device_key, (departed_at at time zone 'UTC')::date order by departed_at),
      departed_at, departed_at + interval '20 minutes', 100, 107, 0, 0, 0
    from (
      select distinct device_key, day + no * interval '151 minutes' - interval '4 hours' as departed_at
      from moment cross join generate_series(0, 13) as no
    ) as trip;
    insert into etl.checkpoint (device_key, day, state)
    select distinct device_key, (day at time zone 'UTC')::date + no, 'final'
    from moment cross join generate_series(-2, 3) as no;
    analyze;
    """

  @Test func `puts each route into exactly one local day, and the sums agree`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleetOfTheWorld)
      // Every zone, but for those that are the same under another folder; where clocks change, each change of the five years.
      let zones = try await db.lines(
        """
        select count(distinct time_zone) = (select count(*) from pg_timezone_names where name !~ '^posix/') as zones,
          count(distinct time_zone) > 500 as many, count(*) > 50000 as routes
        from warehouse.route join warehouse.device using (device_key)
        """)
      #expect(zones == ["true | true | true"])
      let changes = try await db.lines(
        """
        select time_zone, extract(year from day) as year, count(*)
        from moment join warehouse.device using (device_key)
        where time_zone in ('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Africa/Casablanca')
        group by 1, 2 having count(*) = 2
        """)
      #expect(changes.count == 25, "two changes of the clock in each of five years, in each of five zones: \(changes)")
      // What the search for changes, week by week, could have missed: it sees each zone's every hour of 2026.
      let missed = try await db.lines(
        """
        select time_zone, at
        from (
          select device_key, time_zone, at,
            (at at time zone time_zone) - (at at time zone 'UTC') as ahead,
            lag((at at time zone time_zone) - (at at time zone 'UTC')) over (partition by device_key order by at) as before
          from warehouse.device cross join generate_series(timestamptz '2026-01-01', '2027-01-01', interval '1 day') as at
        ) as step
        where ahead <> before
          and not exists (
            select from moment where moment.device_key = step.device_key and at - day between interval '0' and interval '1 day')
        """)
      #expect(missed == [])

      // Against the rows of the table, and the date as PostgreSQL tells it for each.
      let wrong = try await db.lines(
        """
        select device_id, departed_at, count(logbook.device_id) as rows
        from warehouse.route join warehouse.device using (device_key)
        left join bi.logbook using (device_id, departed_at)
        group by device_id, departed_at, device.time_zone
        having count(logbook.device_id) <> 1
          or min(logbook.local_date) <> (departed_at at time zone device.time_zone)::date
          or min(logbook.duration_s) <> 1200
        """)
      #expect(wrong == [])

      // Days do not overlap and leave no gap: each holds just the routes that depart within its bounds.
      let outside = try await db.lines(
        """
        select device_id, local_date, days.trips, logbook_day.trip_count
        from (
          select local_day.device_id, local_day.local_date, count(route.departed_at) as trips
          from bi.local_day
          join warehouse.device using (device_id)
          left join warehouse.route
            on route.device_key = device.device_key and departed_at >= begins_at and departed_at < ends_at
          group by local_day.device_id, local_day.local_date
        ) as days
        full join bi.logbook_day using (device_id, local_date)
        where days.trips is distinct from logbook_day.trip_count
        """)
      #expect(outside == [])

      let sums = try await db.lines(
        """
        select
          (select count(*) from warehouse.route) = sum(trip_count) as trips,
          (select 7 * count(*) from warehouse.route) = sum(measured_km) as km,
          (select 1200 * count(*) from warehouse.route) = sum(duration_s) as seconds,
          (select sum(trips_km + gap_km) from bi.logbook_month) = sum(trips_km + gap_km) as months,
          (select sum(trips_km) from bi.fleet_day) = sum(trips_km) as fleet,
          (select sum(driving_s) from bi.usage_hour) = sum(driving_s) as seconds_by_hour
        from bi.logbook_day
        """)
      #expect(sums == ["true | true | true | true | true | true"])
    }
  }
}
