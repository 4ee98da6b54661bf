import FleetModel
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

/// `doctor`, the real program, and what it says about a fleet in order and about what is broken.
@Suite struct `The doctor` {
  @Test func `finds a fleet in order, makes no call and writes nothing`() async throws {
    try await withStage(isMigrated: false) { stage in
      #expect(try await stage.etl(["migrate", "--with-roles"]).code == 0)
      let loader = databaseURL(stage.databaseURL, user: "fleetize_loader")
      #expect(try await stage.etl(["run"], with: ["DATABASE_URL": loader]).code == 0)
      let (calls, ledger) = (stage.calls.count, try await stage.rows("table etl.run"))
      for day in stage.partitionDays {
        _ = try await stage.rows(
          "select etl.ensure_partition('etl.response', '\(day)'), etl.ensure_partition('warehouse.route_point', '\(day)')"
        )
      }
      let visit = try await stage.visit(with: ["DATABASE_URL": loader])
      #expect(visit.code == 0)
      #expect(visit.verdicts.filter { !["ok", "unchecked"].contains($0.value) } == [:], "\(visit.text)")
      // What this login and this machine cannot know; the rest must be checked.
      #expect(Set(visit.verdicts.filter { $0.value == "unchecked" }.keys).isSubset(of: ["disk"]))
      #expect(Set(visit.verdicts.keys).count == visit.checks.count && visit.checks.count >= 17)
      #expect(stage.calls.count == calls)
      #expect(try await stage.rows("table etl.run") == ledger)
      #expect(try await stage.rows("select from etl.api_call").count == calls)
    }
  }

  @Test func `shows where each setting comes from, and no secret`() async throws {
    try await withTemporaryFolder { folder in
      let file = try folder.file(
        "config.yaml",
        """
        accounts: [north, south]
        daily_calls: 77
        api_token: canary-of-the-file
        north:
          time_zone: Europe/Berlin
          api_token: canary-of-north
        """)
      try await withStage { stage in
        let visit = try await stage.visit(
          ["--config", file],
          with: [
            "DATABASE_URL": "\(stage.databaseURL)?password=canary-of-the-database", "FLEETIZE_DAILY_CALLS": nil,
            "FLEETIZE_SOUTH_DAILY_CALLS": "33", "FLEETIZE_API_TOKEN": nil,
          ])
        #expect(!visit.text.contains("canary"), "\(visit.text)")
        #expect(visit.settings["north.daily_calls"] == "77 (file \(file): daily_calls)")
        #expect(visit.settings["south.daily_calls"] == "33 (environment FLEETIZE_SOUTH_DAILY_CALLS)")
        #expect(visit.settings["north.time_zone"] == "Europe/Berlin (file \(file): north.time_zone)")
        #expect(visit.settings["south.time_zone"] == "UTC (default)")
        #expect(visit.settings["north.api_token"] == "set, not shown (file \(file): north.api_token)")
        #expect(visit.settings["south.api_token"] == "set, not shown (file \(file): api_token)")
        #expect(visit.settings["request_timeout"] == "45.0 (default)")
        #expect(visit.settings["database_url"]?.contains("password=… ") == true, "\(visit.settings)")
        #expect(visit.settings["database_url"]?.hasSuffix("(environment DATABASE_URL)") == true)
        #expect(stage.calls.isEmpty)
      }
    }
  }

  @Test func `checks the rest when the database is unavailable`() async throws {
    try await withStage { stage in
      try await withDeafPort { port in
        let visit = try await stage.visit(
          with: ["DATABASE_URL": "postgresql://fleetize:database-password@127.0.0.1:\(port)/fleet"])
        #expect(visit.code == 1)
        #expect(visit.verdicts["database"] == "problem")
        #expect(visit.verdicts["api"] == "ok" && visit.verdicts["token"] == "ok")
        for check in ["clock", "role", "partitions", "block", "last_success"] {
          #expect(visit.verdicts[check] == "unchecked", "\(check)")
        }
        #expect(!visit.text.contains("database-password"))
      }
    }
  }

  @Test func `checks the rest when the API is unavailable, and sends nothing to one that it must not trust`()
    async throws
  {
    try await withStage { stage in
      try await withDeafPort { port in
        let away = try await stage.visit(with: ["FLEETIZE_API_URL": "https://127.0.0.1:\(port)/v2"])
        #expect(away.code == 1)
        #expect(away.finding("api").contains("connection refused"))
        #expect(away.verdicts["database"] == "ok" && away.verdicts["schema"] == "ok")
        let nameless = try await stage.visit(with: ["FLEETIZE_API_URL": "https://api.invalid/v2"])
        #expect(nameless.finding("api").contains("the name api.invalid was not found"))
        let plain = ["FLEETIZE_API_URL": "http://192.0.2.1:9/v2", "FLEETIZE_ALLOW_PLAIN_HTTP": "true"]
        #expect(try await stage.visit(with: plain).verdicts["api_url"] == "warning")
        let forbidden = try await stage.visit(with: ["FLEETIZE_API_URL": "http://192.0.2.1/v2"])
        #expect(forbidden.code == 1)
        #expect(forbidden.verdicts["api_url"] == "problem" && forbidden.verdicts["api"] == "unchecked")
        #expect(stage.calls.isEmpty)
      }
    }
  }

  @Test func `reports a database that was never migrated, and wrong settings`() async throws {
    try await withStage(isMigrated: false) { stage in
      let bare = try await stage.visit()
      #expect(bare.code == 1)
      #expect(bare.finding("schema").contains("fleetize-etl migrate"))
      #expect(bare.verdicts["open_calls"] == "unchecked" && bare.verdicts["clock"] == "ok")
      let wrong = try await stage.visit(with: ["FLEETIZE_DAILY_CALLS": "many"])
      #expect(wrong.code == 1)
      #expect(wrong.finding("settings").contains("FLEETIZE_DAILY_CALLS"))
      #expect(wrong.verdicts.filter { $0.value == "ok" }.isEmpty)
      let zone = try await stage.visit(with: ["FLEETIZE_TIME_ZONE": "Mars/Olympus"])
      #expect(zone.verdicts["time_zone"] == "problem")
      let nobody = try await stage.etl(["doctor", "--account", "nobody"])
      #expect(nobody.code == 64)
    }
  }

  @Test func `finds a pooler that shares sessions, and leaves the session of others alone`() async throws {
    try await withStage { stage in
      try await withPgBouncer("transaction", to: stage.databaseURL) { url in
        let visit = try await stage.visit(with: ["DATABASE_URL": url])
        #expect(visit.code == 1)
        #expect(visit.verdicts["pooler"] == "problem" && visit.finding("pooler").contains("PgBouncer"))
        #expect(visit.advice("pooler").contains("pool_mode=session"))
        #expect(visit.verdicts["clock"] == "ok", "the rest is still checked")
        let shared = try await Program.tool(
          "psql", ["-Atc", "show default_transaction_read_only", url]
        ).output
        #expect(shared == "off\n")
      }
      try await withPgBouncer("session", to: stage.databaseURL) { url in
        let visit = try await stage.visit(with: ["DATABASE_URL": url])
        #expect(visit.verdicts["pooler"] == "ok")
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `says what to do about settings that cannot be used`() async throws {
    try await withTemporaryFolder { folder in
      let file = try folder.file("config.yaml", "api_token: a-token-that-others-can-read", mode: 0o644)
      try await withStage { stage in
        let visit = try await stage.visit(["--config", file], with: ["FLEETIZE_API_TOKEN": nil])
        #expect(visit.code == 1)
        #expect(visit.verdicts["settings"] == "problem" && visit.advice("settings").contains("chmod 600"))
        #expect(stage.calls.isEmpty)
      }
    }
  }

  @Test func `finds a block, a login without rights, a held lock and a call without an end`() async throws {
    try await withStage(isMigrated: false) { stage in
      #expect(try await stage.etl(["migrate", "--with-roles"]).code == 0)
      let reader = databaseURL(stage.databaseURL, user: "fleetize_reader")
      let refused = try await stage.visit(with: ["DATABASE_URL": reader])
      #expect(refused.code == 1)
      #expect(refused.finding("role").contains("fleetize_reader may not load"))
      #expect(refused.verdicts["schema"] == "unchecked" && refused.verdicts["open_calls"] == "unchecked")

      let db = try await Connection.ofTest(stage.databaseURL)
      try await db.script(
        """
        insert into etl.run (account_key, command, version, host, process_id, started_at)
          select account_key, 'run', '1', 'h', 1, now() - interval '3 days' from warehouse.account;
        insert into etl.api_call (run_key, account_key, egress, action, started_at)
          select run_key, account_key, 'default', 'devicelist', now() - interval '3 days' from etl.run;
        insert into etl.account_block (account_key, blocked_at) select account_key, now() from warehouse.account;
        select pg_advisory_lock(1, 1);
        """)
      let visit = try await stage.visit()
      #expect(visit.code == 1)
      #expect(visit.verdicts["block"] == "problem" && visit.advice("block").contains("unblock --confirm"))
      #expect(visit.verdicts["open_calls"] == "warning")
      #expect(visit.verdicts["last_success"] == "problem")
      #expect(visit.verdicts["role"] == "warning", "the tests are a superuser")
      #expect(visit.finding("locks") == "no lock of this program is held", "that of the tests is another's")
      await db.close()
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `prints the same as text, with what to do`() async throws {
    try await withStage { stage in
      let outcome = try await stage.etl(["doctor"], with: ["FLEETIZE_API_TOKEN": nil])
      #expect(outcome.code == 1)
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.contains { $0.contains(/^problem +token +account default has no token/) })
      #expect(lines.contains { $0.contains(/^ok +clock +/) })
      #expect(lines.contains { $0.contains("to do: ") })
      #expect(lines.last?.contains("1 problem") == true)
    }
  }
}
