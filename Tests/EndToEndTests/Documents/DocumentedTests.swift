import Foundation
import Testing

/// The pages for readers, and what they name.
enum Pages {
  /// README.md and its like, and everything in docs/.
  static func all() throws -> [String] {
    let docs = Repository.folder.appending(path: "docs")
    let files = FileManager.default.enumerator(atPath: docs.path)?.compactMap { $0 as? String } ?? []
    return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
      + files.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }

  /// The tests that a text names: a target and a file, and sentences after it if it names single tests.
  ///
  /// EndToEndTests/OutageTests `a sentence`, `another`
  static func tests(namedIn text: some StringProtocol) -> [(target: String, file: String, sentences: [String])] {
    String(text).matches(of: #/\b(\w+Tests)/(\w+Tests)\b((?:[\s,;]*`[^`]+`)*)/#).map { match in
      (String(match.1), String(match.2), match.3.matches(of: #/`([^`]+)`/#).map { String($0.1) })
    }
  }

}

extension Repository {
  /// The text of `NAME.swift`, wherever it is below the folder.
  static func source(named name: String, in folder: String) throws -> String {
    let files = FileManager.default.enumerator(at: Self.folder.appending(path: folder), includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      if file.lastPathComponent == "\(name).swift" { return try String(contentsOf: file, encoding: .utf8) }
    }
    throw MissingFile(description: "there is no \(name).swift in \(folder)")
  }

  private struct MissingFile: Error, CustomStringConvertible {
    var description: String
  }
}

@Suite struct `Every page` {
  @Test func `names only tests that exist`() throws {
    var count = 0
    for page in try Pages.all() {
      for test in Pages.tests(namedIn: try Repository.text(page)) {
        let source = try? Repository.source(named: test.file, in: "Tests/\(test.target)")
        guard let source else {
          Issue.record("\(page): no file \(test.file).swift in Tests/\(test.target)")
          continue
        }
        for sentence in test.sentences {
          count += 1
          // Not inside #expect: a failure would print the whole file.
          let isThere = source.contains("func `\(sentence)`(") || source.contains("struct `\(sentence)`")
          #expect(isThere, "\(page): \(test.target)/\(test.file) has no test `\(sentence)`")
        }
      }
    }
    #expect(count > 100)
  }

  @Test func `links only to files and headings that exist`() throws {
    var count = 0
    for page in try Pages.all() {
      let folder = URL(filePath: page).deletingLastPathComponent().relativePath
      for link in try Repository.text(page).matches(of: #/\]\(([^)\s]+)\)/#).map({ String($0.1) })
      where !link.contains("://") {
        count += 1
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let target = parts[0].isEmpty ? page : "\(folder)/\(parts[0])"
        let file = Repository.folder.appending(path: target).standardizedFileURL
        guard FileManager.default.fileExists(atPath: file.path) else {
          Issue.record("\(page) links to \(link), which does not exist")
          continue
        }
        guard parts.count == 2 else { continue }
        let headings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
          .filter { $0.hasPrefix("#") }.map { anchor(of: $0) }
        #expect(headings.contains(parts[1]), "\(page) links to \(link): there is no such heading")
      }
    }
    #expect(count > 50)
  }

  @Test func `names only files of the repository that exist`() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Repository.folder.appending(path: "Sources").path)
    var count = 0
    for page in try Pages.all() {
      for name in try Repository.text(page).matches(of: #/`([A-Za-z]+/[\w+/.-]*\w)`/#).map({ String($0.1) }) {
        let folder = name.prefix { $0 != "/" }
        // A source file may be named without its suffix, by its target: `Pipeline/Plan/Planner`.
        let isSource = targets.contains(String(folder))
        guard !name.contains("NNNN") else { continue }
        guard isSource || ["Sources", "Tests", "deploy", "docs", "migrations", "sql"].contains(folder) else { continue }
        count += 1
        let path = isSource ? "Sources/\(name).swift" : name
        let isThere = FileManager.default.fileExists(atPath: Repository.folder.appending(path: path).path)
        #expect(isThere, "\(page): there is no \(path)")
      }
    }
    #expect(count > 10)
  }

  @Test func `names only views that exist`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Repository.folder.appending(path: "sql").path)
    var names: Set<String> = []
    for page in try Pages.all() {
      for view in try Repository.text(page).matches(of: #/\bbi\.([a-z_]+)/#).map({ String($0.1) }) {
        names.insert(view)
        #expect(files.contains("\(view).sql"), "\(page): there is no view bi.\(view)")
      }
    }
    #expect(names.count > 10)
  }

  /// As GitHub makes it from a heading.
  private func anchor(of heading: Substring) -> String {
    String(
      heading.drop { $0 == "#" || $0 == " " }.lowercased().compactMap { character in
        if character.isLetter || character.isNumber || character == "-" || character == "_" { return character }
        return character == " " ? "-" : nil
      })
  }
}
