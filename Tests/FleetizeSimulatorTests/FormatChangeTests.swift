import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A change of the format` {
  private let wednesday = UTCDay(number: 20_754)

  /// The bodies of two calls for one day, of which only the second is affected.
  private func bodies(_ kind: FormatChange.Kind, isEverywhere: Bool = false) async throws -> (Received, Received) {
    try await withSocket(changing: {
      $0.formatChange = FormatChange(kind, from: .call(2), isEverywhere: isEverywhere)
    }) {
      (try await $0.day(wednesday), try await $0.day(wednesday))
    }
  }

  @Test(arguments: FormatChange.Kind.allCases) func `starts at a call`(kind: FormatChange.Kind) async throws {
    let (before, after) = try await bodies(kind)
    #expect(try before.readDay().routes.count > 2)
    #expect(before.body != after.body)
    // No longer what the document describes: unreadable, without usable times, or with fewer routes.
    let day = try? after.readDay()
    #expect(day == nil || day?.routes.count == 2 || day?.routes.hasOnly { $0.departure == 0 } == true)
  }

  @Test func `starts at a moment`() async throws {
    let start = try instant("2026-11-01T00:00:00Z")
    for (now, isChanged) in [(start.addingTimeInterval(-1), false), (start, true)] {
      let response = try await withSocket(
        at: now,
        changing: {
          $0.formatChange = FormatChange(.routesNull, from: .moment(start))
        }
      ) {
        try await $0.day(wednesday)
      }
      #expect(response.body.hasSuffix(#""routes":null}"#) == isChanged)
    }
  }

  @Test func `renames tags`() async throws {
    let routes = try #require(try await bodies(.renamedTags).1.object()["routes"] as? [[String: Any]])
    #expect(routes.hasOnly { $0["start_time"] != nil && $0["end_time"] != nil && $0["points"] != nil })
    #expect(routes.hasOnly { $0["origin_timestamp"] == nil && $0["route_points"] == nil })
  }

  @Test(arguments: [false, true]) func `changes times of routes, or of everything`(isEverywhere: Bool) async throws {
    let (before, after) = try await bodies(.milliseconds, isEverywhere: isEverywhere)
    let departure = try before.readDay().routes[0].departure
    #expect(after.body.contains(#""origin_timestamp":\#(departure)000,"#))
    let heartbeat = try before.readDay().device.heartbeat_timestamp
    #expect(after.body.contains(#""heartbeat_timestamp":\#(heartbeat)000,"#) == isEverywhere)
    let text = try await bodies(.isoText).1.body
    let moment = Date(timeIntervalSince1970: Double(departure)).formatted(.iso8601)
    #expect(text.contains(#""origin_timestamp":"\#(moment)""#))
  }

  @Test func `affects lists only if it affects everything`() async throws {
    for isEverywhere in [false, true] {
      let list = try await withSocket(changing: {
        $0.formatChange = FormatChange(.milliseconds, from: .call(1), isEverywhere: isEverywhere)
      }) {
        try await $0.list().readList()
      }
      #expect((list[0].heartbeat_timestamp > 1_000_000_000_000) == isEverywhere)
    }
  }

  @Test(arguments: [
    (FormatChange.Kind.routesNull, #""routes":null}"#), (.routesFalse, #""routes":false}"#),
    (.routesEmptyText, #""routes":""}"#), (.routesMissing, "}}"),
  ]) func `can affect only days without routes`(kind: FormatChange.Kind, end: String) async throws {
    let sunday = try day("2026-10-25")
    let (idle, busy) = try await withSocket(changing: {
      $0.formatChange = FormatChange(kind, from: .call(1), isForIdleDays: true)
    }) {
      (try await $0.day(sunday), try await $0.day(wednesday))
    }
    #expect(idle.body.hasSuffix(end))
    #expect(try busy.readDay().routes.count > 2)
  }

  @Test func `can announce another page`() async throws {
    let document = try await bodies(.pages).1.object()
    #expect((document["routes"] as? [Any])?.count == 2)
    #expect(document["next_page"] as? Int == 2)
  }

  @Test func `hides the content from tests that do not read JSON`() throws {
    var configuration = Simulator(GeneratedFleet(seed: 1)).configuration
    configuration.formatChange = FormatChange(.routesNull, from: .call(1))
    let simulator = Simulator(configuration)
    #expect(simulator.day(wednesday, of: DeviceID(493), at: wednesday.end).content == nil)
    #expect(simulator.list(at: wednesday.end).content != nil)
  }
}
