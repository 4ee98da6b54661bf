import FleetModel
import Foundation
import Load
import Postgres
import TestSupport
import Testing

@testable import Pipeline

/// A response that the database did not accept when it came.
@Suite struct `A response that is held` {
  private static let noon = Date(timeIntervalSince1970: 1_791_115_200)
  private static let response = Response(
    request: .deviceList, requestedAt: noon, answeredAt: noon, httpStatus: 200, contentType: "application/json",
    isComplete: true, body: Array("[]".utf8))

  @Test func `is given up if the database is unavailable for five minutes`() async throws {
    try await withCall { unarchived, _, _ in
      let clock = ClockHand(Self.noon)
      let isKept = await unarchived.keep(
        opening: { throw PostgresError(.connectFailed, "nobody listens") }, clock: clock.pipelineClock,
        interruption: Interruption())
      #expect(!isKept)
      #expect(clock.now == Self.noon + 300)
    }
  }

  @Test func `is not held when the database has no room for it`() async throws {
    try await withCall { unarchived, _, _ in
      let clock = ClockHand(Self.noon)
      var error = PostgresError(.server, "No space left on device")
      error.sqlState = "53100"
      let isKept = await unarchived.keep(
        opening: { [error] in throw error }, clock: clock.pipelineClock, interruption: Interruption())
      #expect(!isKept && clock.now == Self.noon + 1)
    }
  }

  /// The client has lost the session, and the server does not know it yet.
  @Test(arguments: ["commit", "rollback"]) func `is archived once, whatever happens to the commit in progress`(
    end: String
  ) async throws {
    try await withCall { unarchived, first, url in
      try await first.run { db in
        try db.script("begin")
        try unarchived.ledger.end(unarchived.call, at: Self.noon, outcome: .answered, on: db)
        _ = try unarchived.warehouse.archive.add(Self.response, call: unarchived.call, on: db)
      }
      let second = try await openWarehouse(url).0
      async let isKept = unarchived.keep(
        opening: { second }, clock: ClockHand(Self.noon).pipelineClock, interruption: Interruption())
      try await first.run { db in
        while try db.query("select from pg_locks where not granted").isEmpty { usleep(1_000) }
        try db.script(end)
      }
      #expect(await isKept)
      let calls: [Int64] = try await first.run { db in
        try db.query("select call_key from etl.response join etl.unloaded_response using (response_key)").map {
          try $0.decode("call_key")
        }
      }
      #expect(calls == [unarchived.call])
    }
  }

  /// A call is in the ledger, its response has arrived, and the connection was lost.
  private func withCall(_ body: (UnarchivedResponse, Connection, String) async throws -> Void) async throws {
    try await withMigratedTestDatabase { url in
      let (connection, warehouse) = try await openWarehouse(url)
      let ledger = CallLedger(account: warehouse.account, egress: "default")
      let call = try await connection.run { db in
        let log = try RunLog(
          account: warehouse.account, command: "run", version: "0", host: "host", processID: 1, now: Self.noon, on: db)
        try warehouse.partitions.ensure(of: .response, for: Self.response.day, on: db)
        return try ledger.begin(.deviceList, run: log.run, device: nil, now: Self.noon, on: db)
      }
      try await body(
        UnarchivedResponse(
          response: Self.response, call: call, warehouse: warehouse, ledger: ledger,
          cause: PostgresError(.connectionLost, "gone")), connection, url)
      await connection.close()
    }
  }
}
