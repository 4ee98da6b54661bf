import FleetModel
import Foundation
import Load
import Logging
import Postgres
import TestSupport
import Testing
import Transform

@testable import Pipeline

/// The tables are a function of the archive: however its responses are loaded, the rows are the same.
@Suite struct `However responses are loaded` {
  /// Random order, repetitions, batches of random sizes.
  @Test(arguments: 0..<8) func `the tables are the same`(seed: UInt64) async throws {
    try await expectSameTables(seed: seed) { responses, generator, connection, rebuilder, _ in
      for batch in batches(of: responses, &generator) {
        try await connection.run { db in _ = try rebuilder.rebuild(from: batch, on: db) }
      }
    }
  }

  /// As above, by two processes at once, each with all responses in its own order.
  @Test(arguments: 8..<12) func `the tables are the same from two connections at once`(seed: UInt64) async throws {
    try await expectSameTables(seed: seed) { responses, generator, connection, rebuilder, url in
      let other = try await Connection.open(url, applicationName: "other", logger: silent)
      let mine = batches(of: responses, &generator)
      let others = batches(of: responses, &generator)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (connection, batches) in [(connection, mine), (other, others)] {
          group.addTask {
            for batch in batches { try await connection.run { db in _ = try rebuilder.rebuild(from: batch, on: db) } }
          }
        }
        try await group.waitForAll()
      }
      await other.close()
    }
  }

  /// The connection dies during loads, then everything is loaded again.
  @Test(arguments: 12..<16) func `the tables are the same after interruptions`(seed: UInt64) async throws {
    try await expectSameTables(seed: seed) { responses, generator, connection, rebuilder, url in
      for _ in 0..<6 {
        let doomed = try await Connection.open(url, applicationName: "doomed", logger: silent)
        let process = try await doomed.run { db in try db.backendProcessID }
        let batches = batches(of: responses, &generator)
        let microseconds = Int.random(in: 0..<60_000, using: &generator)
        async let loading: Void = doomed.run { db in
          for batch in batches { _ = try rebuilder.rebuild(from: batch, on: db) }
        }
        try await Task.sleep(for: .microseconds(microseconds))
        try await connection.run { db in _ = try db.query("select pg_terminate_backend(\(process))") }
        try? await loading
        await doomed.close()
      }
      for batch in batches(of: responses, &generator) {
        try await connection.run { db in _ = try rebuilder.rebuild(from: batch, on: db) }
      }
    }
  }

  private typealias Load = (
    [ReadResponse], inout SeededGenerator, Connection, DayRebuilder, _ url: String
  ) async throws -> Void

  private func expectSameTables(seed: UInt64, _ load: Load) async throws {
    var generator = SeededGenerator(seed: seed)
    let reference = try await Self.oneByOne.value
    let loaded = try await Self.tables { responses, connection, rebuilder, url in
      try await load(responses, &generator, connection, rebuilder, url)
    }
    for (table, rows) in reference { #expect(loaded[table] == rows, "seed \(seed), \(table)") }
    for table in ["warehouse.route", "warehouse.route_pause", "warehouse.device_version"] {
      #expect(reference[table]?.isEmpty == false)
    }
    for rule in [
      "day_changed", "odometer_mismatch", "reading_in_future", "reading_older", "routes_absent",
      "route_version_superseded",
    ] {
      #expect(
        reference["etl.finding"]?.contains { $0.contains(rule) } == true, "no finding \(rule) was put to the test")
    }
    for reason in [
      "settled", "proven", "heard_again", "odometer_mismatch", "routes_absent", "points_left_out", "beyond_history",
    ] {
      #expect(
        reference["etl.checkpoint"]?.contains { $0.contains(reason) } == true, "no day \(reason) was put to the test")
    }
  }

  /// Loaded in the order of the archive, one response per transaction.
  private static let oneByOne = Task {
    try await tables { responses, connection, rebuilder, _ in
      for response in responses {
        try await connection.run { db in _ = try rebuilder.rebuild(from: ResponseBatch([response]), on: db) }
      }
    }
  }

  private static func tables(
    _ load: ([ReadResponse], Connection, DayRebuilder, String) async throws -> Void
  ) async throws -> [String: [String]] {
    var result: [String: [String]] = [:]
    try await withTestDatabase { url in
      let (connection, warehouse) = try await openWarehouse(url)
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let responses = try await connection.run { db in
        try ArchivedFleet.responses.map { ReadResponse(try archive($0, in: warehouse, on: db)) }
      }
      try await load(responses, connection, rebuilder, url)
      result = try await Dump.of(connection)
      await connection.close()
    }
    return result
  }

  /// All responses and some of them again, shuffled, in batches; some with responses of other batches as neighbours.
  private func batches(of responses: [ReadResponse], _ generator: inout SeededGenerator) -> [ResponseBatch] {
    var left = (responses + responses.filter { _ in Bool.random(using: &generator) }).shuffled(using: &generator)[...]
    var batches: [ResponseBatch] = []
    var former: [ReadResponse] = []
    while !left.isEmpty {
      let next = Array(left.prefix(Int.random(in: 1...6, using: &generator)))
      left = left.dropFirst(next.count)
      batches.append(ResponseBatch(next, neighbours: Bool.random(using: &generator) ? former : []))
      former = next
    }
    return batches
  }
}

let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

/// Responses for two devices over some days, chosen so that their order matters if it ever does.
enum ArchivedFleet {
  private static let day = Payloads.day

  /// For vehicles 494 to 498, with every kind of evidence that a later response can change.
  private static let doubtful: [Response] = [
    // Settled without proof; the second day's route, requested later, proves the first.
    .list("10-28 00:05", online: at("10-28 00:05"), heartbeat: at("10-28 00:05"), device: 494),
    .day(
      "10-07", at: "10-28 00:10", device: 494, online: at("10-28 00:10"), heartbeat: at("10-28 00:10"), status: 2,
      routes: route("10-07 08:00")),
    .day(
      "10-10", at: "10-28 00:20", device: 494, online: at("10-28 00:20"), heartbeat: at("10-28 00:20"), status: 2,
      routes: route("10-10 08:00")),
    // Beyond the API's history, until another vehicle's route shows that it reaches that far.
    .day("06-01", at: "10-28 00:30", device: 494), .day("05-31", at: "10-28 00:31", device: 494),
    .day("06-01", at: "10-28 00:40", device: 495, routes: route("06-01 08:00")),
    // Settled, then heard from again.
    .day("10-05", at: "10-06 00:06", device: 495, online: at("10-05 08:00"), heartbeat: at("10-05 09:00")),
    .list("10-20 00:05", online: at("10-05 08:00"), heartbeat: at("10-05 09:00"), device: 495),
    .list("11-02 00:05", online: at("11-02 00:04"), heartbeat: at("11-02 00:04"), device: 495),
    // No list of routes; routes that cannot be read; the same route from both sides of midnight.
    .day("10-05", at: "10-09 00:06", device: 496, node: #","routes":null"#),
    .day("10-06", at: "10-09 00:07", device: 496, routes: #"[null,{"origin_timestamp":1791266400}]"#),
    .day("10-06", at: "10-09 00:05", device: 496, routes: route("10-06 08:00")),
    .day("10-07", at: "10-09 00:08", device: 496, routes: route("10-07 23:59", to: "10-08 01:00", points: 2)),
    .day("10-08", at: "10-09 00:09", device: 496, routes: route("10-08 00:00", to: "10-08 01:00", points: 1)),
    // The odometer rises by 50 km, the routes by none.
    .list("10-05 00:05", online: at("10-04 12:00"), heartbeat: at("10-05 00:01"), mileage: 100, device: 497),
    .list("10-06 00:05", online: at("10-05 12:00"), heartbeat: at("10-06 00:01"), mileage: 150, device: 497),
    .day(
      "10-05", at: "10-06 00:06", device: 497, online: at("10-05 12:00"), heartbeat: at("10-06 00:05"),
      routes: route("10-05 08:00")),
    // Silent for good.
    .day("10-05", at: "10-06 00:06", device: 498, online: at("10-05 08:00"), heartbeat: at("10-05 09:00")),
    .list("10-20 00:05", online: at("10-05 08:00"), heartbeat: at("10-05 09:00"), device: 498),
    // Too heavy: without points only, and without points before and after a full response.
    .day("10-05", at: "10-06 00:06", device: 499, routes: light("10-05 08:00"), scope: ["origin_timestamp"]),
    .day("10-06", at: "10-07 00:06", device: 499, routes: light("10-06 08:00"), scope: ["origin_timestamp"]),
    .day("10-06", at: "10-07 00:30", device: 499, routes: route("10-06 08:00", points: 3)),
    .day("10-06", at: "10-08 00:06", device: 499, routes: light("10-06 08:00"), scope: ["origin_timestamp"]),
    // A heartbeat and an activity in the future.
    .list("10-09 00:10", online: at("12-09 00:00"), heartbeat: at("12-09 00:00"), device: 496),
  ]

  private static func light(_ departure: String) -> String {
    route(departure).replacing(#","route_points":"""#, with: "")
  }

  static let responses = plain + doubtful

  private static let plain: [Response] = [
    .seal(after: day.previous, mileage: 100, online: day.start.addingTimeInterval(-3_600)),
    .seal(after: day, mileage: 150, online: Date(timeIntervalSince1970: 1_791_183_600)),
    .list(at: 0),
    .day(at: 1, of: day, Payloads.oneRoute),
    .day(at: 2, of: day.next, Payloads.overMidnight),
    .list(at: 3, name: "Renamed"),
    .day(at: 4, of: day, Payloads.untilMidnight),
    .day(at: 5, of: day, Payloads.oneRoute),
    .list(at: 6),
    .day(at: 7, of: day.previous, Payloads.none),
    .day(at: 8, of: day.next, Payloads.unusable),
    .day(at: 9, of: day.next.next, Payloads.twoDaysLate),
    .day(at: 10, of: day.next, Payloads.none),
    .day(at: 11, of: day.next, Payloads.overMidnight),
    .day(at: 12, of: day, Payloads.oneRoute),
    .list(at: 13, heartbeatAt: 6),
    .list(at: 24 * 20),
    // The first reports a route on the day before its own, the second does not, and nobody asks for that day.
    .day(at: 14, of: day.advanced(by: -2), Payloads.threeDaysBefore),
    .day(at: 15, of: day.advanced(by: -2), Payloads.none),
    Response(
      request: .deviceDay(DeviceID(493), day), requestedAt: day.end.addingTimeInterval(90_000),
      answeredAt: day.end.addingTimeInterval(90_001), httpStatus: 200, contentType: nil, isComplete: true,
      body: Array(
        """
        {"device":{"timestamp":\(Int(day.start.timeIntervalSince1970)),"device_id":493,"device_name":"Second"},
         "routes":\(Payloads.oneRoute)}
        """.utf8)),
  ]
}
