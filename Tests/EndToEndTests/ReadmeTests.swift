import Foundation
import Testing

/// The README names all that a user can say.
@Suite struct `The README` {
  @Test func `names every command, and the help of each says what it costs`() async throws {
    let readme = try Repository.text("README.md")
    let help = try await Program.run(["--help"], [:]).output
    let commands = try #require(help.firstRange(of: "SUBCOMMANDS:")).upperBound
    let names = help[commands...].matches(of: #/\n  ([a-z]+) +/#).map { String($0.1) }
    try #require(Set(names).isSuperset(of: ["migrate", "run", "backfill", "status", "demo"]))
    for name in names {
      #expect(readme.contains("fleetize-etl \(name)") || readme.contains("`\(name)"), "command \(name)")
      let own = try await Program.run(["help", name], [:]).output
      #expect(own.contains("call") && own.contains("EXAMPLE"), "help of \(name)")
    }
  }

  @Test func `names every variable that the program reads`() throws {
    let readme = try Repository.text("README.md")
    let settings = try Repository.text("Sources/fleetize-etl/Settings/Settings.swift")
    var keys = settings.matches(of: #/(?:text|list|number|integer|flag)\("([a-z_]+)"/#).map { $0.1.uppercased() }
    let special = try Repository.text("Sources/fleetize-etl/Settings/SettingValues.swift")
    keys += special.matches(of: #/"([a-z]+_[a-z_]+)"/#).map { $0.1.uppercased() }
    try #require(Set(keys).isSuperset(of: ["API_TOKEN", "DAILY_CALLS", "TIME_ZONE", "DATABASE_URL"]))
    for variable in Set(keys).map({ $0 == "DATABASE_URL" ? $0 : "FLEETIZE_\($0)" }).sorted() {
      #expect(readme.contains(variable), "variable \(variable)")
    }
  }

  @Test func `names every view and every exit code`() throws {
    let readme = try Repository.text("README.md")
    for file in try FileManager.default.contentsOfDirectory(atPath: Repository.folder.appending(path: "sql").path) {
      #expect(readme.contains("bi.\(file.dropLast(4))"), "view \(file)")
    }
    for code in ["64", "69", "75", "77", "78", "130", "143"] { #expect(readme.contains(code), "exit code \(code)") }
  }
}
