import Foundation

/// Usage: EmbedTool OUTPUT FILE…
///
/// Writes a Swift file with the text of each SQL file, by folder and name, as raw string literals.
let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else {
  FileHandle.standardError.write(Data("usage: EmbedTool OUTPUT FILE...\n".utf8))
  exit(64)
}
var folders: [String: [(name: String, text: String)]] = ["migrations": [], "sql": []]
for path in arguments.dropFirst() {
  let url = URL(fileURLWithPath: path)
  let text = try String(contentsOf: url, encoding: .utf8)
  folders[url.deletingLastPathComponent().lastPathComponent, default: []].append((url.lastPathComponent, text))
}
func literal(_ files: [(name: String, text: String)]) -> String {
  files.map { "    (name: \"\($0.name)\", text: ###\"\"\"\n\($0.text)\n\"\"\"###)," }.joined(separator: "\n")
}
let source = """
  // Made by EmbedTool from migrations/ and sql/. Not for editing.
  enum EmbeddedSQL {
    static let migrations: [(name: String, text: String)] = [
  \(literal(folders["migrations"] ?? []))
    ]
    static let views: [(name: String, text: String)] = [
  \(literal(folders["sql"] ?? []))
    ]
  }

  """
try source.write(toFile: output, atomically: true, encoding: .utf8)
