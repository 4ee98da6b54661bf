import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// One token belongs to one account, and no mistyped name becomes an account.
@Suite struct `An account` {
  private let names = "select name from warehouse.account"

  @Test func `is never added by a mistyped name`() async throws {
    try await withStage { stage in
      let mistyped: [String: String?] = ["FLEETIZE_ACCOUNT": "defualt"]
      for command in [["status"], ["run"], Days.backfill(from: 3, to: 2), ["replay"], ["unblock"]] {
        let outcome = try await stage.etl(command, with: mistyped)
        #expect(outcome.code == 78, "\(command): \(outcome)")
        #expect(outcome.errors.contains("did you mean \"default\"?"), "\(outcome.errors)")
        #expect(outcome.errors.contains("fleetize-etl account add defualt"), "\(outcome.errors)")
      }
      #expect(try await stage.etl(["migrate"], with: mistyped).errors.contains("no account defualt"))
      #expect(try await stage.rows(names) == ["(default)"])
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `keeps its token, of which the database has only a hash, until it is forgotten`() async throws {
    try await withStage { stage in
      let refused = try await stage.etl(["run"], with: ["FLEETIZE_API_TOKEN": "wrong-token-0123456789"])
      #expect(refused.code == 77)
      #expect(try await stage.rows("table etl.account_token").isEmpty)
      try await stage.succeed(["run"])
      let stored =
        "select account_key, octet_length(token_hmac), token_hmac = sha256('\(Stage.token)') from etl.account_token"
      #expect(try await stage.rows(stored) == ["(1,32,f)"])

      // A second account with the same token is refused before any call, however it came about.
      let calls = stage.calls.count
      let other: [String: String?] = ["FLEETIZE_ACCOUNT": "other"]
      let added = try await stage.etl(["account", "add", "other"], with: other)
      #expect(added.code == 78 && added.errors.contains("fleetize-etl account rename default other"), "\(added)")
      try await stage.succeed(["account", "add", "other"])
      for command in [["run"], Days.backfill(from: 3, to: 2)] {
        let outcome = try await stage.etl(command, with: other)
        #expect(outcome.code == 78 && outcome.errors.contains("account rename default other"), "\(outcome)")
      }
      #expect(stage.calls.count == calls)

      // A new token is one more of the account.
      #expect(try await stage.etl(["run"], with: ["FLEETIZE_API_TOKEN": Stage.otherToken]).code == 0)
      #expect(try await stage.rows("select from etl.account_token where account_key = 1").count == 2)
      try await stage.succeed(["account", "forget-token", "default"])
      #expect(try await stage.etl(["run"], with: other).code == 0)

      // Both have the same vehicles now.
      let visit = try await stage.visit()
      #expect(visit.verdicts["shared_devices"] == "warning", "\(visit.text)")
      try await stage.succeed(["account", "retire", "other"])
      let retired = try await stage.etl(["run"], with: other)
      #expect(retired.code == 78 && retired.errors.contains("was retired"), "\(retired)")
      #expect(try await stage.visit().verdicts["shared_devices"] == "ok")
      let list = try await stage.etl(["account", "list"])
      #expect(list.output.contains("retired since"), "\(list.output)")
      try await stage.succeed(["account", "add", "other"])
      #expect(try await stage.etl(["run", "--dry-run"], with: other).code == 0)
    }
  }

  @Test func `cannot have the token of another one in the same configuration`() async throws {
    try await withStage { stage in
      let same: [String: String?] = ["FLEETIZE_ACCOUNTS": "default,other"]
      for command in [["run"], ["run", "--dry-run"], ["config", "check"]] {
        let outcome = try await stage.etl(command, with: same)
        #expect(outcome.code == 78, "\(command): \(outcome)")
        #expect(outcome.errors.contains("the accounts default and other have the same token"), "\(outcome.errors)")
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `keeps everything when it is renamed, erasures included`() async throws {
    try await withStage([.delivery]) { stage in
      try await stage.succeed(Days.backfill(from: 6, to: 2))
      let days = ["--device", "492", "--from", "\(Days.ago(5))", "--to", "\(Days.ago(4))"]
      try await stage.succeed(["erase", "--confirm"] + days)
      let routes = try await stage.rows("select day from warehouse.route")
      try await stage.succeed(["account", "rename", "default", "north"])
      let calls = stage.calls.count
      let north: [String: String?] = ["FLEETIZE_ACCOUNT": "north"]
      let backfill = try await stage.etl(Days.backfill(from: 6, to: 2, "--refetch"), with: north)
      #expect(backfill.code == 0, "\(backfill.errors)")
      #expect(stage.calls.count == calls + 3)
      #expect(try await stage.rows("select day from warehouse.route") == routes)
      #expect(try await stage.rows(names) == ["(north)"])
      #expect(try await stage.etl(["account", "rename", "default", "south"], with: north).code == 78)
      #expect(try await stage.etl(["account", "rename", "north", "north"], with: north).code == 64)
    }
  }
}
