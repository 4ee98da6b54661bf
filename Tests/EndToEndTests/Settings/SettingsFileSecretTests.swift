import Foundation
import Testing

/// Whatever is wrong with a settings file, nothing prints what it says.
@Suite struct `A settings file with a mistake` {
  /// Every command, in a form that gets as far as its settings.
  private static let commands: [[String]] = [
    ["migrate"], ["run"], ["run", "--dry-run", "--format", "json"],
    ["backfill", "--from", "2026-03-01", "--to", "2026-03-02", "--format", "json"],
    ["replay"], ["replay", "--check", "--format", "json"], ["status"], ["status", "--format", "json"],
    ["logbook", "--device", "492", "--month", "2026-03"],
    ["logbook", "--device", "492", "--month", "2026-03", "--format", "json"],
    ["doctor"], ["doctor", "--format", "json"], ["prune", "--points-older-than", "400d"],
    ["prune", "--points-older-than", "400d", "--format", "json"],
    ["erase", "--device", "492", "--from", "2026-03-01", "--to", "2026-03-02"], ["unblock"], ["demo"],
    ["config", "show"], ["config", "show", "--format", "json"], ["config", "check"], ["device", "list"],
    ["device", "list", "--format", "json"], ["device", "retire", "492", "--from", "2026-03-01"],
    ["device", "restore", "492"],
    ["account", "list"], ["account", "list", "--format", "json"], ["account", "add", "north"],
    ["account", "rename", "default", "north"], ["account", "retire", "north"], ["account", "forget-token", "north"],
    ["finding", "acknowledge", "reading_older", "--note", "known"],
    ["answer", "show", "--device", "492", "--day", "2026-03-01"],
  ]

  @Test(arguments: SettingsFileSlip.all) func `is refused with its line, and no secret is printed`(
    slip: SettingsFileSlip
  ) async throws {
    for arguments in [["status"], ["doctor"], ["doctor", "--format", "json", "--verbose"]] {
      try await check(slip, arguments)
    }
  }

  @Test func `is refused by every command, in every format, and no secret is printed`() async throws {
    #expect(SettingsFileSlip.few.count == 3)
    for slip in SettingsFileSlip.few {
      for arguments in Self.commands.flatMap({ [$0, $0 + ["--verbose"]] }) { try await check(slip, arguments) }
    }
  }

  @Test func `reaches every command that there is`() async throws {
    let help = try await Program.run(["--help"], [:]).output
    let list = try #require(help.split(separator: "SUBCOMMANDS:").last)
    let names = list.matches(of: #/\n  ([a-z]+) /#).map { String($0.output.1) }
    #expect(names.count > 8 && Set(names).subtracting(["help"]) == Set(Self.commands.map { $0[0] }))
  }

  private func check(_ slip: SettingsFileSlip, _ arguments: [String]) async throws {
    try await withTemporaryFolder { folder in
      for mode in [0o600, 0o644] {
        let file = try folder.file("settings.yaml", "", mode: mode)
        try Data(slip.bytes).write(to: URL(filePath: file))
        let outcome = try await Program.run(
          arguments + ["--config", file], ["FLEETIZE_API_URL": "http://127.0.0.1:1/v2", "PGCONNECT_TIMEOUT": "2"])
        let text = outcome.output + outcome.errors
        let comment = Comment(rawValue: "\(slip.name), \(String(mode, radix: 8)), \(arguments): \(text)")
        #expect(!text.lowercased().contains(SettingsFileSlip.canary), comment)
        #expect(!text.contains("c4n4"), comment)
        if slip.isRefused || mode == 0o644 {
          #expect(outcome.code == (arguments[0] == "doctor" ? 1 : 78), comment)
          #expect(text.contains(file), comment)
          #expect(text.contains(slip.isRefused ? #/line \d+, column \d+: /# : #/contains a secret/#), comment)
          #expect(text.contains("chmod 600") == (mode == 0o644), comment)
        } else {
          #expect(![0, 64].contains(outcome.code), comment)
        }
      }
    }
  }
}
