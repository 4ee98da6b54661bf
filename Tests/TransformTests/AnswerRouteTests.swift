import FleetModel
import FoundationEssentials
import Testing
import Transform

@Suite struct `The routes of an answer` {
  @Test func `have every attribute`() throws {
    let sent = #"""
      "origin_timestamp":"\#(Answer.midnight + 600)","origin_mileage":"100.0004","origin_location":"48.1,9.1",
      "destination_timestamp":\#(Answer.midnight + 4_200),"destination_mileage":130.0006,
      "destination_location":"48.2,9.2","average_speed":"41.236","average_speed_distance":29.994999,
      "pause_duration":"300","route_points":"48.1,9.1,0;48.2,9.2,41.2","route_pause":[
        {"grouped":"1","type":"1","start_timestamp":"\#(Answer.midnight + 900)",
         "end_timestamp":\#(Answer.midnight + 1_200),"mileage":"110","location":"48.15,9.15"},
        {"grouped":0,"type":2}]
      """#
    let answer = try #require(Answer.day(routes: [sent]))
    #expect(
      answer.routes == [
        Route(
          departedAt: Answer.date(600), arrivedAt: Answer.date(4_200),
          originMileage: Decimal3(thousandths: 100_000), destinationMileage: Decimal3(thousandths: 130_001),
          origin: Coordinate(latitudeE7: 481_000_000, longitudeE7: 91_000_000),
          destination: Coordinate(latitudeE7: 482_000_000, longitudeE7: 92_000_000),
          averageSpeed: Decimal3(thousandths: 41_240), averageSpeedDistance: Decimal3(thousandths: 29_990),
          pauseSeconds: 300,
          points: [
            RoutePoint(Coordinate(latitudeE7: 481_000_000, longitudeE7: 91_000_000), speedTenths: 0),
            RoutePoint(Coordinate(latitudeE7: 482_000_000, longitudeE7: 92_000_000), speedTenths: 412),
          ],
          pauses: [
            RoutePause(
              typeCode: 1, isGrouped: true, startedAt: Answer.date(900), endedAt: Answer.date(1_200),
              mileage: Decimal3(thousandths: 110_000),
              location: Coordinate(latitudeE7: 481_500_000, longitudeE7: 91_500_000)),
            RoutePause(typeCode: 2, isGrouped: false),
          ])
      ])
    #expect(answer.findings == [])
  }

  @Test func `come in any order and are kept by departure`() throws {
    let answer = try #require(Answer.day(routes: [900, 60, -4_000, 300].map { Answer.departure($0) }))
    #expect(answer.routes.map(\.departedAt) == [-4_000, 60, 300, 900].map(Answer.date))
  }

  @Test(arguments: [
    "", #""origin_timestamp":null"#, #""origin_timestamp":0"#, #""origin_timestamp":"0000-00-00 00:00:00""#,
    #""origin_timestamp":"soon""#, #""origin_timestamp":-1"#, #""origin_timestamp":[]"#,
  ]) func `are dropped without a departure, with the start of their text`(tag: String) throws {
    let broken = (tag.isEmpty ? "" : tag + ",") + #""destination_mileage":5,"apitoken":"canary0123456789canary""#
    let answer = try #require(Answer.day(routes: [broken, Answer.departure(60)]))
    #expect(answer.routes.map(\.departedAt) == [Answer.date(60)])
    let finding = try #require(answer.findings.first { $0.rule == "route_without_departure" })
    #expect(finding.severity == .error)
    #expect(finding.departedAt == nil)
    #expect(finding.sample?.hasPrefix("{\(tag)") == true)
    #expect(answer.findings.allSatisfy { $0.sample?.contains("canary") != true })
  }

  @Test(arguments: [-32, 32]) func `are dropped when they are of another time, with the start of their text`(days: Int)
    throws
  {
    let almost = Answer.departure(days.signum() * 31 * 86_400 + 60)
    let answer = try #require(
      Answer.day(routes: [Answer.departure(days * 86_400 + 60), Answer.departure(60), almost]))
    #expect(answer.routes.count == 2)
    #expect(answer.findings.map(\.rule) == ["route_of_another_time"])
    #expect(answer.findings[0].sample?.contains("\(Answer.midnight + days * 86_400 + 60)") == true)
    #expect(answer.findings[0].severity == .error)
  }

  @Test func `that are no objects are skipped`() throws {
    let answer = try #require(
      Answer.day(
        #"{"device":{"device_id":492,"timestamp":\#(Answer.midnight)},"routes":[null,"x",{\#(Answer.departure(60))}]}"#)
    )
    #expect(answer.routes.count == 1)
    #expect(answer.findings.summary == ["route_unusable x2"])
  }

  @Test func `with the same departure are one: the later destination, then more points`() throws {
    let end = #""destination_timestamp":\#(Answer.midnight + 900)"#
    let sent = [
      #"\#(Answer.departure(60)),"route_points":"1,2,3;1,2,3;1,2,3""#,
      #"\#(Answer.departure(60)),\#(end),"route_points":"1,2,3""#,
      #"\#(Answer.departure(60)),\#(end),"route_points":"1,2,3;4,5,6""#,
    ]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
      let answer = try #require(Answer.day(routes: order.map { sent[$0] }))
      #expect(answer.routes.map(\.arrivedAt) == [Answer.date(900)])
      #expect(answer.routes[0].points.count == 2)
      #expect(answer.findings.summary == ["duplicate_departure x2"])
    }
  }

  @Test func `keep what is good of a garbled one`() throws {
    let sent =
      Answer.departure(60) + #"""
        ,"destination_timestamp":"soon","origin_mileage":"1,5","pause_duration":-3,"route_points":"1,2,3;x;y;4,5,-6",
        "route_pause":[{"type":1},5,{"grouped":"maybe","start_timestamp":"?"}]
        """#
    let answer = try #require(Answer.day(routes: [sent]))
    #expect(answer.routes[0].points.count == 2)
    #expect(answer.routes[0].pauses == [RoutePause(typeCode: 1), RoutePause()])
    #expect(answer.findings.allSatisfy { $0.departedAt == Answer.date(60) })
    #expect(
      answer.findings.summary == [
        "flag_garbled", "number_garbled", "number_out_of_range", "pause_unusable", "point_garbled x2",
        "point_speed_out_of_range", "timestamp_garbled", "timestamp_garbled",
      ])
    #expect(answer.findings.first { $0.rule == "point_garbled" }?.sample == "x")
  }

  @Test(arguments: [
    (#""48.1,9.1,5;\/""#, 1, ["point_garbled"]), (#""48.1,9.1,5\u003b48.1,9.1,5""#, 2, []), ("null", 0, []),
    ("[]", 0, []),
    (#""""#, 0, []), ("false", 0, []), ("17", 0, ["point_garbled"]), (#"[[48.1,9.1,5]]"#, 0, ["points_unusable"]),
  ]) func `have points in one text`(points: String, count: Int, rules: [String]) throws {
    let answer = try #require(Answer.day(routes: [Answer.departure(60) + #","route_points":\#(points)"#]))
    #expect(answer.routes[0].points.count == count)
    #expect(answer.findings.map(\.rule) == rules)
  }

  @Test func `tell of unknown tags once a tag`() throws {
    let route = #","driver":"x","route_pause":[{"driver":"y","kind":1}]"#
    let answer = try #require(
      Answer.day(
        device: #""fuel":1"#, routes: [Answer.departure(60) + route, Answer.departure(90) + route]))
    #expect(answer.findings.allSatisfy { $0.rule == "unknown_tag" && $0.departedAt == nil })
    #expect(answer.findings.compactMap(\.sample).sorted() == ["driver", "fuel", "kind"])
    #expect(answer.findings.first { $0.sample == "driver" }?.occurrences == 4)
  }

  @Test func `are bounded in what they can find`() throws {
    let tags = (0..<3_000).map { #""t\#($0)":1"# }.joined(separator: ",")
    let answer = try #require(Answer.day(device: tags))
    #expect(answer.findings.count == 1_001)
    #expect(answer.findings.last?.rule == "more_findings")
    #expect(answer.findings.last?.occurrences == 2_000)
  }
}
