import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import Testing

/// Each stored response with a quirk, through the whole program into PostgreSQL: the rows and findings that become of it are in
/// a file of `QuirkRows` with its name. One whose name begins with `list-` is a device list, the others are of a day. `FLEETIZE_UPDATE_ROWS=1` writes these anew; read the difference before it is kept.
@Suite struct `A quirk of a response` {
  private typealias Action = Simulator.Call.Action
  private static let responses = Repository.folder.appending(path: "Tests/TransformTests/Fixtures")
  private static let rows = Repository.folder.appending(path: "Tests/EndToEndTests/QuirkRows")
  private static let day = "2026-09-23"

  /// Responses of which a route is dropped. Their readable routes are loaded only where no whole response has come before, so each
  /// gets a warehouse of its own.
  private static let partlyUsable: Set = ["garbled-values.json", "impossible-times.json", "zero-dates.json"]

  @Test func `becomes these rows and these findings`() async throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.responses.path()).filter {
      $0.hasSuffix(".json")
    }
    #expect(names.count >= 20)
    try await expectRows(of: names.filter { !Self.partlyUsable.contains($0) }.sorted())
    for name in Self.partlyUsable.sorted() { try await expectRows(of: [name]) }
  }

  private func expectRows(of names: [String]) async throws {
    let responses = Mutex<[Action: (body: [UInt8], charset: String)]>([:])
    try await withStage(
      [.delivery],
      fault: { call in
        responses.withLock { $0[call.action] }.map {
          .body($0.body, contentType: "application/json; charset=\($0.charset)")
        }
      }
    ) { stage in
      for name in names {
        let response = Array(try Data(contentsOf: Self.responses.appending(path: name)))
        let action: Action = name.hasPrefix("list-") ? .deviceList : .device
        let charset = name == "unknown-charset.json" ? "x-klingon" : "utf-8"
        responses.withLock { $0 = [action: (response, charset)] }
        let outcome = try await stage.etl(
          action == .deviceList
            ? ["run"] : ["backfill", "--from", Self.day, "--to", Self.day, "--device", "492", "--refetch"])
        #expect([0, 2].contains(outcome.code), "\(name): \(outcome.errors)")
        let hasRows = outcome.code == 0 || Self.partlyUsable.contains(name)
        let actual =
          (hasRows ? try await told(by: action, on: stage) : []) + (try await found(in: action, on: stage))
        try expect(actual, in: Self.rows.appending(path: name.replacing(".json", with: ".txt")))
        // No value may break a view: all of its columns are made.
        let views = try await stage.texts("select viewname as line from pg_views where schemaname = 'bi'")
        let counts = views.map { "select count(it::text)::text as line from bi.\($0) as it" }
        #expect(try await stage.texts(counts.joined(separator: " union all ")).count == views.count, "\(name)")
      }
    }
  }

  private func expect(_ lines: [String], in file: URL) throws {
    let text = lines.map { $0 + "\n" }.joined()
    if ProcessInfo.processInfo.environment["FLEETIZE_UPDATE_ROWS"] != nil {
      try Data(text.utf8).write(to: file)
    } else {
      #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(file.lastPathComponent)")
    }
  }

  /// A route with as many points as a day of driving has at one per second.
  @Test func `is a hundred thousand points in one route`() async throws {
    let points = (1...100_000).map { "48.\($0 + 100_000),-9.\($0 + 200_000),\($0 % 130)" }.joined(separator: ";")
    let response = #"""
      {"device":{"device_id":492,"timestamp":1790121600},"routes":[{"origin_timestamp":1790121600,
      "destination_timestamp":1790207999,"route_points":"\#(points)"}]}
      """#
    try await withStage(
      [.delivery], fault: { $0.action == .device ? .body(Array(response.utf8)) : nil }
    ) { stage in
      #expect(try await stage.etl(["backfill", "--from", Self.day, "--to", Self.day, "--device", "492"]).code == 0)
      #expect(try await stage.rows("select count(*), min(seq), max(seq) from bi.route_point") == ["(100000,1,100000)"])
      let some = try await stage.rows(
        "select seq, latitude, longitude, speed_kmh::float8 from bi.route_point where seq in (1, 40000, 100000)")
      #expect(Set(some) == ["(1,48.100001,-9.200001,1)", "(40000,48.14,-9.24,90)", "(100000,48.2,-9.3,30)"])
      #expect(try await stage.rows("select point_count, top_speed_kmh from bi.logbook") == ["(100000,129.0)"])
      #expect(try await stage.rows("select rule from etl.finding") == [])
    }
  }

  /// The rows of the response's reading and of its day; NULL is left out.
  private func told(by action: Action, on stage: Stage) async throws -> [String] {
    let reading = try await lines(
      "reading",
      """
      select to_jsonb(reading) - '{device_key,source,fingerprint,read_at,first_answered_at,last_answered_at,response_key,requested_at}'::text[] as it
      from warehouse.device_reading as reading where source = '\(action.rawValue)' order by last_answered_at desc limit 1
      """, stage)
    guard action == .device else { return reading }
    return try await reading
      + lines(
        "route",
        """
        select to_jsonb(route) - '{device_key,day,trip_key,local_arrival_date,local_week,local_year,asked_day,track_km}'::text[] as it
        from warehouse.route where day = '\(Self.day)' order by route_no
        """, stage)
      + lines(
        "pause",
        """
        select to_jsonb(pause) - '{device_key,day}'::text[] as it
        from warehouse.route_pause as pause where day = '\(Self.day)' order by route_no, seq
        """, stage)
      + lines(
        "point",
        """
        select to_jsonb(point) - '{device_key,day}'::text[] as it
        from warehouse.route_point as point where day = '\(Self.day)' order by route_no, seq
        """, stage)
  }

  /// The findings of the latest response and of the day.
  private func found(in action: Action, on stage: Stage) async throws -> [String] {
    try await lines(
      "finding",
      """
      select jsonb_build_object('rule', rule, 'severity', severity, 'times', occurrences, 'sample', sample,
                                'departed_at', departed_at) as it
      from etl.finding
      where (response_key is null and day = '\(Self.day)' and '\(action.rawValue)' = 'device'
             or response_key = (select max(response_key) from etl.response where action = '\(action.rawValue)'))
        -- Each of these responses differs from the one before.
        and rule <> 'day_changed'
      order by rule, sample, departed_at
      """, stage)
  }

  private func lines(_ kind: String, _ query: String, _ stage: Stage) async throws -> [String] {
    try await stage.texts("select '\(kind) ' || jsonb_strip_nulls(it)::text as line from (\(query)) as rows")
  }
}
