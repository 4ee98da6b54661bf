import Foundation
import Testing

/// A configuration file with a secret must be as private as a token file.
@Suite struct `A configuration file` {
  @Test(arguments: [
    ("api_token: canary-0123456789\n", "api_token"),
    ("accounts: [default]\ndefault:\n  api_token: canary-0123456789\n", "api_token"),
    ("database_url: postgresql://fleetize:canary@127.0.0.1/fleet\n", "database_url"),
    ("database_url: host=127.0.0.1 password=canary\n", "database_url"),
    ("database_url: postgresql://127.0.0.1/fleet?sslkey=/k&sslpassword=canary\n", "database_url"),
  ]) func `with a secret is refused with 78 and a hint when others may read it`(text: String, key: String) async throws
  {
    try await withTemporaryFolder { folder in
      try await withStage { stage in
        for mode in [0o644, 0o660, 0o604, 0o620] {
          let file = try folder.file("config.yaml", text, mode: mode)
          for command in ["run", "status"] {
            let outcome = try await stage.etl([command, "--config", file])
            #expect(outcome.code == 78, "\(String(mode, radix: 8)) \(command)")
            #expect(outcome.errors.contains("(\(key))") && outcome.errors.contains("chmod 600 '\(file)'"))
            #expect(!outcome.errors.contains("canary"))
          }
        }
        let doctor = try await stage.etl(["doctor", "--config", folder.appending(path: "config.yaml").path])
        #expect(doctor.code == 1 && doctor.output.contains("chmod 600") && !doctor.output.contains("canary"))
        let kept = try folder.file("config.yaml", text)
        #expect(try await stage.etl(["status", "--config", kept]).code == 0)
        #expect(stage.calls.isEmpty)
      }
    }
  }

  @Test func `without a secret may be read by everybody, the example too`() async throws {
    try await withTemporaryFolder { folder in
      try await withStage { stage in
        let file = try folder.file(
          "config.yaml", "daily_calls: 50\napi_token:\ndatabase_url: postgresql://fleetize@127.0.0.1/fleet\n",
          mode: 0o644)
        #expect(try await stage.etl(["status", "--config", file]).code == 0)
        let printed = try await Program.run(["config", "example"], [:])
        #expect(printed.output == (try Repository.text("deploy/config.example.yaml")))
        let example = try folder.file("example.yaml", printed.output, mode: 0o644)
        let outcome = try await stage.etl(["status", "--config", example], with: ["FLEETIZE_DAILY_CALLS": nil])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("account default"))
      }
    }
  }
}
