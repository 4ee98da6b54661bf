import Foundation

/// Usage: SQLEmbedder OUTPUT FILE…
///
/// Writes a Swift file with the text of each SQL file, by folder and name, as raw string literals.
let arguments = CommandLine.arguments.dropFirst()

func stop(_ message: String, code: Int32) -> Never {
  FileHandle.standardError.write(Data("SQLEmbedder: \(message)\n".utf8))
  exit(code)
}

/// The file as an element of an array, exactly: its checksum is kept in the warehouses that it was applied to.
func element(name: String, text: String) -> String {
  "    SQLFile(\n      name: \"\(name)\",\n      text: ###\"\"\"\n\(text)\n\"\"\"###),"
}

guard let output = arguments.first else { stop("usage: SQLEmbedder OUTPUT FILE...", code: 64) }
var folders = ["migrations": [String](), "sql": [String]()]
for path in arguments.dropFirst() {
  let url = URL(fileURLWithPath: path)
  let text = try String(contentsOf: url, encoding: .utf8)
  // A Swift literal would end early at the one, and change the other to a line feed.
  if text.contains("\"\"\"###") || text.contains("\\###") { stop("\(path) holds a Swift delimiter", code: 65) }
  if text.utf8.contains(UInt8(ascii: "\r")) { stop("\(path) has carriage returns: end lines with LF alone", code: 65) }
  folders[url.deletingLastPathComponent().lastPathComponent, default: []]
    .append(element(name: url.lastPathComponent, text: text))
}
let source = """
  // Made by SQLEmbedder from migrations/ and sql/. Not for editing.
  enum EmbeddedSQL {
    static let migrations: [SQLFile] = [
  \(folders["migrations", default: []].joined(separator: "\n"))
    ]
    static let views: [SQLFile] = [
  \(folders["sql", default: []].joined(separator: "\n"))
    ]
  }

  """
try source.write(toFile: output, atomically: true, encoding: .utf8)
