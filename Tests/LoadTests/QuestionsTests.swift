import Foundation
import Postgres
import Testing

/// docs/questions.md is run as it stands.
@Suite struct `The questions` {
  private func queries() throws -> [String] {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/questions.md")
    let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
    return text.components(separatedBy: "```sql\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  @Test func `are at least 25, each of at most ten lines, and can be asked`() async throws {
    let queries = try queries()
    #expect(queries.count >= 25)
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      for query in queries {
        #expect(query.split(separator: "\n").count <= 10, "\(query)")
        await #expect(throws: Never.self, "\(query)") { _ = try await db.query("\(unescaped: query)") }
      }
    }
  }
}
