import FleetModel
import FoundationEssentials
import TestSupport
import Testing
import Transform

@Suite struct `The routes of a response` {
  @Test func `have every attribute`() throws {
    let sent = #"""
      "origin_timestamp":"\#(Sample.midnight + 600)","origin_mileage":"100.0004","origin_location":"48.1,9.1",
      "destination_timestamp":\#(Sample.midnight + 4_200),"destination_mileage":130.0006,
      "destination_location":"48.2,9.2","average_speed":"41.236","average_speed_distance":29.994999,
      "pause_duration":"300","route_points":"48.1,9.1,0;48.2,9.2,41.2","route_pause":[
        {"grouped":"1","type":"1","start_timestamp":"\#(Sample.midnight + 900)",
         "end_timestamp":\#(Sample.midnight + 1_200),"mileage":"110","location":"48.15,9.15"},
        {"grouped":0,"type":2}]
      """#
    let response = try #require(Sample.day(routes: [sent]))
    #expect(
      response.routes == [
        Route(
          departedAt: Sample.date(600), arrivedAt: Sample.date(4_200),
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
              typeCode: 1, isGrouped: true, startedAt: Sample.date(900), endedAt: Sample.date(1_200),
              mileage: Decimal3(thousandths: 110_000),
              location: Coordinate(latitudeE7: 481_500_000, longitudeE7: 91_500_000)),
            RoutePause(typeCode: 2, isGrouped: false),
          ])
      ])
    #expect(response.findings == [])
  }

  @Test func `may be sent in any order and are sorted by departure`() throws {
    let response = try #require(Sample.day(routes: [900, 60, -4_000, 300].map { Sample.departure($0) }))
    #expect(response.routes.map(\.departedAt) == [-4_000, 60, 300, 900].map(Sample.date))
  }

  @Test(arguments: [
    "", #""origin_timestamp":null"#, #""origin_timestamp":0"#, #""origin_timestamp":"0000-00-00 00:00:00""#,
    #""origin_timestamp":"soon""#, #""origin_timestamp":-1"#, #""origin_timestamp":[]"#,
  ]) func `without a departure are dropped, and the finding shows how they begin`(tag: String) throws {
    let broken = (tag.isEmpty ? "" : tag + ",") + #""destination_mileage":5,"apitoken":"canary0123456789canary""#
    let response = try #require(Sample.day(routes: [broken, Sample.departure(60)]))
    #expect(response.routes.map(\.departedAt) == [Sample.date(60)])
    #expect(response.droppedRoutes == 1 && !response.isWhole)
    let finding = try #require(response.findings.first { $0.rule == "route_without_departure" })
    #expect(finding.severity == .error)
    #expect(finding.departedAt == nil)
    #expect(finding.sample?.hasPrefix("{\(tag)") == true)
    #expect(response.findings.hasOnly { $0.sample?.contains("canary") != true })
  }

  @Test(arguments: [-32, 32]) func `far from the asked day are dropped, and the finding shows how they begin`(days: Int)
    throws
  {
    let almost = Sample.departure(days.signum() * 31 * 86_400 + 60)
    let response = try #require(
      Sample.day(routes: [Sample.departure(days * 86_400 + 60), Sample.departure(60), almost]))
    #expect(response.routes.count == 2)
    #expect(response.droppedRoutes == 1 && !response.isWhole)
    #expect(response.findings.map(\.rule) == ["route_of_another_time"])
    #expect(response.findings[0].sample?.contains("\(Sample.midnight + days * 86_400 + 60)") == true)
    #expect(response.findings[0].severity == .error)
  }

  @Test func `that are not objects are dropped`() throws {
    let response = try #require(
      Sample.day(
        #"{"device":{"device_id":492,"timestamp":\#(Sample.midnight)},"routes":[null,"x",{\#(Sample.departure(60))}]}"#)
    )
    #expect(response.routes.count == 1)
    #expect(response.droppedRoutes == 2 && !response.isWhole)
    #expect(response.findings.summary == ["route_unusable x2"])
  }

  /// A changed format: milliseconds, ISO text, another tag.
  @Test(arguments: [
    #""origin_timestamp":1790121660000"#, #""origin_timestamp":"2026-09-23T00:01:00Z""#, #""departure":1790121660"#,
  ]) func `are no empty day when none can be read`(tag: String) throws {
    let response = try #require(Sample.day(routes: [tag, tag]))
    #expect(response.routes == [])
    #expect(response.droppedRoutes == 2 && !response.isWhole)
  }

  @Test(arguments: ["null", "false", #""""#, nil]) func `are not told to be none by anything but a list`(node: String?)
    throws
  {
    let routes = node.map { #","routes":\#($0)"# } ?? ""
    let response = try #require(
      Sample.day(#"{"device":{"device_id":492,"timestamp":\#(Sample.midnight)}\#(routes)}"#))
    #expect(response.routes == [])
    #expect(response.isWhole)
    #expect(response.doubt == .routesAbsent)
    #expect(response.findings.summary == ["routes_absent"])
  }

  @Test(arguments: ["[]", "{}"]) func `are told to be none by a list`(node: String) throws {
    let response = try #require(
      Sample.day(#"{"device":{"device_id":492,"timestamp":\#(Sample.midnight)},"routes":\#(node)}"#))
    #expect(response.doubt == nil && response.isWhole)
    #expect(response.findings.summary == (node == "{}" ? ["object_for_list"] : []))
  }

  @Test(arguments: [
    #""next_page":2"#, #""nextPage":"https://x/?p=2""#, #""has_more":true"#, #""page":1"#, #""offset":100"#,
    #""cursor":"abc""#, #""total":2"#, #""total_pages":3"#, #""pagination":{"page":1}"#, #""next":"x""#,
  ]) func `may be followed by others when a tag looks like paging`(tag: String) throws {
    let response = try #require(Self.day(next: tag))
    #expect(response.routes.count == 1)
    #expect(response.doubt == .routesPaged)
    #expect(response.findings.map(\.rule).sorted() == ["routes_paged", "unknown_tag"])
  }

  @Test(arguments: [
    #""next_page":null"#, #""has_more":false"#, #""has_more":0"#, #""total":1"#, #""total_pages":1"#, #""offset":0"#,
    #""version":7"#, #""total_distance":5"#, #""next_service_km":900"#, #""utc_offset":60"#, #""pagination":[]"#,
  ]) func `are all when a tag says that no more follow, or is of something else`(tag: String) throws {
    let response = try #require(Self.day(next: tag))
    #expect(response.doubt == nil)
    #expect(response.findings.map(\.rule) == ["unknown_tag"])
  }

  private static func day(next tag: String) -> DayResponse? {
    Sample.day(
      #"""
      {"device":{"device_id":492,"timestamp":\#(Sample.midnight)},"routes":[{\#(Sample.departure(60))}],\#(tag)}
      """#)
  }

  @Test func `with the same departure are one: the later destination, then more points`() throws {
    let end = #""destination_timestamp":\#(Sample.midnight + 900)"#
    let sent = [
      #"\#(Sample.departure(60)),"route_points":"1,2,3;1,2,3;1,2,3""#,
      #"\#(Sample.departure(60)),\#(end),"route_points":"1,2,3""#,
      #"\#(Sample.departure(60)),\#(end),"route_points":"1,2,3;4,5,6""#,
    ]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
      let response = try #require(Sample.day(routes: order.map { sent[$0] }))
      #expect(response.routes.map(\.arrivedAt) == [Sample.date(900)])
      #expect(response.routes[0].points.count == 2)
      #expect(response.findings.summary == ["duplicate_departure x2"])
    }
  }

  @Test func `keep the usable values of a garbled route`() throws {
    let sent =
      Sample.departure(60) + #"""
        ,"destination_timestamp":"soon","origin_mileage":"1,5","pause_duration":-3,"route_points":"1,2,3;x;y;4,5,-6",
        "route_pause":[{"type":1},5,{"grouped":"maybe","start_timestamp":"?"}]
        """#
    let response = try #require(Sample.day(routes: [sent]))
    #expect(response.routes[0].points.count == 2)
    #expect(response.routes[0].pauses == [RoutePause(typeCode: 1), RoutePause()])
    #expect(response.findings.hasOnly { $0.departedAt == Sample.date(60) })
    #expect(
      response.findings.summary == [
        "flag_garbled", "number_garbled", "number_out_of_range", "pause_unusable", "point_garbled x2",
        "point_speed_out_of_range", "timestamp_garbled", "timestamp_garbled",
      ])
    #expect(response.findings.first { $0.rule == "point_garbled" }?.sample == "x")
  }

  @Test(arguments: [
    (#""48.1,9.1,5;\/""#, 1, ["point_garbled"]), (#""48.1,9.1,5\u003b48.1,9.1,5""#, 2, []), ("null", 0, []),
    ("[]", 0, []),
    (#""""#, 0, []), ("false", 0, []), ("17", 0, ["point_garbled"]), (#"[[48.1,9.1,5]]"#, 0, ["points_unusable"]),
  ]) func `have their points in one text`(points: String, count: Int, rules: [String]) throws {
    let response = try #require(Sample.day(routes: [Sample.departure(60) + #","route_points":\#(points)"#]))
    #expect(response.routes[0].points.count == count)
    #expect(response.findings.map(\.rule) == rules)
  }

  @Test func `have one finding per unknown tag`() throws {
    let route = #","driver":"x","route_pause":[{"driver":"y","kind":1}]"#
    let response = try #require(
      Sample.day(
        device: #""fuel":1"#, routes: [Sample.departure(60) + route, Sample.departure(90) + route]))
    #expect(response.findings.hasOnly { $0.rule == "unknown_tag" && $0.departedAt == nil })
    #expect(response.findings.compactMap(\.subject).sorted() == ["driver", "fuel", "kind"])
    #expect(response.findings.first { $0.subject == "driver" }?.occurrences == 4)
  }

  @Test func `have a limited number of findings`() throws {
    let tags = (0..<3_000).map { #""t\#($0)":1"# }.joined(separator: ",")
    let response = try #require(Sample.day(device: tags))
    #expect(response.findings.count == 1_001)
    #expect(response.findings.last?.rule == "more_findings")
    #expect(response.findings.last?.occurrences == 2_000)
  }
}
