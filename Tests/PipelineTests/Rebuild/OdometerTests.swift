import FleetModel
import Foundation
import Load
import Postgres
import TestSupport
import Testing
import Transform

@testable import Pipeline

/// Vehicle 492: 30 km on 2026-10-05 (`day`), and a trip of 60 km from its 23:00 over midnight; 11 km on the next day; parked on the
/// one after that. Lists come at 00:05.
@Suite struct `The odometer between device lists` {
  private let day = Payloads.day

  private var responses: (first: Response, second: Response, third: Response) {
    (
      .day(at: 1, of: day, Payloads.oneRoute), .day(at: 2, of: day.next, Payloads.overMidnight),
      .day(at: 3, of: day.next.next, Payloads.none)
    )
  }

  private func list(before: UTCDay, mileage: Int, online: Double) -> Response {
    .seal(after: before.previous, mileage: mileage, online: Date(timeIntervalSince1970: online))
  }

  /// At rest before the first day, moving at its end, at rest again from the end of the second on.
  private func lists(end: Int) -> [Response] {
    [
      list(before: day, mileage: 100, online: 1_791_150_000),
      list(before: day.next, mileage: 150, online: 1_791_244_900),
      list(before: day.next.next, mileage: end, online: 1_791_283_000),
    ]
  }

  @Test(arguments: [
    (201, []),
    (
      203,
      [
        """
        2026-10-06 Between the device lists the odometer rose by 103.000 km; the routes from 2026-10-05 to 2026-10-06 add up to \
        101.000 km.
        """
      ]
    ),
  ]) func `is compared over the days between two lists at rest, in any order of loads`(
    end: Int, found: [String]
  ) async throws {
    let all = lists(end: end) + [responses.first, responses.second]
    for seed in 0..<6 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let order = seed == 0 ? all : (all + all).shuffled(using: &generator)
      #expect(try await mismatches(order) == found, "order \(seed)")
    }
    // The same if the night in which it was moving was missed.
    #expect(try await mismatches([all[0], all[2], all[3], all[4]]) == found)
  }

  @Test func `is compared only when every day of the span is closed`() async throws {
    let lists = lists(end: 203)
    #expect(try await mismatches(lists + [responses.first]) == [])
    #expect(try await mismatches(lists + [responses.second]) == [])
    #expect(try await mismatches([lists[0], responses.first, responses.second]) == [])
    #expect(try await mismatches([lists[2], responses.first, responses.second]) == [])
  }

  @Test func `is compared again when a list within the span comes late`() async throws {
    // Parked on the second and third day; a list at the end of the second shows that the difference arose earlier.
    let span = [
      list(before: day.next.next, mileage: 201, online: 1_791_283_000),
      list(before: day.next.next.next.next, mileage: 205, online: 1_791_283_000),
      responses.third, .day(at: 30, of: day.next.next.next, Payloads.none),
    ]
    let whole = "Between the device lists the odometer rose by 4.000 km; the routes"
    #expect(
      try await mismatches(span) == ["2026-10-08 \(whole) from 2026-10-07 to 2026-10-08 add up to 0.000 km."])
    let between = list(before: day.next.next.next, mileage: 205, online: 1_791_283_000)
    #expect(try await mismatches(span + [between]) == ["2026-10-07 \(whole) of the day add up to 0.000 km."])
  }

  @Test func `ignores lists of a silent vehicle as the odometer at midnight`() async throws {
    // Its last heartbeat was on the evening before, so it may report later what it drove then.
    let silent = Response.list(
      at: 1_791_244_900 + 3_600, mileage: 100, online: 1_791_150_000, heartbeat: 1_791_244_000)
    #expect(
      try await mismatches([lists(end: 201)[0], silent, lists(end: 201)[2], responses.first, responses.second]) == [])
  }

  @Test func `is not compared if a day of the span is erased`() async throws {
    try await withWarehouse { connection, warehouse in
      try await load(lists(end: 203) + [responses.first, responses.second], warehouse, connection)
      #expect(try await mismatches(connection).count == 1)
      let eraser = Eraser(
        connection: connection, warehouse: warehouse, settlingDays: 14, clock: .system)
      try await eraser.remember([Erasure(device: DeviceID(492), days: day...day, erasedAt: day.end)])
      try await eraser.apply()
      #expect(try await mismatches(connection) == [])
    }
  }

  private func mismatches(_ responses: [Response]) async throws -> [String] {
    var found: [String] = []
    try await withWarehouse { connection, warehouse in
      try await load(responses, warehouse, connection)
      found = try await mismatches(connection)
    }
    return found
  }

  private func mismatches(_ connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query(
        "select concat_ws(' ', day, detail) as line from etl.finding where rule = 'odometer_mismatch' order by 1"
      ).map { try $0.decode("line") }
    }
  }

  private func load(_ responses: [Response], _ warehouse: Warehouse, _ connection: Connection) async throws {
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    try await connection.run { db in
      for response in responses {
        let archived = try archive(response, in: warehouse, on: db)
        _ = try rebuilder.rebuild(from: ResponseBatch([ReadResponse(archived)]), on: db)
      }
    }
  }
}

extension Response {
  fileprivate static func list(at seconds: Double, mileage: Int, online: Int, heartbeat: Int) -> Response {
    let requested = Date(timeIntervalSince1970: seconds)
    let body = """
      [{"device_id":492,"device_name":"My vehicle","device_mileage":\(mileage),
        "online_timestamp":\(online),"heartbeat_timestamp":\(heartbeat)}]
      """
    return Response(
      request: .deviceList, requestedAt: requested, answeredAt: requested, httpStatus: 200,
      contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
