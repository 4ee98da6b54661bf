/// The views, ordered so that each follows those that it reads.
///
/// A view that reads others declares them in its file: `-- requires: logbook, device`.
struct ViewPlan {
  let files: [SQLFile]

  /// - Throws: ``MigrationError`` for a misnamed file, an unknown requirement or a circle.
  init(_ files: [SQLFile]) throws {
    var waiting = try files.sorted { $0.name < $1.name }.map { (file: $0, view: try Self.view(of: $0)) }
    let known = Set(waiting.map(\.view))
    for (file, _) in waiting {
      if let view = Self.requirements(of: file).first(where: { !known.contains($0) }) {
        throw MigrationError.viewRequiresUnknown(file: file.name, view: view)
      }
    }
    var made: Set<String> = []
    var ordered: [SQLFile] = []
    while !waiting.isEmpty {
      guard let next = waiting.firstIndex(where: { made.isSuperset(of: Self.requirements(of: $0.file)) }) else {
        throw MigrationError.viewsRequireEachOther(waiting.map(\.file.name))
      }
      let (file, view) = waiting.remove(at: next)
      ordered.append(file)
      made.insert(view)
    }
    self.files = ordered
  }

  /// The name of the view that a file creates, without its schema.
  static func view(of file: SQLFile) throws -> String {
    guard let match = file.name.wholeMatch(of: /([a-z][a-z0-9_]*)\.sql/) else {
      throw MigrationError.misnamed(file: file.name)
    }
    return String(match.1)
  }

  private static func requirements(of file: SQLFile) -> [String] {
    let prefix = "-- requires:"
    return file.text.split(separator: "\n").filter { $0.hasPrefix(prefix) }.flatMap {
      $0.dropFirst(prefix.count).split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
  }
}
