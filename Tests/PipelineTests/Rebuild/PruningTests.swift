import FleetModel
import Foundation
import Load
import Postgres
import Testing
import Transform

@testable import Pipeline

/// Days whose responses are pruned, and responses for the day after that report a route which departed on them.
@Suite struct `A day whose responses are pruned` {
  private static let day = UTCDay("2026-10-31") ?? UTCDay(number: 0)
  private static let morning = day.start.addingTimeInterval(28_800)
  private static let evening = day.start.addingTimeInterval(82_800)

  @Test func `stays frozen until a new response for it comes, whatever other days report`() async throws {
    try await withWarehouse { connection, warehouse in
      try await load(
        [
          response(Self.day, hoursLater: 1, departures: [Self.morning, Self.evening]),
          response(
            Self.day.next, hoursLater: 1, departures: [Self.evening, Self.day.next.start.addingTimeInterval(36_000)]),
        ], warehouse, connection)
      let before = try await Dump.of(connection)
      #expect(before["warehouse.route"]?.count == 3)
      #expect(try await state(of: Self.day, connection) == "final proven")
      _ = try await Pruner(connection: connection).prune(
        .responses, before: Self.day.next, now: Self.day.end.addingTimeInterval(36_000))
      #expect(try await keys(connection).map(\.day) == [Self.day.next])

      // As replay does: loaded again, without a stored hash.
      try await connection.run { db in try db.script("update etl.checkpoint set content_hash = null") }
      try await reload(warehouse, connection)
      for table in ["warehouse.route", "warehouse.route_point", "warehouse.device_reading"] {
        #expect(try await Dump.of(connection)[table] == before[table], "\(table)")
      }
      // An older response causes a review of all later days; the proof of this one is gone.
      try await load([response(Self.day.previous, hoursLater: 1, departures: [])], warehouse, connection)
      #expect(try await state(of: Self.day, connection) == "final proven")
      // The other day is fetched again, with an additional route for this one.
      try await load(
        [response(Self.day.next, hoursLater: 2, departures: [Self.morning.addingTimeInterval(3_600)])], warehouse,
        connection)
      let kept = before["warehouse.route"]?.filter { $0.contains("2026-10-31") }
      #expect(try await Dump.of(connection)["warehouse.route"] == kept)

      try await load([response(Self.day, hoursLater: 20, departures: [Self.evening])], warehouse, connection)
      let departures = try await connection.run { db in
        try db.query("select extract(epoch from departed_at)::bigint as at from warehouse.route order by 1").map {
          try $0.decode("at", as: Int64.self)
        }
      }
      // The route of the new response, and that of the kept one for the day after.
      #expect(
        departures == [
          Int64(Self.morning.timeIntervalSince1970) + 3_600, Int64(Self.evening.timeIntervalSince1970),
        ])
    }
  }

  private func state(of day: UTCDay, _ connection: Connection) async throws -> String? {
    try await connection.run { db in
      try db.query("select concat_ws(' ', state, reason) as state from etl.checkpoint where day = \(day)").first?
        .decode("state")
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

  private func reload(_ warehouse: Warehouse, _ connection: Connection) async throws {
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    let keys = try await keys(connection)
    try await connection.run { db in
      for key in keys {
        let archived = try warehouse.archive.response(key, on: db)
        _ = try rebuilder.rebuild(from: ResponseBatch([ReadResponse(archived)]), on: db)
      }
    }
  }

  private func keys(_ connection: Connection) async throws -> [ResponseKey] {
    try await connection.run { db in
      try db.query("select response_key, day from etl.response order by 1").map {
        ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day"))
      }
    }
  }

  private func response(_ asked: UTCDay, hoursLater hours: Double, departures: [Date]) -> Response {
    let routes = departures.map { departure in
      let at = Int(departure.timeIntervalSince1970)
      return """
        {"origin_timestamp":\(at),"origin_mileage":10,"origin_location":"48.1,9.1","destination_timestamp":\(at + 1_800),
         "destination_mileage":20,"destination_location":"48.2,9.2","route_points":"48.1,9.1,0;48.2,9.2,50"}
        """
    }
    let requestedAt = asked.end.addingTimeInterval(hours * 3_600)
    let body = """
      {"device":{"timestamp":\(Int(asked.start.timeIntervalSince1970)),"device_id":492,"status_code":1,
        "heartbeat_timestamp":\(Int(requestedAt.timeIntervalSince1970) - 60)},"routes":[\(routes.joined(separator: ","))]}
      """
    return Response(
      request: .deviceDay(DeviceID(492), asked), requestedAt: requestedAt,
      answeredAt: requestedAt.addingTimeInterval(1),
      httpStatus: 200, contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
