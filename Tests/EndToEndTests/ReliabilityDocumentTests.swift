import Foundation
import Testing

/// docs/reliability.md promises nothing that no test backs.
@Suite struct `The page on reliability` {
  @Test func `names a test in each row, and each is there`() throws {
    let rows = try Repository.text("docs/reliability.md").split(separator: "\n").filter {
      $0.hasPrefix("| ") && !$0.hasPrefix("| fault |")
    }
    try #require(rows.count > 5)
    for row in rows {
      let cells = row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
      #expect(cells.count == 4, "\(row)")
      #expect(try hasTests(cells.last ?? ""), "no test in: \(row)")
    }
  }

  /// Whether `text` is a file of tests and then the names of some in it, as often as it likes:
  /// EndToEndTests/OutageTests `a sentence`, `another`.
  private func hasTests(_ text: Substring) throws -> Bool {
    let files = text.matches(of: #/(\w+Tests)/(\w+)((?:[\s,;]*`[^`]+`)+)/#)
    for file in files {
      let source = try Repository.source(ofTests: String(file.2), in: String(file.1))
      for name in file.3.matches(of: #/`[^`]+`/#) {
        // Not within #expect: a failure would print the whole file.
        let isThere = source.contains("func \(name.0)(")
        #expect(isThere, "\(file.1)/\(file.2) has no test \(name.0)")
      }
    }
    return !files.isEmpty
  }
}

extension Repository {
  /// The text of `Tests/TARGET/…/NAME.swift`, wherever it is in the folder.
  fileprivate static func source(ofTests name: String, in target: String) throws -> String {
    let tests = folder.appending(path: "Tests/\(target)")
    let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      if file.lastPathComponent == "\(name).swift" { return try String(contentsOf: file, encoding: .utf8) }
    }
    Issue.record("there is no \(name).swift in Tests/\(target)")
    return ""
  }
}
