import Foundation
import Testing

/// docs/vendor-api.md answers every clause of the vendor's document.
@Suite struct `The page on the vendor's API` {
  /// Rows of tables that have a column for tests: heading, then cells.
  private func rows() throws -> [(section: String, cells: [String])] {
    var section = ""
    var hasTests = false
    var rows: [(String, [String])] = []
    for line in try Repository.text("docs/vendor-api.md").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
      guard line.hasPrefix("|") else {
        hasTests = false
        continue
      }
      let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if cells.last == "test" {
        hasTests = true
      } else if hasTests && !line.hasPrefix("|---") {
        rows.append((section, cells))
      }
    }
    return rows
  }

  @Test func `names a test in every row of its tables`() throws {
    let rows = try rows()
    try #require(rows.count > 70)
    for row in rows {
      let sentences = Pages.tests(namedIn: row.cells.last ?? "").flatMap(\.sentences)
      #expect(!sentences.isEmpty, "\(row.section): \(row.cells[0])")
      #expect(row.cells[1].count > 0, "\(row.section): \(row.cells[0]) says nothing of what the program does")
    }
  }

  @Test(arguments: [
    ("WireDevice", "Node `device` and device list"), ("WireRoute", "Node `routes`"),
    ("WirePause", "Node `route_pause`"),
  ])
  func `has a row for every tag that the wire types read`(type: String, section: String) throws {
    let source = try Repository.text("Sources/FleetizeAPI/Wire/\(type).swift")
    let tags = source.matches(of: #/case "([a-z_]+)":/#).map { String($0.1) }
    try #require(tags.count >= 6)
    let documented = try rows().filter { $0.section == section }.map(\.cells[0])
    #expect(Set(tags.map { "`\($0)`" }).subtracting(documented) == [])
    #expect(Set(documented).subtracting(tags.map { "`\($0)`" }).isSubset(of: ["any other tag"]))
  }

  @Test func `has every parameter, vendor error and code that the program knows`() throws {
    let clauses = try rows().map { $0.cells.joined(separator: " ") }
    let form = try Repository.text("Sources/FleetizeAPI/Request+Form.swift")
    let parameters = form.matches(of: #/\("([a-z_]+)",/#).map { String($0.1) }
    try #require(Set(parameters) == ["apitoken", "activity_after", "device", "time", "scope"])
    for parameter in parameters {
      #expect(clauses.contains { $0.contains("`\(parameter)`") }, "parameter \(parameter)")
    }
    let errors = try Repository.text("Sources/FleetizeAPI/VendorError.swift").matches(of: #/case (1\d{3}):/#)
    try #require(errors.count == 3)
    for error in errors { #expect(clauses.contains { $0.contains("`ERROR #\(error.1)") }, "error \(error.1)") }
    for (attribute, codes) in [("status_code", 1...5), ("error_code", 0...5), ("type", 1...2)] {
      let documented = try rows().filter { $0.section == "Codes" && $0.cells[0] == "`\(attribute)`" }.map(\.cells[1])
      #expect(documented == codes.map(String.init))
    }
  }

  @Test func `says which document it is about`() throws {
    let page = try Repository.text("docs/vendor-api.md")
    #expect(page.contains("**21.01.2026**") && page.contains("**3.4.49**"))
  }
}
