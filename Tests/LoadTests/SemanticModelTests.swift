import Postgres
import TestSupport
import Testing

/// What the comments of the views promise is tried on fleets by chance.
@Suite struct `The comments of the views` {
  /// Two accounts with vehicles of the same names, over a turn of the year: trips over midnight, trips without values, gaps, odometers
  /// that are set back, days that are not complete, pauses, points, readings, calls and findings.
  private static let fleets = """
    \(datesRoutesByHand)
    select setseed(0.15);
    insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin'), ('south', 'America/New_York');
    insert into etl.account_limit select account_key, 'default', 100, 60 from warehouse.account;
    insert into etl.holiday values ('north', '2027-01-01', 'Neujahr');
    insert into warehouse.device (account_key, device_id, name)
      select account_key, 490 + no, 'Van ' || no from warehouse.account cross join generate_series(1, 5) as no;
    insert into warehouse.route (
      device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count, point_count,
      top_speed_kmh, track_km)
    select
      device_key, (departed_at at time zone 'UTC')::date,
      row_number() over (partition by device_key, (departed_at at time zone 'UTC')::date order by departed_at),
      departed_at, case when random() > 0.05 then departed_at + (0.1 + random()) * interval '4 hours' end,
      case when random() > 0.1 then 1000 + no * 20 + floor(5 * random()) - 900 * (no / 60) end,
      case when random() > 0.1 then 1010 + no * 20 + floor(5 * random()) - 900 * (no / 60) end,
      floor(100 * random()), 1, 3, 50 + floor(50 * random()), 20 * random()
    from (
      select device_key, no, timestamptz '2026-12-10 00:00Z' + no * interval '9 hours' + random() * interval '4 hours' as departed_at
      from warehouse.device cross join generate_series(0, 99) as no
      where random() > 0.2
    ) as trip;
    insert into warehouse.route_pause (device_key, day, route_no, seq, pause_type_code, started_at, ended_at, mileage_km)
      select device_key, day, route_no, 1, 1, departed_at + interval '5 minutes', departed_at + interval '9 minutes', 7 from warehouse.route;
    select etl.ensure_partition('warehouse.route_point', month) from unnest(array[date '2026-12-01', '2027-01-01']) as month;
    insert into warehouse.route_point (device_key, day, seq, route_no, latitude_e7, longitude_e7)
      select device_key, day, seq, route_no, 1, seq from warehouse.route cross join generate_series(1, 3) as seq;
    insert into etl.checkpoint (device_key, day, state, route_count, point_count)
      select device_key, due_day, case when random() > 0.1 then 'final' else 'provisional' end, trips.count, 3 * trips.count
      from warehouse.device cross join generate_series(date '2026-12-09', date '2027-01-20', interval '1 day') as due_day
      cross join lateral (
        select count(*) from warehouse.route where (route.device_key, route.day) = (device.device_key, due_day::date)
      ) as trips;
    insert into warehouse.device_reading (
      device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, heartbeat_at, name, mileage_km, error_code)
      select device_key, day, source, device_key, day, day, day, 'Van', 1, floor(2 * random())
      from warehouse.device cross join generate_series(timestamptz '2026-12-10 00:00Z', '2027-01-10 00:00Z', '1 day') as day
      cross join unnest(array['device', 'devicelist']) as source;
    insert into warehouse.device_version select device_key, day, 'Van' from warehouse.device
      cross join generate_series(timestamptz '2026-12-10 00:00Z', '2027-01-10 00:00Z', '9 days') as day;
    insert into etl.run (account_key, command, version, host, process_id, started_at)
      select account_key, 'run', '1', name, 1, '2026-12-10' from warehouse.account;
    insert into etl.api_call (run_key, account_key, egress, action, started_at, ended_at, outcome)
      select run_key, account_key, 'default', 'devicelist', '2026-12-10', '2026-12-10', 'answered' from etl.run;
    insert into etl.finding (account_key, device_key, rule, severity, occurrences, detail)
      select account_key, device_key, rule, 'info', 1, name from warehouse.device cross join unnest(array['odd', 'unknown_tag']) as rule;
    """

  /// A key that is one also shows that a join by it multiplies no rows.
  @Test func `name grain, key, sums and NULL: keys are keys, and every amount has its place`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(Self.fleets)
      for view in try await db.viewModels() {
        let sums = view.additive + view.semiAdditive.flatMap(\.columns) + view.notAdditive
        #expect(view.has(view.key + sums), "bi.\(view.name) has no such columns: \(view.key + sums)")
        #expect(Set(sums).count == sums.count, "bi.\(view.name): \(sums)")
        for column in view.columns
        where ["_km", "_s", "_min", "_count", "_days", "calls"].contains(where: column.name.hasSuffix) {
          #expect(sums.contains(column.name), "bi.\(view.name).\(column.name): may it be summed?")
        }
        for column in view.columns where sums.contains(column.name) {
          #expect(
            ["bigint", "integer", "numeric"].contains(where: column.type.hasPrefix), "bi.\(view.name).\(column.name)")
        }
        let key = view.key.joined(separator: ", ")
        let counted =
          view.key.isEmpty
          ? "select count(*) > 0, true, true from bi.\(view.name)"
          : "select count(*) > 0, count(*) = count(distinct (\(key))), count(*) = count(*) filter (where (\(key)) is not null) from bi.\(view.name)"
        #expect(try await db.lines(counted) == ["true | true | true"], "bi.\(view.name): \(key)")
      }
    }
  }

  /// Each column that several views of a family may sum has one sum, whatever the grain.
  @Test func `promise sums that hold: the parts make the whole`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(Self.fleets)
      let views = try await db.viewModels()
      let families = [
        ["logbook_day", "logbook_week", "logbook_month", "logbook_year", "fleet_day", "vehicle_month"],
        ["usage_hour", "usage_day"], ["logbook", "logbook_day", "route_track"], ["logbook", "data_coverage"],
        ["logbook", "journey"],
      ]
      for family in families {
        var sums: [String: [String: String]] = [:]
        for view in views where family.contains(view.name) {
          for column in view.additive {
            let sum = try await db.lines(
              "select round(coalesce(sum(\(column)), 0), \(column.hasSuffix("_min") ? 0 : 3)) from bi.\(view.name) where account = 'north'"
            )
            sums[column, default: [:]][view.name] = sum[0]
          }
        }
        let shared = sums.filter { $0.value.count > 1 }
        #expect(!shared.isEmpty, "\(family)")
        // A period has days without a row, and a journey lasts through its stops.
        let other = ["complete_day_count", "day_count"] + (family.contains("journey") ? ["duration_s"] : [])
        for (column, byView) in shared where !other.contains(column) {
          #expect(Set(byView.values).count == 1, "\(column): \(byView)")
          #expect(!byView.values.contains { $0.hasPrefix("0") }, "\(column) was not put to the test")
        }
      }
      // A sum by name mixes vehicles of two accounts; by label it does not.
      let groups = try await db.lines(
        "select count(distinct device_name), count(distinct vehicle_label), count(distinct vehicle_key) from bi.logbook_month"
      )
      #expect(groups == ["5 | 10 | 10"])
    }
  }
}
