import FleetizeSimulator
import Foundation
import Testing

/// The README is short, and everything in it works.
@Suite struct `The README` {
  @Test func `is at most 9 KB`() throws {
    #expect(try Repository.text("README.md").utf8.count <= 9 * 1_024)
  }

  /// The blocks marked `sh`, one after the other, against a simulated API and a database of the test's own.
  @Test func `has command blocks that run`() async throws {
    let readme = try Repository.text("README.md")
    let script = readme.matches(of: #/```sh\n((?s:.*?))```/#).map { String($0.1) }.joined()
    let lines = script.split(separator: "\n")
    let exports = lines.filter { $0.hasPrefix("export ") }
    let page = try Repository.text("docs/configuration.md")
    for export in exports {
      let variable = export.dropFirst("export ".count).prefix { $0 != "=" }
      #expect(page.contains("| `\(variable)` |"), "\(variable) is no setting")
    }
    // The values are examples: the stage has its own.
    let commands = lines.filter { !$0.hasPrefix("export ") }
    #expect(commands.filter { $0.hasPrefix("fleetize-etl ") }.count >= 6)
    try await withStage([.commuter], isMigrated: false) { stage in
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      var environment = stage.environment
      environment["PATH"] = "\(Program.folder):/usr/bin:/bin"
      let script = (["set -e", "cd '\(folder.path)'"] + commands).joined(separator: "\n")
      let outcome = try await Program.tool("bash", ["-c", script], environment)
      #expect(outcome.code == 0, "\(outcome)")
      // The rows on the page have the columns of the query before them.
      let result = try #require(readme.firstMatch(of: #/```\n( +vehicle_label [^\n]*)\n/#)).1
      let columns = cells(of: result)
      #expect(columns.count > 3)
      #expect(outcome.output.split(separator: "\n").contains { cells(of: $0) == columns }, "\(outcome.output)")
      let printed = Set((outcome.output + outcome.errors).split(separator: "\n").map { shape(of: $0) })
      for line in transcript(in: readme) { #expect(printed.contains(shape(of: line)), "not printed: \(line)") }
    }
  }

  /// The lines of the demo that do not depend on which vehicles it has.
  private func transcript(in readme: String) -> [Substring] {
    let demo = readme.firstRange(of: "$ make demo").map { readme[$0.upperBound...] } ?? ""
    let lines = demo[..<(demo.firstRange(of: "```")?.lowerBound ?? demo.endIndex)].split(separator: "\n")
    let chosen = lines.filter { line in
      ["[default] ", "account ", "  to fetch:", "  done:"].contains { line.hasPrefix($0) }
    }
    #expect(chosen.count >= 4)
    return chosen
  }

  /// A printed line without its values.
  private func shape(of line: Substring) -> String {
    String(line.replacing(#/[0-9]+/#, with: "0").replacing(#/(provisional|final|empty)$/#, with: "state"))
  }

  private func cells(of line: Substring) -> [String] {
    line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// What cannot run in a test: installing packages, building, and what starts servers of its own.
  @Test func `names only recipes of the Makefile and packages that the tests install too`() throws {
    let readme = try Repository.text("README.md")
    let makefile = try Repository.text("Makefile")
    for recipe in readme.matches(of: #/make ([a-z-]+)/#) {
      let isThere = makefile.contains("\n\(recipe.1):")
      #expect(isThere, "make \(recipe.1)")
    }
    let packages = try Repository.text("deploy/install-packages")
    let installed = try #require(readme.firstMatch(of: #/apt-get install ([^\n]+)/#)).1
    for package in installed.split(separator: " ") {
      let isThere = packages.contains("needs \(package) ")
      #expect(isThere, "package \(package)")
    }
    let manifest = try Repository.text("Package.swift")
    for product in readme.matches(of: #/--product ([a-z-]+)/#) {
      let isThere = manifest.contains(#"name: "\#(product.1)""#)
      #expect(isThere, "product \(product.1)")
    }
  }
}

/// The reference pages name everything that a user can say.
@Suite struct `The reference pages` {
  @Test func `have a section for every command, and the help of each says what it costs`() async throws {
    let page = try Repository.text("docs/cli.md")
    let help = try await Program.run(["--help"], [:]).output
    let commands = try #require(help.firstRange(of: "SUBCOMMANDS:")).upperBound
    let names = help[commands...].matches(of: #/\n  ([a-z]+) +/#).map { String($0.1) }
    try #require(Set(names).isSuperset(of: ["migrate", "run", "backfill", "status", "demo"]))
    for name in names {
      let own = try await Program.run(["help", name], [:]).output
      #expect(own.contains("call") && own.contains("EXAMPLE"), "help of \(name)")
      let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix("\(name)\n") } ?? ""
      #expect(!section.isEmpty, "docs/cli.md has no section \(name)")
      let common: Set = [
        "--config", "--account", "--device", "--format", "--verbose", "--quiet", "--version", "--help",
      ]
      for flag in Set(own.matches(of: #/\n  (?:-\w, )?(--[a-z-]+)/#).map { String($0.1) }).subtracting(common) {
        let isThere = section.contains(flag)
        #expect(isThere, "docs/cli.md, section \(name): \(flag)")
      }
    }
  }

  @Test func `name every setting, with its key and its default`() async throws {
    let page = try Repository.text("docs/configuration.md")
    // `doctor` prints each setting with its value; nobody is asked, because no database is there.
    let doctor = try await Program.run(["doctor"], ["DATABASE_URL": "host=127.0.0.1 port=1"]).output
    let settings = doctor.split(separator: "\n").compactMap { line -> (key: String, value: String)? in
      line.firstMatch(of: #/^([a-z_]+) {2,}(.*?) +\(default\)$/#).map { (String($0.1), String($0.2)) }
    }
    try #require(Set(settings.map(\.key)).isSuperset(of: ["api_url", "daily_calls", "time_zone", "settling_days"]))
    for (key, value) in settings {
      let row = page.split(separator: "\n").first { $0.contains("| `\(key)` |") }
      let cells = (row ?? "").split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4 else {
        Issue.record("docs/configuration.md has no row for \(key)")
        continue
      }
      #expect(cells[0] == "`FLEETIZE_\(key.uppercased())`")
      let shown = cells[2].trimmingCharacters(in: ["`"])
      #expect(shown == value || Double(shown) == Double(value) && Double(value) != nil, "\(key): \(shown), \(value)")
    }
    for key in ["database_url", "api_token", "api_token_file", "api_token_files"] {
      #expect(page.contains("| `\(key)` |"), "docs/configuration.md has no row for \(key)")
    }
  }

  @Test func `explain exactly the exit codes that the program has`() throws {
    let page = try Repository.text("docs/cli.md")
    let table = try #require(page.components(separatedBy: "\n## Exit codes\n").last)
    let explained = table.matches(of: #/\n\| (\d+) \| \w/#).compactMap { Int($0.1) }
    let source = try Repository.source(named: "ExitStatus", in: "Sources/fleetize-etl")
    let codes = source.matches(of: #/case \w+ = (\d+)\n/#).compactMap { Int($0.1) }
    try #require(codes.count >= 8)
    #expect(explained == codes.sorted() + [130, 143])
  }
}
