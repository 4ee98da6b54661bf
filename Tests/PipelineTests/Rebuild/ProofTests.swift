import FleetModel
import Foundation
import Load
import Postgres
import TestSupport
import Testing
import Transform

@testable import Pipeline

/// What proves a day's state, and what must not.
@Suite struct `A day` {
  // MARK: Readings from the future

  /// Three days ahead; a rollover of the weeks that GPS counts.
  @Test(arguments: [3, 1_024 * 7]) func `is not proven empty by a heartbeat in the future`(daysAhead: Int) async throws
  {
    let future = at("10-05 00:05").addingTimeInterval(Double(daysAhead) * 86_400)
    try await expectSteps(
      [.list("10-05 00:05", online: at("09-30 12:00"), heartbeat: future), .asked("10-04"), .asked("10-05")],
      ["10-04 pending", "10-05 pending"])
  }

  @Test func `is not proven empty by a last activity that could not be read`() async throws {
    try await expectSteps(
      [
        .list("10-06 00:05", online: at("12-24 00:00"), heartbeat: at("10-06 00:04")), .asked("10-05"),
      ], ["10-05 pending"])
    // Nor by a list after it that has none: "never active" is no longer true.
    try await expectSteps(
      [
        .list("10-06 00:05", online: at("12-24 00:00"), heartbeat: at("10-06 00:04")),
        .list("10-07 00:05", online: nil, heartbeat: at("10-07 00:04")), .asked("10-06"),
      ], ["10-06 pending"])
    try await expectSteps(
      [.list("10-07 00:05", online: nil, heartbeat: at("10-07 00:04")), .asked("10-06")], ["10-06 empty sealed"])
  }

  @Test func `is not closed by a response with a heartbeat in the future`() async throws {
    try await expect(
      [
        .list("10-06 00:05", online: at("10-05 08:00"), heartbeat: at("10-05 09:00")),
        .day("10-05", at: "10-06 00:06", online: at("10-05 08:00"), heartbeat: at("10-09 00:00")),
      ], ["10-05 provisional not_heard"])
  }

  @Test func `is proven by a heartbeat up to five minutes ahead`() async throws {
    try await expect(
      [
        .day("10-05", at: "10-06 00:06", online: at("10-05 08:00"), heartbeat: at("10-06 00:11"))
      ], ["10-05 empty proven"])
  }

  // MARK: Routes that could not be read, or are missing

  @Test func `is not empty when its routes could not be read`() async throws {
    let broken = #"[{"origin_timestamp":1791180000000},{"origin_timestamp":"2026-10-05T06:00:00Z"}]"#
    try await expect([.day("10-05", at: "10-07 00:06", routes: broken)], ["10-05 pending"])
  }

  @Test func `shows the routes that could be read, until a whole response replaces them`() async throws {
    let partial = Response.day("10-05", at: "10-07 00:06", routes: #"[{"origin_timestamp":1791180000},null]"#)
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad([partial], rebuilder, connection)
      #expect(try await states(connection, warehouse) == ["10-05 pending 1 route"])
      try await archiveAndLoad([.day("10-05", at: "10-07 00:07")], rebuilder, connection)
      #expect(try await states(connection, warehouse) == ["10-05 empty proven"])
      try await archiveAndLoad([.day("10-05", at: "10-07 00:08", routes: #"[null]"#)], rebuilder, connection)
      #expect(try await states(connection, warehouse) == ["10-05 empty proven"])
    }
  }

  @Test(arguments: [#","routes":null"#, #","routes":false"#, #","routes":"""#, ""])
  func `stays open when the response has no list of routes, until a seal or the settling time closes it`(
    node: String
  ) async throws {
    let response = Response.day("10-05", at: "10-07 00:06", node: node)
    try await expect([response], ["10-05 provisional routes_absent"])
    try await expect(
      [response, .list("10-07 00:05", online: at("10-04 12:00"), heartbeat: at("10-07 00:05"))],
      ["10-05 empty sealed"])
    try await expect(
      [response, .list("10-20 00:05", online: at("10-19 12:00"), heartbeat: at("10-20 00:05"))],
      ["10-05 empty settled"])
  }

  @Test func `stays open when a tag suggests that more routes follow`() async throws {
    try await expect(
      [.day("10-05", at: "10-07 00:06", node: #","routes":[],"next_page":2"#)], ["10-05 provisional routes_paged"])
  }

  // MARK: Days that are too heavy

  private func withoutPoints(_ time: String, routes: String? = nil) -> Response {
    let light = route("10-05 08:00").replacing(#","route_points":"""#, with: "")
    return .day("10-05", at: time, routes: routes ?? light, scope: ["origin_timestamp"])
  }

  @Test func `stays open without points, until a full response or the settling time closes it`() async throws {
    let open = ["10-05 provisional points_left_out 1 route"]
    try await expect([withoutPoints("10-07 00:06")], open)
    // The points of a full response stay, whichever was requested or loaded first.
    let full = Response.day("10-05", at: "10-08 00:06", routes: route("10-05 08:00", points: 3))
    for responses in [[withoutPoints("10-07 00:06"), full], [full, withoutPoints("10-09 00:06")]] {
      try await expect(responses, ["10-05 final proven 1 route"])
      try await expect(responses.reversed(), ["10-05 final proven 1 route"])
    }
    try await expect(
      [
        withoutPoints("10-07 00:06"),
        .list("10-20 00:05", online: at("10-19 12:00"), heartbeat: at("10-20 00:05")),
      ], ["10-05 final settled 1 route"])
    // Nothing was left out.
    try await expect([withoutPoints("10-07 00:06", routes: "[]")], ["10-05 empty proven"])
    try await expect(
      [withoutPoints("10-07 00:06", routes: route("10-05 08:00", points: 2))], ["10-05 final proven 1 route"])
  }

  // MARK: Days that settled

  @Test func `that settled is proven by what is known later, whenever it was fetched`() async throws {
    let moving = [
      Response.list("10-28 00:05", online: at("10-28 00:05"), heartbeat: at("10-28 00:05")),
      .day(
        "10-07", at: "10-28 00:10", online: at("10-28 00:10"), heartbeat: at("10-28 00:10"), status: 2,
        routes: route("10-07 08:00")),
    ]
    try await expect(moving, ["10-07 final settled 1 route"])
    let laterRoute = Response.day(
      "10-10", at: "10-28 00:20", online: at("10-28 00:20"), heartbeat: at("10-28 00:20"), status: 2,
      routes: route("10-10 08:00"))
    try await expect(moving + [laterRoute], ["10-07 final proven 1 route", "10-10 final settled 1 route"])
    let atRest = Response.list("10-29 00:05", online: at("10-28 00:07"), heartbeat: at("10-29 00:04"))
    try await expect(moving + [atRest], ["10-07 final proven 1 route"])
  }

  @Test func `that settled opens again when its device is heard from, until one more whole response`() async throws {
    let silent = [
      Response.day("10-05", at: "10-06 00:06", online: at("10-05 08:00"), heartbeat: at("10-05 09:00")),
      .list("10-20 00:05", online: at("10-05 08:00"), heartbeat: at("10-05 09:00")),
    ]
    try await expect(silent, ["10-05 empty settled"])
    let heard = Response.list("11-02 00:05", online: at("11-02 00:04"), heartbeat: at("11-02 00:04"))
    try await expect(silent + [heard], ["10-05 provisional heard_again"])
    // Under way at the call, so that nothing proves the day: the response closes it all the same.
    let again = Response.day(
      "10-05", at: "11-02 00:06", online: at("11-02 00:06"), heartbeat: at("11-02 00:06"), status: 2,
      routes: route("10-05 20:00"))
    try await expect(silent + [heard, again], ["10-05 final settled 1 route"])
    let next = Response.list("11-03 00:05", online: at("11-03 00:04"), heartbeat: at("11-03 00:04"))
    try await expect(silent + [heard, again, next], ["10-05 final settled 1 route"])
  }

  // MARK: The API's history

  @Test func `lies beyond the API's history when it is older than any day with routes`() async throws {
    let old = Response.day("06-01", at: "10-05 00:10")
    try await expect([old], ["06-01 beyond_history"])
    // 14 days: younger days are taken to be served.
    try await expect([.day("09-21", at: "10-06 00:00")], ["09-21 empty proven"])
    try await expect([.day("09-20", at: "10-06 00:10")], ["09-20 beyond_history"])
    // A route on a day as old, of any device, proves it; on a younger day it does not.
    let reached = Response.day("06-01", at: "10-05 00:20", device: 493, routes: route("06-01 08:00"))
    try await expect([old, reached], ["06-01 empty proven", "06-01 final proven 1 route"])
    let younger = Response.day("06-02", at: "10-05 00:20", device: 493, routes: route("06-02 08:00"))
    try await expect([old, younger], ["06-01 beyond_history", "06-02 final proven 1 route"])
    // A history that goes back to a fixed day: a day before it is not served because a later one is served at a greater age.
    let muchLater = Response.day("06-02", at: "12-05 00:20", device: 493, routes: route("06-02 08:00"))
    try await expect([old, muchLater], ["06-01 beyond_history", "06-02 final proven 1 route"])
    // Neither does a route of a neighbouring day that the response carries as well.
    let neighbour = Response.day("06-01", at: "10-05 00:20", device: 493, routes: route("06-02 08:00"))
    try await expect(
      [old, neighbour], ["06-01 beyond_history", "06-01 beyond_history", "06-02 pending 1 route"])
  }

  @Test func `beyond the API's history is empty all the same when a list seals it`() async throws {
    try await expect(
      [
        .day("06-01", at: "10-05 00:10"), .list("10-06 00:05", online: at("05-20 12:00"), heartbeat: at("10-06 00:04")),
      ], ["06-01 empty sealed"])
  }

  @Test func `is found within reach by two loads at once`() async throws {
    try await withMigratedTestDatabase { url in
      let (first, warehouse) = try await openWarehouse(url)
      let second = try await Connection.open(url, applicationName: "second", logger: silent)
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let responses = try await first.run { db in
        try (0..<40).map { number -> ReadResponse in
          let day = at("06-01 12:00").addingTimeInterval(Double(-number / 2) * 86_400).formatted(.iso8601).dropFirst(5)
            .prefix(5)
          let device = Int64(492 + number % 2)
          return ReadResponse(
            try archive(
              .day(
                "\(day)", at: "10-05 00:\(10 + number)", device: device,
                routes: device == 493 ? route("\(day) 08:00") : "[]"), in: warehouse, on: db))
        }
      }
      async let idle: Void = first.run { db in
        for response in responses where response.archived.response.request.device == 492 {
          _ = try rebuilder.rebuild(from: ResponseBatch([response]), on: db)
        }
      }
      async let driving: Void = second.run { db in
        for response in responses where response.archived.response.request.device == 493 {
          _ = try rebuilder.rebuild(from: ResponseBatch([response]), on: db)
        }
      }
      _ = try await (idle, driving)
      await second.close()
      let found = try await states(first, warehouse)
      #expect(found.count == 40)
      #expect(found.hasOnly { $0.hasSuffix("empty proven") || $0.hasSuffix("final proven 1 route") })
      await first.close()
    }
  }

  // MARK: The odometer

  /// The odometer rises by 50 km over 5 October, the routes by 30.
  private var mismatch: [Response] {
    [
      .list("10-05 00:05", online: at("10-04 12:00"), heartbeat: at("10-05 00:01"), mileage: 100),
      .list("10-06 00:05", online: at("10-05 12:00"), heartbeat: at("10-06 00:01"), mileage: 150),
      .day("10-05", at: "10-06 00:06", online: at("10-05 12:00"), heartbeat: at("10-06 00:05"), routes: thirty),
    ]
  }
  private let thirty =
    #"[{"origin_timestamp":1791180000,"origin_mileage":100,"destination_timestamp":1791183600,"destination_mileage":130}]"#

  @Test func `opens again while its odometer disagrees, until a response a day later`() async throws {
    try await expect(mismatch, ["10-05 provisional odometer_mismatch 1 route"])
    let early = Response.day(
      "10-05", at: "10-06 23:00", online: at("10-05 12:00"), heartbeat: at("10-06 22:00"), routes: thirty)
    try await expect(mismatch + [early], ["10-05 provisional odometer_mismatch 1 route"])
    let late = Response.day(
      "10-05", at: "10-07 00:06", online: at("10-05 12:00"), heartbeat: at("10-07 00:05"), routes: thirty)
    try await expect(mismatch + [late], ["10-05 final proven 1 route"])
    let fifty = thirty.replacingOccurrences(of: "130", with: "150")
    let completed = Response.day(
      "10-05", at: "10-06 08:00", online: at("10-05 12:00"), heartbeat: at("10-06 08:00"), routes: fifty)
    try await expect(mismatch + [completed], ["10-05 final proven 1 route"])
  }

  @Test func `in a span of more than three days stays final though the odometer disagrees`() async throws {
    for (days, state) in [(3, "provisional odometer_mismatch"), (4, "empty proven")] {
      let end = 5 + days
      let fetched = (5..<end).map { day in
        Response.day(
          "10-0\(day)", at: "10-\(end < 10 ? "0" : "")\(end) 00:06", online: at("10-04 12:00"),
          heartbeat: at("10-\(end < 10 ? "0" : "")\(end) 00:05"))
      }
      let lists = [
        Response.list("10-05 00:05", online: at("10-04 12:00"), heartbeat: at("10-05 00:01"), mileage: 100),
        .list("10-0\(end) 00:05", online: at("10-0\(end - 1) 12:00"), heartbeat: at("10-0\(end) 00:01"), mileage: 150),
      ]
      try await expect(lists + fetched, (5..<end).map { "10-0\($0) \(state)" })
    }
  }

  // MARK: Midnight

  @Test func `shares a route with the next when both responses report it`() async throws {
    let full = Response.day("10-05", at: "10-07 00:06", routes: route("10-05 23:59", to: "10-06 01:00", points: 2))
    let cut = Response.day("10-06", at: "10-07 00:07", routes: route("10-06 00:00", to: "10-06 01:00", points: 1))
    try await expect([full, cut], ["10-05 final proven 1 route", "10-06 empty proven"])
    let longer = Response.day("10-06", at: "10-07 00:07", routes: route("10-06 00:00", to: "10-06 01:00", points: 3))
    try await expect([full, longer], ["10-05 empty proven", "10-06 final proven 1 route"])
    // The day after is not asked for by it.
    try await expect([full], ["10-05 final proven 1 route"])
  }

  @Test func `has a finding where a trip is cut at midnight`() async throws {
    let evening = Response.day(
      "10-05", at: "10-07 00:06", routes: route("10-05 22:00", to: "10-05 23:59:59", mileages: (100, 150)))
    let morning = Response.day(
      "10-06", at: "10-07 00:07", routes: route("10-06 00:00", to: "10-06 01:00", mileages: (150, 200)))
    let another = Response.day(
      "10-06", at: "10-07 00:08", routes: route("10-06 00:00", to: "10-06 01:00", mileages: (170, 200)))
    for (responses, count) in [([evening, morning], 1), ([evening, morning, another], 0), ([morning], 0)] {
      for order in [responses, responses.reversed()] {
        try await withWarehouse { connection, warehouse in
          try await load(order, warehouse, connection)
          let found = try await connection.run { db in
            try db.query(
              "select day || to_char(departed_at at time zone 'UTC', ' MM-DD HH24:MI') as line from etl.finding where rule = 'trip_cut_at_midnight'"
            )
            .map { try $0.decode("line", as: String.self) }
          }
          #expect(found.count == count)
          if count == 1 { #expect(found == ["2026-10-06 10-06 00:00"]) }
          #expect(try await differences(connection, warehouse) == [])
        }
      }
    }
  }

  // MARK: When it changed

  @Test func `has the ends of the first response and of the last that changed it`() async throws {
    let responses = [
      Response.day("10-05", at: "10-07 00:06"), .day("10-05", at: "10-07 00:07", routes: route("10-05 08:00")),
      .day("10-05", at: "10-07 00:08", routes: route("10-05 08:00")),
    ]
    for order in [responses, responses.reversed(), [responses[1], responses[0], responses[2]]] {
      try await withWarehouse { connection, warehouse in
        try await load(order, warehouse, connection)
        let times = try await connection.run { db in
          try db.query(
            """
            select to_char(first_changed_at at time zone 'UTC', 'MM-DD HH24:MI') || ', '
                   || to_char(last_changed_at at time zone 'UTC', 'MM-DD HH24:MI') as line
            from etl.checkpoint
            """
          ).map { try $0.decode("line", as: String.self) }
        }
        #expect(times == ["10-07 00:06, 10-07 00:07"])
      }
    }
  }

  // MARK: The device

  @Test func `of an old response leaves the device's attributes and takes none away`() async throws {
    let list = Response.list(
      "10-06 00:05", online: at("10-05 12:00"), heartbeat: at("10-06 00:04"), mileage: 900, name: "New")
    let old = Response.day(
      "06-01", at: "10-06 00:10", online: at("06-01 12:00"), heartbeat: at("06-01 23:00"), name: "Old")
    let nameless = Response.day("10-05", at: "10-06 00:11", online: at("10-05 12:00"), heartbeat: at("10-06 00:11"))
    for responses in [[list, old], [old, list], [list, nameless]] {
      try await withWarehouse { connection, warehouse in
        try await load(responses, warehouse, connection)
        let names = try await connection.run { db in
          try db.query("select name from bi.device").map { try $0.decode("name", as: String?.self) }
        }
        #expect(names == ["New"])
        #expect(try await differences(connection, warehouse) == [])
      }
    }
  }

  @Test func `has a finding once when its device was listed for three nights and never heard from, or vanished`()
    async throws
  {
    let nights = ["10-05 00:05", "10-06 00:05", "10-07 00:05"]
    let never = nights.map { Response.list($0, online: nil, heartbeat: nil) }
    let silent = nights.map { Response.list($0, online: at("09-30 12:00"), heartbeat: at("10-04 12:00")) }
    let heard = Response.list("10-08 00:05", online: at("09-30 12:00"), heartbeat: at("10-08 00:04"))
    let other = Response.list("10-09 00:05", online: at("10-08 12:00"), heartbeat: at("10-09 00:04"), device: 493)
    for (responses, expected) in [
      (never, ["492 device_never_judged 2026-10-05"]), (Array(never.prefix(2)), []),
      (silent, ["492 device_never_judged 2026-10-05"]), (never + [heard], []),
      (never + [heard, other], ["492 device_vanished 2026-10-08"]),
    ] {
      for order in [responses, responses.reversed()] {
        try await withWarehouse { connection, warehouse in
          try await load(order + order, warehouse, connection)
          let found = try await connection.run { db in
            try db.query(
              """
              select concat_ws(' ', device_id, rule, sample) as line
              from etl.finding join warehouse.device using (device_key) where rule like 'device\\_%'
              """
            ).map { try $0.decode("line", as: String.self) }
          }
          #expect(found == expected)
        }
      }
    }
  }

  // MARK: Parts

  /// Loads in the given order, backwards and shuffled: the states are the same, and a check agrees.
  private func expectSteps(_ steps: [Step], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    var generator = SeededGenerator(seed: 7)
    for order in [steps, steps.reversed(), steps.shuffled(using: &generator)] {
      try await withWarehouse { connection, warehouse in
        let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
        let archived = try await connection.run { db in
          let responses = steps.compactMap(\.response)
          return try responses.reduce(into: [Response: ReadResponse]()) {
            $0[$1] = ReadResponse(try archive($1, in: warehouse, on: db))
          }
        }
        try await connection.run { db in
          for step in order {
            switch step {
            case .response(let response):
              guard let read = archived[response] else { continue }
              _ = try rebuilder.rebuild(from: ResponseBatch([read]), on: db)
            case .asked(let day):
              try db.transaction {
                let key = try warehouse.devices.key(of: DeviceID(492), on: db)
                let asked = DeviceDayID(device: DeviceID(492), day: utcDay(day))
                try warehouse.checkpoints.add(pending: [asked], follow: [], on: db)
                try warehouse.review(
                  [StateReview(device: key, since: nil, includesPending: true)], settlingDays: 14, on: db)
              }
            }
          }
        }
        #expect(try await states(connection, warehouse) == expected, sourceLocation: sourceLocation)
        #expect(try await differences(connection, warehouse) == [], sourceLocation: sourceLocation)
      }
    }
  }

  private func load(_ responses: [Response], _ warehouse: Warehouse, _ connection: Connection) async throws {
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    try await connection.run { db in
      let archived = try responses.sorted { $0.requestedAt < $1.requestedAt }.reduce(into: [Response: ReadResponse]()) {
        $0[$1] = ReadResponse(try archive($1, in: warehouse, on: db))
      }
      for response in responses.compactMap({ archived[$0] }) {
        _ = try rebuilder.rebuild(from: ResponseBatch([response]), on: db)
      }
    }
  }

  /// By day: state, reason and the number of routes.
  private func states(_ connection: Connection, _ warehouse: Warehouse) async throws -> [String] {
    try await connection.run { db in
      try db.query(
        """
        select concat_ws(' ', to_char(day, 'MM-DD'), state, reason,
                         case when route_count > 0 then route_count || ' route' end) as line
        from etl.checkpoint join warehouse.device using (device_key) order by day, device_id
        """
      ).map { try $0.decode("line") }
    }
  }

  /// What `replay --check` would say.
  private func differences(_ connection: Connection, _ warehouse: Warehouse) async throws -> [String] {
    let reader = connection
    return try await reader.run { db in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let keys = try db.query("select response_key, day from etl.response order by response_key").map {
        ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day"))
      }
      let responses = try keys.map { ReadResponse(try warehouse.archive.response($0, on: db)) }
      return try rebuilder.differences(ResponseBatch(responses), on: db).map { "\($0)" }
    }
  }
}

/// A response to load, or a day that somebody asks for.
private enum Step {
  case response(Response)
  case asked(String)

  var response: Response? { if case .response(let response) = self { response } else { nil } }

  static func list(_ time: String, online: Date?, heartbeat: Date?, mileage: Int? = nil) -> Step {
    .response(.list(time, online: online, heartbeat: heartbeat, mileage: mileage))
  }
}

extension [Step] {
  fileprivate init(_ responses: [Response]) { self = responses.map { .response($0) } }
}

extension `A day` {
  fileprivate func expect(
    _ responses: [Response], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await expectSteps([Step](responses), expected, sourceLocation: sourceLocation)
  }
}

extension Request {
  fileprivate var device: Int64? { if case .deviceDay(let device, _) = self { device.value } else { nil } }
}
