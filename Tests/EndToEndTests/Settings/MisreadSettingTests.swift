import Foundation
import Postgres
import TestSupport
import Testing

@testable import fleetize_etl

/// Settings that used to be ignored or misread.
@Suite struct `A setting that could be misread` {
  /// A file, and what the message must contain.
  private static let files: [(text: String, message: String)] = [
    ("daily_call: 1000\n", "did you mean daily_calls?"), ("timezone: Europe/Berlin\n", "did you mean time_zone?"),
    ("# a comment\ntime-zone: Europe/Berlin\n", "line 2, column 1: unknown setting"),
    ("colour: blue\n", "`fleetize-etl config example` lists all settings"),
    ("accounts: north\n", "accounts must be a list"), ("accounts: {north: south}\n", "accounts must be a single value"),
    ("daily_calls: [1, 2]\n", "daily_calls must be a single value"),
    ("accounts: [north, north]\n", "must not name an account twice"),
    ("accounts: [north, NORTH]\n", "must not name an account twice"),
    ("accounts: [egress]\n", "must not use the name of a setting"),
    ("accounts: [\"no rth\"]\n", "must contain only letters"),
    ("accounts: [north]\nsouth:\n  time_zone: UTC\n", "line 2, column 1: this section is not an account"),
    ("accounts: [north]\nnorth:\n  api_url: http://127.0.0.1\n", "api_url cannot be set per account"),
    ("accounts: [north]\nnorth:\n  daily_cals: 5\n", "did you mean daily_calls?"),
    ("time_zone: UTC+2\n", "use the zone of a city"), ("time_zone: \"2\"\n", "use the zone of a city"),
    ("time_zone: Berlin1\n", "did you mean Europe/Berlin?"), ("time_zone: CEST\n", "did you mean Europe/Berlin?"),
    ("time_zone: europe/berlin\n", "did you mean Europe/Berlin?"), ("time_zone: utc\n", "did you mean UTC?"),
    ("time_zone: Europe/Berlin1\n", "did you mean Europe/Berlin?"),
    ("device_time_zones: [492=MEZ]\n", "did you mean Europe/Berlin?"),
    ("daily_calls: many\n", "daily_calls (FLEETIZE_DAILY_CALLS) must be a whole number"),
  ]

  @Test(arguments: files.indices) func `in the file is refused with 78, its line and the right value`(
    index: Int
  ) async throws {
    let (text, message) = Self.files[index]
    try await withTemporaryFolder { folder in
      let file = try folder.file("config.yaml", text)
      let error = try #require(throws: (any Error).self) { try Settings(file: file, environment: [:]) }
      let all = "\(error) \(advice(for: error) ?? "")"
      #expect(all.contains(message), "\(text): \(all)")
      #expect(ExitStatus(error) == .configuration)
    }
  }

  @Test func `in a variable is an error where a setting is close, else a note`() throws {
    func check(_ names: [String]) throws -> [String] {
      try VariableCheck.unknownVariables(names, accounts: ["north"])
    }
    let fine = [
      "FLEETIZE_DAILY_CALLS", "FLEETIZE_NORTH_API_TOKEN", "FLEETIZE_CONFIG", "FLEETIZE_SIMULATOR_TOKEN", "PATH",
      "FLEETIZE_TEST_DATABASE_URL",
    ]
    #expect(try check(fine) == [])
    // As Kubernetes adds them for a service.
    let service = ["FLEETIZE_ETL_SERVICE_HOST", "FLEETIZE_ETL_PORT_80_TCP_ADDR"]
    #expect(try check(fine + service) == service.sorted())
    for (wrong, right) in [
      ("FLEETIZE_DAILY_CALL", "FLEETIZE_DAILY_CALLS"), ("FLEETIZE_TIMEZONE", "FLEETIZE_TIME_ZONE"),
      ("FLEETIZE_NORT_API_TOKEN", "FLEETIZE_NORTH_API_TOKEN"), ("fleetize_egress", "FLEETIZE_EGRESS"),
    ] {
      let error = try #require(throws: (any Error).self) { try check([wrong]) }
      #expect(advice(for: error)?.contains("rename it to \(right),") == true, "\(wrong)")
    }
  }

  @Test(arguments: [
    ("postgresql://127.0.0.1/fleet?pgbouncer=true", "pgbouncer"), ("postgresql://127.0.0.1/fleet?schema=x", "schema"),
    ("postgresql+psycopg2://127.0.0.1/fleet", "postgresql://"), ("jdbc:postgresql://127.0.0.1/fleet", "JDBC"),
    ("\"postgresql://127.0.0.1/fleet\"", "quotes"), ("postgresql://127.0.0.1/fleet\n", "white space"),
    ("mysql://127.0.0.1/fleet", "not for PostgreSQL"), ("127.0.0.1:5432", "cannot be read"),
  ]) func `such as another program's DATABASE_URL exits 78 and says why`(url: String, word: String) async throws {
    let outcome = try await Program.run(["status"], ["DATABASE_URL": url])
    #expect(outcome.code == 78 && outcome.errors.contains(word), "\(outcome)")
    #expect(outcome.errors.count(of: "hint:") == 1, "\(outcome.errors)")
    #expect(try await Program.run(["config", "check"], ["DATABASE_URL": url]).code == 78)
  }

  @Test func `such as a wrong database or user exits 78, and a closed port 69`() async throws {
    try await withStage { stage in
      let components = try #require(URLComponents(string: stage.databaseURL))
      var database = components
      database.path = "/no_such_database"
      var user = components
      user.user = "no_such_user"
      for url in [database, user] {
        let outcome = try await stage.etl(["status"], with: ["DATABASE_URL": url.string])
        #expect(outcome.code == 78 && outcome.errors.contains("does not exist"), "\(outcome)")
        #expect(outcome.errors.count(of: "hint:") == 1, "\(outcome.errors)")
      }
      var port = components
      port.port = 1
      let away = try await stage.etl(["status"], with: ["DATABASE_URL": port.string])
      #expect(away.code == 69 && away.errors.count(of: "hint:") == 1, "\(away)")
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `such as a database that is not UTF-8 exits 78`() async throws {
    try await withStage { stage in
      let name = "latin_\(UUID().uuidString.prefix(8).lowercased())"
      try await stage.execute(
        "create database \(name) encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0")
      var url = try #require(URLComponents(string: stage.databaseURL))
      url.path = "/\(name)"
      let outcome = try await stage.etl(["migrate"], with: ["DATABASE_URL": url.string])
      try await stage.execute("drop database \(name)")
      #expect(outcome.code == 78 && outcome.errors.contains("LATIN1"), "\(outcome)")
    }
  }
}

extension String {
  fileprivate func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
