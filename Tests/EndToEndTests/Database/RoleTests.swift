import Foundation
import TestSupport
import Testing

/// The program with a login for each job.
@Suite struct `With a role for each job` {
  @Test func `the loader does all the work, the owner migrates, and the reader sees it`() async throws {
    try await withStage(isMigrated: false) { stage in
      let made = try await stage.etl(["migrate", "--with-roles"])
      #expect(made.code == 0, "\(made.errors)")
      let loader: [String: String?] = ["DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_loader")]
      for command in [["run"], Days.backfill(from: 40, to: 2), ["run"], ["status"], ["unblock"], ["run", "--dry-run"]] {
        let outcome = try await stage.etl(command, with: loader)
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
      }
      #expect(try await stage.rows("select from bi.logbook").count > 20)
      #expect(try await stage.rows("select distinct date_trunc('month', day) from bi.route_point").count > 1)

      let refused = try await stage.etl(["migrate"], with: loader)
      #expect(refused.code == 78)
      #expect(refused.errors.contains("fleetize_owner"))
      let owner = databaseURL(stage.databaseURL, user: "fleetize_owner")
      let again = try await stage.etl(["migrate"], with: ["DATABASE_URL": owner])
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.output.contains("up to date"))

      let reader = Stage(
        databaseURL: databaseURL(stage.databaseURL, user: "fleetize_reader"), simulator: stage.simulator,
        environment: [:])
      #expect(try await reader.tables() == stage.tables())
      #expect(try await reader.rows("table bi.run").count >= 3)
    }
  }

  @Test func `a warehouse made without roles goes on with them`() async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 3)).code == 0)
      let made = try await stage.etl(["migrate", "--with-roles"])
      #expect(made.code == 0, "\(made.errors)")
      let loader: [String: String?] = ["DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_loader")]
      let goneOn = try await stage.etl(Days.backfill(from: 6, to: 2, "--refetch"), with: loader)
      #expect(goneOn.code == 0, "\(goneOn.errors)")
    }
  }

  @Test func `eight databases of a new cluster get theirs at the same moment`() async throws {
    try await withPrivateCluster { server in
      let databases = (1...8).map { "fleet\($0)" }
      for database in databases {
        #expect(try await Program.tool("psql", ["-qc", "create database \(database)", server]).code == 0)
      }
      let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
        for database in databases {
          group.addTask {
            try await Program.run(
              ["migrate", "--with-roles"], ["DATABASE_URL": server.replacing("/postgres", with: "/\(database)")])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for outcome in outcomes { #expect(outcome.code == 0, "\(outcome.errors)") }
      let made = outcomes.flatMap { $0.output.split(separator: "\n") }.filter { $0.hasPrefix("Created the roles") }
      #expect(!made.isEmpty)
    }
  }

  @Test func `they are made by an administrator who is no superuser, and keep what a person has set`() async throws {
    try await withPrivateCluster { server in
      func psql(_ statement: String, as user: String = "fleetize", in database: String = "postgres") async throws
        -> String
      {
        let url = databaseURL(server.replacing("/postgres", with: "/\(database)"), user: user)
        let outcome = try await Program.tool("psql", ["-XqAtc", statement, url])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
      }
      _ = try await psql("create role keeper login createrole")
      _ = try await psql("create database fleet owner keeper")
      let url = databaseURL(server.replacing("/postgres", with: "/fleet"), user: "keeper")
      for _ in 1...2 {
        let outcome = try await Program.run(["migrate", "--with-roles"], ["DATABASE_URL": url])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("temporary"))
        _ = try await psql("alter role fleetize_reader set statement_timeout to '10min'", as: "keeper", in: "fleet")
      }
      #expect(try await psql("show statement_timeout", as: "fleetize_reader", in: "fleet") == "10min\n")
      #expect(try await psql("select count(*) from bi.logbook", as: "fleetize_reader", in: "fleet") == "0\n")
      #expect(
        try await psql("select rolpassword is null from pg_authid where rolname like 'fleetize\\_%' group by 1")
          == "t\n")
    }
  }
}
