import FoundationEssentials
import Load
import Postgres
import Schema

/// (f) Typical queries of dashboards: through the views, and written by hand on the tables.
struct ViewBenchmark {
  var server: String
  var vehicles: Int
  var rounds: Int

  private struct Question {
    var name: String
    var view: String
    var byHand: String
  }

  /// "By hand" means as efficient as possible for somebody who knows the tables.
  private static let questions = [
    Question(
      name: "one vehicle's logbook month",
      view: """
        select account, device_id, device_name, local_date, departed_at, arrived_at, departed_local, arrived_local, duration_s,
               driving_s, pause_s, origin_latitude, origin_longitude, destination_latitude, destination_longitude,
               origin_mileage_km, destination_mileage_km, distance_km, average_speed_kmh, average_speed_distance_kmh,
               pause_count, point_count, top_speed_kmh, time_zone, local_month, day
        from bi.logbook where device_id = 1042 and local_month = '2026-05-01' order by departed_at
        """,
      byHand: """
        select account, device_id, device_name, local_date, departed_at, arrived_at, departed_at at time zone time_zone,
               arrived_at at time zone time_zone, duration_s::integer, (duration_s - pause_s)::integer, pause_s,
               origin_latitude_e7 / 1e7::float8, origin_longitude_e7 / 1e7::float8,
               destination_latitude_e7 / 1e7::float8, destination_longitude_e7 / 1e7::float8,
               origin_mileage_km, destination_mileage_km, (destination_mileage_km - origin_mileage_km)::numeric(19,3),
               average_speed_kmh, average_speed_distance_kmh, pause_count, point_count, top_speed_kmh,
               time_zone, local_month, day
        from (
          select a.name as account, d.device_id, d.name as device_name, coalesce(d.time_zone, a.time_zone) as time_zone,
                 date_part('epoch', arrived_at - departed_at) as duration_s, route.*
          from warehouse.route join warehouse.device d using (device_key) join warehouse.account a using (account_key)
          where d.device_id = 1042 and local_month = '2026-05-01'
        ) as trip
        order by departed_at
        """),
    Question(
      name: "fleet month: trips, km and hours of each vehicle",
      view: """
        select account, device_id, count(*), sum(distance_km), sum(driving_s), sum(pause_s) from bi.logbook
        where local_month = '2026-05-01' group by account, device_id order by device_id
        """,
      byHand: """
        select a.name, d.device_id, count(*), sum(destination_mileage_km - origin_mileage_km),
               sum(date_part('epoch', arrived_at - departed_at)::integer - pause_s), sum(pause_s)
        from warehouse.route join warehouse.device d using (device_key) join warehouse.account a using (account_key)
        where local_month = '2026-05-01'
        group by a.name, d.device_id order by d.device_id
        """),
    Question(
      name: "coverage of the fleet in a month",
      view: """
        select device_id, state, count(*) from bi.data_coverage
        where day between '2026-05-01' and '2026-05-31' group by device_id, state order by device_id, state
        """,
      byHand: """
        select d.device_id, case when c.state = 'pending' and f.attempts >= 1 then 'failed' else c.state end as state, count(*)
        from etl.checkpoint c join warehouse.device d using (device_key) left join etl.failed_day f using (device_key, day)
        where c.day between '2026-05-01' and '2026-05-31' group by 1, 2 order by 1, 2
        """),
    Question(
      name: "latest state of every device",
      view: "select device_id, mileage_km, external_voltage_v, status, online_at, latitude, longitude from bi.device",
      byHand: """
        select d.device_id, case when listed_last then l.mileage_km else v.mileage_km end, v.external_voltage_v,
               case when v.status_code is not null then coalesce(s.name, 'unknown') end,
               case when listed_last then l.online_at else v.online_at end,
               case when listed_last then l.latitude_e7 else v.latitude_e7 end / 1e7::float8,
               case when listed_last then l.longitude_e7 else v.longitude_e7 end / 1e7::float8
        from warehouse.device d
        left join lateral (
          select * from warehouse.device_reading r where r.device_key = d.device_key and source = 'devicelist'
          order by last_answered_at desc limit 1) l on true
        left join lateral (
          select * from warehouse.device_reading r where r.device_key = d.device_key and source = 'device'
          order by last_answered_at desc limit 1) v on true
        cross join lateral (
          select v.last_answered_at is null or l.last_answered_at > v.last_answered_at as listed_last) as latest
        left join warehouse.device_status s on s.status_code = v.status_code
        """),
    Question(
      name: "one route's track",
      view: """
        select seq, latitude, longitude, speed_kmh from bi.route_point
        where device_id = 1042 and departed_at = '2026-05-12 08:00Z' and day = '2026-05-12' order by seq
        """,
      byHand: """
        select seq, p.latitude_e7 / 1e7::float8, p.longitude_e7 / 1e7::float8, p.speed_tenths / 10::float8
        from warehouse.route_point p
        join warehouse.route r using (device_key, day, route_no) join warehouse.device d using (device_key)
        where d.device_id = 1042 and r.departed_at = '2026-05-12 08:00Z' and day = '2026-05-12'
        order by seq
        """),
    Question(
      name: "one route's track, by hand with subqueries",
      view: """
        select seq, latitude, longitude, speed_kmh from bi.route_point
        where device_id = 1042 and departed_at = '2026-05-12 08:00Z' and day = '2026-05-12' order by seq
        """,
      byHand: """
        select seq, latitude_e7 / 1e7::float8, longitude_e7 / 1e7::float8, speed_tenths / 10::float8
        from warehouse.route_point
        where device_key = (select device_key from warehouse.device where device_id = 1042) and day = '2026-05-12'
          and route_no = (
            select route_no from warehouse.route
            where device_key = (select device_key from warehouse.device where device_id = 1042)
              and departed_at = '2026-05-12 08:00Z')
        order by seq
        """),
  ]

  func run() async throws {
    let owner = try await Connection.open(server, applicationName: "benchmarks", logger: silent)
    let name = "bench_views_\(UInt32.random(in: 0 ... .max))"
    try await owner.run { db in _ = try db.execute("create database \(identifier: name) template template0") }
    let url = server.replacing(/\/[^\/]*$/, with: "/\(name)")
    let connection = try await Connection.open(url, applicationName: "benchmarks", logger: silent)
    _ = try await Migrator(connection: connection, logger: silent).migrate(now: .distantPast)
    try await connection.run { [vehicles] db in
      try AccountConfiguration(
        name: "default", timeZone: "Europe/Berlin",
        limits: AccountLimits(egress: "default", dailyCalls: 100, requestInterval: 60)
      ).write(on: db)
      for step in Self.generate(vehicles: vehicles) { try db.script(step) }
    }
    let counts = try await connection.run { db in
      try db.query(
        """
        select (select count(*) from warehouse.route) as routes, (select count(*) from warehouse.route_point) as points,
               (select count(*) from warehouse.device_reading) as readings, (select count(*) from etl.checkpoint) as days
        """)[0]
    }
    print(
      """

      ### (f) Views: \(vehicles) vehicles, 3 years; \(try counts.decode("routes", as: Int.self)) routes, \
      \(try counts.decode("points", as: Int.self)) points of 3 months, \
      \(try counts.decode("readings", as: Int.self)) readings, \(try counts.decode("days", as: Int.self)) device-days

      """)
    row("question", "rows", "view ms", "by hand ms", "view / by hand")
    row("---", "---", "---", "---", "---")
    for question in Self.questions { try await measure(question, connection) }
    for question in Self.questions { try await explain(question, connection) }
    await connection.close()
    try await owner.run { db in _ = try db.execute("drop database \(identifier: name) with (force)") }
    await owner.close()
  }

  private func measure(_ question: Question, _ connection: Connection) async throws {
    var view: [Double] = []
    var byHand: [Double] = []
    let rows = try await sameRows(question, connection)
    for round in 0...rounds {
      let first = try await milliseconds(question.view, connection)
      let second = try await milliseconds(question.byHand, connection)
      // The first round warms up.
      guard round > 0 else { continue }
      view.append(first)
      byHand.append(second)
    }
    row(
      question.name, "\(rows)", view.summary(2), byHand.summary(2),
      zip(view, byHand).map { $0 / $1 }.median.text(2))
  }

  private func milliseconds(_ query: String, _ connection: Connection) async throws -> Double {
    try await connection.run { db in
      let clock = ContinuousClock()
      let start = clock.now
      _ = try db.query(SQL(unescaped: query))
      return (clock.now - start) / .milliseconds(1)
    }
  }

  /// The number of rows of both queries.
  ///
  /// - Throws: If their rows differ, or if there are none.
  private func sameRows(_ question: Question, _ connection: Connection) async throws -> Int {
    let (view, byHand) = (question.view, question.byHand)
    let counts = try await connection.run { db in
      try db.query(
        SQL(
          unescaped: """
            select (select count(*) from (\(view)) as v) as rows,
                   (select count(*) from ((\(view)) except all (\(byHand))) as d)
                   + (select count(*) from ((\(byHand)) except all (\(view))) as d) as differing
            """))[0]
    }
    let rows = try counts.decode("rows", as: Int.self)
    let differing = try counts.decode("differing", as: Int.self)
    guard differing == 0, rows > 0 else {
      throw Measured.Failed(
        description: "\(question.name): \(rows) rows from the view, \(differing) differ from those by hand")
    }
    return rows
  }

  private func explain(_ question: Question, _ connection: Connection) async throws {
    let lines = try await connection.run { db in
      try db.query(SQL(unescaped: "explain (analyze, costs off, timing off, summary off) \(question.view)")).map {
        try $0.decode(0, as: String.self)
      }
    }
    print("\nPlan of the view, \(question.name):\n\n```")
    for line in lines { print(line) }
    print("```")
  }

  /// Four trips per day over three years, with 300 points each in the last three months; nightly lists and responses.
  private static func generate(vehicles: Int) -> [String] {
    let days = "generate_series(date '2023-07-01', date '2026-06-30', '1 day') as day"
    return [
      """
      select etl.ensure_partition('warehouse.route_point', day::date)
      from generate_series(date '2023-07-01', date '2026-06-01', '1 month') as day
      """,
      """
      insert into warehouse.device (account_key, device_id, name)
      select account_key, 1000 + n, 'Vehicle ' || n from warehouse.account, generate_series(1, \(vehicles)) as n
      """,
      """
      insert into warehouse.route (
        device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km,
        origin_latitude_e7, origin_longitude_e7, destination_latitude_e7, destination_longitude_e7,
        average_speed_kmh, average_speed_distance_kmh, pause_s, pause_count, point_count, top_speed_kmh, local_date,
        asked_day)
      select device_key, day::date, n, day at time zone 'UTC' + interval '6 h' + n * interval '2 h',
             day at time zone 'UTC' + interval '7 h' + n * interval '2 h',
             (day::date - date '2023-07-01') * 120 + n * 30, (day::date - date '2023-07-01') * 120 + n * 30 + 30,
             480000000 + n, 90000000 + n, 480000000 + n, 90000000 + n, 40, 30, 60, 1, 300, 90,
             (day + interval '6 h' + n * interval '2 h')::date, day::date
      from \(days), warehouse.device, generate_series(1, 4) as n
      order by day, device_key, n
      """,
      """
      insert into warehouse.route_point
      select device_key, day, seq, 480000000 + seq * 100, 90000000 + seq * 100, route_no, 500 + seq % 100
      from (select * from warehouse.route where day >= '2026-04-01' order by day, device_key, route_no) as route,
           generate_series(1, point_count) as seq
      """,
      """
      insert into etl.checkpoint (device_key, day, state, reason, fetched_at, route_count, point_count, content_hash)
      select device_key, day::date, 'final', 'proven', day at time zone 'UTC' + interval '25 h', 4, 1200,
             sha256(convert_to(day::text, 'UTF8'))
      from \(days), warehouse.device order by day, device_key
      """,
      """
      insert into warehouse.device_reading (
        device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, name, mileage_km,
        external_voltage_v, online_at, heartbeat_at, status_code, latitude_e7, longitude_e7)
      select device_key, day at time zone 'UTC' + hours, source, 1, day at time zone 'UTC' + hours,
             day at time zone 'UTC' + hours, 'Vehicle ' || device_key, (day::date - date '2023-07-01') * 120 + 150,
             case source when 'device' then 12.4 end, day at time zone 'UTC' + interval '15 h',
             day at time zone 'UTC' + hours, case source when 'device' then 1 end, 480000000, 90000000
      from \(days), warehouse.device,
           (values ('devicelist', interval '24 h 5 min'), ('device', interval '24 h 20 min')) as response (source, hours)
      order by day, device_key
      """,
      "vacuum analyze",
    ]
  }
}
