import FleetModel
import Foundation
import Load
import Postgres
import TestSupport
import Testing

@Suite struct `The ledger's row of a call` {
  @Test func `whose caller died ends as unknown once the next caller finds the egress free`() async throws {
    try await withCallers { living, dead, ledger, warehouse in
      try await call(dead, ledger, warehouse, at: aMoment)
      await dead.close()
      let later = aMoment + 100
      // The server takes a moment to notice that the session is gone.
      var isFree = false
      while !isFree { isFree = try await living.run { db in try ledger.lock(now: later, on: db) } }
      #expect(
        try await living.run { db in try db.lines("select outcome, detail, ended_at - started_at from etl.api_call") }
          == ["unknown | the calling process died | 00:01:40"])
      let snapshot = try await living.run { db in try ledger.snapshot(now: later + 1, on: db) }
      #expect(snapshot.lastEndOnEgress == later && snapshot.accountEnds == [later])
    }
  }

  @Test func `whose caller is alive stays open and counts as if it ended now`() async throws {
    try await withCallers { other, caller, ledger, warehouse in
      try await call(caller, ledger, warehouse, at: aMoment)
      let later = aMoment + 100
      #expect(try await !other.run { db in try ledger.lock(now: later, on: db) })
      #expect(try await other.run { db in try db.lines("select outcome, ended_at from etl.api_call") } == ["- | -"])
      #expect(try await other.run { db in try ledger.snapshot(now: later, on: db) }.accountEnds == [later])
    }
  }

  @Test func `through another egress stays open too`() async throws {
    try await withCallers { other, caller, ledger, warehouse in
      try await call(caller, ledger, warehouse, at: aMoment)
      let elsewhere = CallLedger(account: ledger.account, egress: "elsewhere")
      #expect(try await other.run { db in try elsewhere.lock(now: aMoment + 100, on: db) })
      #expect(try await other.run { db in try db.lines("select outcome, ended_at from etl.api_call") } == ["- | -"])
    }
  }

  private func call(
    _ connection: Connection, _ ledger: CallLedger, _ warehouse: Warehouse, at moment: Date
  ) async throws {
    try await connection.run { db in
      #expect(try ledger.lock(now: moment, on: db))
      let log = try RunLog(
        account: warehouse.account, command: "backfill", version: "test", host: "test", processID: 1, now: moment,
        on: db)
      _ = try ledger.begin(.deviceList, run: log.run, device: nil, now: moment, on: db)
    }
  }

  private func withCallers(
    _ body: (Connection, Connection, CallLedger, Warehouse) async throws -> Void
  ) async throws {
    try await withMigratedTestDatabase { url in
      let first = try await Connection.open(url, applicationName: "first", logger: quiet)
      let second = try await Connection.open(url, applicationName: "second", logger: quiet)
      let warehouse = try await first.run { db in try Warehouse.configured(on: db) }
      try await body(first, second, CallLedger(account: warehouse.account, egress: "default"), warehouse)
      await first.close()
      await second.close()
    }
  }
}
