import FleetModel
import Foundation
import Load
import Logging
import Postgres
import TestSupport
import Testing
import Transform

@testable import Pipeline

@Suite struct `Loading responses` {
  @Test func `replaces a day once and leaves an unchanged response alone`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad([.list(at: 0), .day(at: 1, of: day, Payloads.oneRoute)], rebuilder, connection)
      let before = try await Dump.of(connection)
      #expect(before["warehouse.route"]?.count == 1)
      #expect(before["warehouse.route_point"]?.count == 3)
      let files = try await connection.run { db in
        try db.query("select ctid::text || xmin::text as version from warehouse.route_point").map {
          try $0.decode("version", as: String.self)
        }
      }
      try await archiveAndLoad([.day(at: 2, of: day, Payloads.oneRoute)], rebuilder, connection)
      let same = try await connection.run { db in
        try db.query("select ctid::text || xmin::text as version from warehouse.route_point").map {
          try $0.decode("version", as: String.self)
        }
      }
      #expect(files == same, "an unchanged day was written again")
    }
  }

  @Test func `takes a route over midnight from both responses as one, in its later version`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad(
        [.list(at: 0), .day(at: 1, of: day, Payloads.untilMidnight), .day(at: 2, of: day.next, Payloads.overMidnight)],
        rebuilder, connection)
      let rows = try await connection.run { db in
        try db.query(
          "select concat_ws(' ', day, extract(epoch from arrived_at)::bigint) as line from warehouse.route order by 1"
        ).map { try $0.decode("line", as: String.self) }
      }
      #expect(rows == ["2026-10-05 1791248400", "2026-10-06 1791283000"])
      // Both trips are in the third response; the first one would have been in the second.
      let lineage = try await connection.run { db in
        try db.query(
          """
          select concat_ws(' ', day, trip.response_key, trip.requested_at = response.requested_at, response.day) as line
          from bi.logbook as trip join etl.response as response using (day, response_key)
          union all
          select concat_ws(' ', trip.day, trip.response_key, trip.requested_at = response.requested_at, response.day)
          from bi.logbook as trip join etl.response as response using (response_key) where response.day <> trip.day
          order by 1
          """
        ).map { try $0.decode("line", as: String.self) }
      }
      #expect(lineage == ["2026-10-05 3 t 2026-10-06", "2026-10-06 3 t 2026-10-06"])
    }
  }

  @Test func `marks a device-day as changed when its rows or state change, and only then`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      func changed() async throws -> [String] {
        try await connection.run { db in
          try db.query("select changed_at::text as at from bi.data_coverage order by day").map { try $0.decode("at") }
        }
      }
      try await archiveAndLoad([.list(at: 0), .day(at: 1, of: day, Payloads.oneRoute)], rebuilder, connection)
      let first = try await changed()
      #expect(first.count == 1)
      _ = try await connection.run { db in try db.execute("update etl.checkpoint set state = state") }
      #expect(try await changed() == first)
      try await archiveAndLoad([.day(at: 2, of: day, Payloads.untilMidnight)], rebuilder, connection)
      let second = try await changed()
      #expect(second.first ?? "" > first[0])
      // A route that disappears changes its day too.
      try await archiveAndLoad([.day(at: 3, of: day, Payloads.none)], rebuilder, connection)
      let third = try await changed()
      #expect(third.first ?? "" > second[0])
      let trips = try await connection.run { db in try db.query("select from bi.logbook").count }
      #expect(trips == 0)
    }
  }

  @Test func `reports what changed when a day is fetched again`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad(
        [.list(at: 0), .day(at: 1, of: day, Payloads.oneRoute), .day(at: 2, of: day, Payloads.oneRoute)], rebuilder,
        connection)
      #expect(try await findings("day_changed", connection) == [])
      try await archiveAndLoad([.day(at: 3, of: day, Payloads.untilMidnight)], rebuilder, connection)
      #expect(
        try await findings("day_changed", connection) == [
          """
          The day was fetched again and differs from the previous response, which stays in the archive. Routes added: 1, removed: 1, \
          changed: 0.
          """
        ])
      let kept = try await connection.run { db in
        try db.query("select count(*) as responses from etl.response where action = 'device'")[0].decode(
          "responses", as: Int.self)
      }
      #expect(kept == 3)
    }
  }

  @Test(arguments: [(1, "final proven"), (2, "provisional may_be_running")])
  func `closes a day whose own response says that the vehicle has parked`(status: Int, state: String) async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      // Nothing else is known about the vehicle; it was active after the day and heard from at the fetch.
      let response = Response.day(at: 8, of: day, Payloads.oneRoute, status: status)
      try await archiveAndLoad([response], rebuilder, connection)
      let states = try await connection.run { db in
        try db.query("select concat_ws(' ', state, reason) as state from etl.checkpoint").map {
          try $0.decode("state", as: String.self)
        }
      }
      #expect(states == [state])
    }
  }

  /// Seals at 00:05 before and after the day, the vehicle at rest over both midnights.
  @Test(arguments: [(130, 0), (131, 1)]) func `compares the odometer between two seals with the routes`(
    odometer: Int, mismatches: Int
  ) async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let seals: [Response] = [
        .seal(after: day.previous, mileage: 100, online: day.start.addingTimeInterval(-3600)),
        .seal(after: day, mileage: odometer, online: Date(timeIntervalSince1970: 1_791_183_600)),
      ]
      try await archiveAndLoad([seals[0], seals[1], .day(at: 1, of: day, Payloads.oneRoute)], rebuilder, connection)
      let found = try await findings("odometer_mismatch", connection)
      #expect(found.count == mismatches)
      if mismatches > 0 {
        #expect(
          found == [
            "Between the device lists the odometer rose by 31.000 km; the routes of the day add up to 30.000 km."
          ])
      }
      // The seal may come last, and responses again: the same findings.
      try await archiveAndLoad([seals[1], .day(at: 2, of: day, Payloads.oneRoute)], rebuilder, connection)
      #expect(try await findings("odometer_mismatch", connection) == found)
    }
  }

  /// Each response by its hour and the hour of its heartbeat. A day's response may be old, a list is always current.
  @Test(
    arguments: [
      ([.list(at: 1), .list(at: 2)], []),
      ([.list(at: 1), .list(at: 2, heartbeatAt: 1)], []),
      ([.list(at: 2), .list(at: 3, heartbeatAt: 1)], [1, 1]),
      // The same old heartbeat before and after a newer one.
      ([.list(at: 1), .list(at: 2), .list(at: 3, heartbeatAt: 1), .list(at: 4)], [1, 1]),
      ([.list(at: 3), .list(at: 4, heartbeatAt: 2), .list(at: 5, heartbeatAt: 1)], [1, 1, 2, 2]),
      ([.day(at: 3, of: Payloads.day, Payloads.none), .list(at: 4, heartbeatAt: 2)], [2]),
      // A device whose clock was once ahead does not count.
      ([.list(at: 3, heartbeatAt: 48), .list(at: 4), .list(at: 5)], []),
      ([.list(at: 3), .day(at: 4, of: Payloads.day, Payloads.oneRoute, heartbeatAt: 2)], []),
    ] as [([Response], [Int])])
  func `finds a reading in a list that is older than the previous one, in any order of loads`(
    responses: [Response], hours: [Int]
  ) async throws {
    for responses in [responses, responses.reversed(), responses + responses] {
      try await withWarehouse { connection, warehouse in
        let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
        try await archiveAndLoad(responses, rebuilder, connection)
        let samples = try await connection.run { db in
          try db.query("select sample from bi.finding where rule = 'reading_older' order by sample").map {
            try $0.decode("sample", as: String.self)
          }
        }
        #expect(samples == hours.map { "\(1_791_417_600 + $0 * 3600)" })
      }
    }
  }

  private func findings(_ rule: String, _ connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query("select detail from bi.finding where rule = \(rule)").map { try $0.decode("detail") }
    }
  }

  /// Any order, any repetition: the same rows in every table.
  @Test(arguments: 0..<12) func `gives the same tables in whatever order responses come`(seed: UInt64) async throws {
    let responses: [Response] = [
      .list(at: 0), .day(at: 1, of: day, Payloads.untilMidnight), .day(at: 2, of: day.next, Payloads.overMidnight),
      .list(at: 3, name: "Renamed"), .day(at: 4, of: day, Payloads.oneRoute), .list(at: 5),
      .list(at: 9, heartbeatAt: 2),
      .day(at: 6, of: day.previous, Payloads.none), .day(at: 7, of: day.next, Payloads.unusable),
      .day(at: 8, of: day.next.next, Payloads.twoDaysLate),
    ]
    let reference = try await loaded(responses) { $0 }
    var generator = SeededGenerator(seed: seed)
    let shuffled = try await loaded(responses) { keys in
      (keys + keys.filter { _ in Bool.random(using: &generator) }).shuffled(using: &generator)
    }
    for (table, rows) in reference { #expect(shuffled[table] == rows, "seed \(seed), \(table)") }
    #expect(reference["warehouse.route"]?.isEmpty == false)
  }

  private let day = Payloads.day

  private func loaded(
    _ responses: [Response], order: ([ArchivedResponse]) -> [ArchivedResponse]
  ) async throws -> [String: [String]] {
    var result: [String: [String]] = [:]
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let archived = try await connection.run { db in
        try responses.map { try archive($0, in: warehouse, on: db) }
      }
      for response in order(archived) {
        _ = try await connection.run { db in
          try rebuilder.rebuild(from: ResponseBatch([ReadResponse(response)]), on: db)
        }
      }
      result = try await Dump.of(connection)
    }
    return result
  }
}

/// Vendor-shaped responses for device 492 around 2026-10-05.
enum Payloads {
  static let day = UTCDay("2026-10-05") ?? UTCDay(number: 0)

  static let none = "[]"
  static let oneRoute = """
    [{"origin_timestamp":"1791180000","origin_mileage":100,"origin_location":"48.1,9.1","destination_timestamp":"1791183600",
      "destination_mileage":130,"destination_location":"48.2,9.2","average_speed":40,"average_speed_distance":30,
      "pause_duration":60,"route_pause":[{"grouped":0,"type":1,"start_timestamp":"1791181000","end_timestamp":"1791181060",
      "mileage":110,"location":"48.15,9.15"}],"route_points":"48.1,9.1,0;48.15,9.15,50;48.2,9.2,20"}]
    """
  /// Departs at 23:00 of the day and is cut at midnight.
  static let untilMidnight = """
    [{"origin_timestamp":"1791241200","origin_mileage":130,"origin_location":"48.2,9.2","destination_timestamp":"1791244799",
      "destination_mileage":160,"destination_location":"48.3,9.3","route_points":"48.2,9.2,0;48.3,9.3,70"}]
    """
  /// The same route as in the next day's response, complete, and one of that day.
  static let overMidnight = """
    [{"origin_timestamp":"1791241200","origin_mileage":130,"origin_location":"48.2,9.2","destination_timestamp":"1791248400",
      "destination_mileage":190,"destination_location":"48.4,9.4","route_points":"48.2,9.2,0;48.3,9.3,70;48.4,9.4,3"},
     {"origin_timestamp":"1791280000","origin_mileage":190,"destination_timestamp":"1791283000","destination_mileage":201,
      "route_points":""}]
    """
  /// The first day's route again, two days later and longer.
  static let twoDaysLate = """
    [{"origin_timestamp":"1791241200","origin_mileage":130,"origin_location":"48.2,9.2","destination_timestamp":"1791248401",
      "destination_mileage":191,"destination_location":"48.4,9.4","route_points":"48.2,9.2,0;0,0,70;48.4,9.4,3;garbled"}]
    """
  static let threeDaysBefore = """
    [{"origin_timestamp":"1790942400","destination_timestamp":"1790946000","route_points":"48.2,9.2,0"}]
    """
  static let unusable = "ERROR #1234 - SOMETHING"
}

extension Response {
  /// The list, `hours` after 2026-10-08T00:05Z.
  static func list(at hours: Int, name: String = "My vehicle", heartbeatAt: Int? = nil) -> Response {
    let heartbeat = 1_791_417_600 + (heartbeatAt ?? hours) * 3600
    return response(
      .deviceList, hours,
      """
      [{"device_id":492,"device_imei":359183064907632,"device_type":"CAR","device_name":"\(name)","device_mileage":201,
        "online_timestamp":1791283000,"heartbeat_timestamp":\(heartbeat),"error_code":0,"location":"48.4,9.4"},
       {"device_id":493,"device_name":"Never moved","online_timestamp":null,"heartbeat_timestamp":\(heartbeat)}]
      """)
  }

  /// The list five minutes after the end of `day`.
  static func seal(after day: UTCDay, mileage: Int, online: Date) -> Response {
    let requested = day.end.addingTimeInterval(300)
    let body = """
      [{"device_id":492,"device_name":"My vehicle","device_mileage":\(mileage),
        "online_timestamp":\(Int(online.timeIntervalSince1970)),"heartbeat_timestamp":\(Int(day.end.timeIntervalSince1970))}]
      """
    return Response(
      request: .deviceList, requestedAt: requested, answeredAt: requested, httpStatus: 200,
      contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }

  static func day(
    at hours: Int, of day: UTCDay, _ routes: String, heartbeatAt: Int? = nil, status: Int = 1
  ) -> Response {
    let body =
      routes.hasPrefix("[")
      ? """
      {"device":{"timestamp":\(Int(day.start.timeIntervalSince1970)),"device_id":492,"device_name":"My vehicle",
        "device_voltage_external":12.\(hours),"online_timestamp":1791283000,"heartbeat_timestamp":\(1_791_417_600 + (heartbeatAt ?? hours) * 3600),
        "status_code":\(status)},"routes":\(routes)}
      """ : routes
    return response(.deviceDay(DeviceID(492), day), hours, body)
  }

  private static func response(_ request: Request, _ hours: Int, _ body: String) -> Response {
    let requested = Date(timeIntervalSince1970: Double(1_791_417_900 + hours * 3600))
    return Response(
      request: request, requestedAt: requested, answeredAt: requested.addingTimeInterval(1), httpStatus: 200,
      contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
