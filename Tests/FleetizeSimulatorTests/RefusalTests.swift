import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A refusal over a socket` {
  private func bodies(_ fault: String, calls: Int) async throws -> [Received] {
    let schedule = try #require(FaultSchedule(fault))
    return try await withSocket(changing: {
      $0.fault = FaultSchedule.faults([schedule], seed: 1)
    }) { caller in
      var received: [Received] = []
      for _ in 0..<calls { received.append(try await caller.list()) }
      return received
    }
  }

  @Test func `can be an unknown error from some call on`() async throws {
    let bodies = try await bodies("error=4711@2+", calls: 4).map(\.body)
    #expect(!bodies[0].hasPrefix("ERROR"))
    #expect(bodies.dropFirst() == Array(repeating: "ERROR #4711 - REQUEST REFUSED", count: 3)[...])
  }

  @Test func `can be the vendor's daily limit, below the documented one`() async throws {
    let bodies = try await withSocket(changing: {
      $0.limits = .init(interval: 0, quota: 2)
    }) { caller in
      [try await caller.list().body, try await caller.list().body, try await caller.list().body]
    }
    #expect(bodies.map { $0 == "ERROR #1060 - DAILY QUERY-LIMIT EXCEEDED" } == [false, false, true])
    #expect(try await self.bodies("error=1060@1", calls: 1)[0].body == bodies[2])
  }

  @Test(arguments: [401, 402, 403, 404, 429]) func `can be an HTTP status`(status: Int) async throws {
    let received = try await bodies("\(status)@1-2", calls: 3)
    #expect(received.map(\.status) == [status, status, 200])
    #expect(received.hasOnly { $0.retryAfter == nil })
  }

  @Test func `can have a Retry-After`() async throws {
    let received = try await bodies("503=120@1", calls: 2)
    #expect(received.map(\.status) == [503, 200])
    #expect(received.map(\.retryAfter) == ["120", nil])
  }

  @Test func `can concern one sub-user, and another may see nothing`() async throws {
    let received = try await withSocket(changing: {
      $0.accounts[0].users += [
        .init(token: "blind", devices: []), .init(token: "former", isRefused: true),
      ]
    }) { caller in
      [
        try await caller.list(token: "blind"), try await caller.list(token: "former"),
        try await caller.day(UTCDay(number: 20_754), token: "blind"), try await caller.list(),
      ]
    }
    #expect(received[0].body == "[]")
    #expect(received[1].body == "ERROR #1000 - INVALID API TOKEN")
    #expect(received[2].body == "ERROR #1010 - DEVICE NOT FOUND")
    #expect(try received[3].readList().count == 8)
  }
}
