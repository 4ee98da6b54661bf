import Foundation
import Testing

/// docs/reliability.md promises nothing that no test backs. That the tests exist is checked for every page.
@Suite struct `The page on reliability` {
  @Test func `names a test in each row`() throws {
    let rows = try Repository.text("docs/reliability.md").split(separator: "\n").filter {
      $0.hasPrefix("| ") && !$0.hasPrefix("| fault |")
    }
    try #require(rows.count > 50)
    for row in rows {
      let cells = row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
      #expect(cells.count == 4, "\(row)")
      let sentences = Pages.tests(namedIn: cells.last ?? "").flatMap(\.sentences)
      #expect(!sentences.isEmpty, "no test in: \(row)")
    }
  }
}
