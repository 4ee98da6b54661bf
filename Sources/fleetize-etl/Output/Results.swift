import FoundationEssentials

/// A result that is printed as text or as JSON.
protocol TextResult: Encodable {
  var text: String { get }
}

enum Results {
  /// Prints results on stdout, as text or as one JSON array.
  static func print<Value: TextResult>(_ values: [Value], as format: OutputFormat) throws {
    switch format {
    case .text: try Output.print(values.map(\.text).joined(separator: "\n"), terminator: values.isEmpty ? "" : "\n")
    case .json: try printJSON(values)
    }
  }

  /// Prints one JSON document on stdout.
  static func printJSON(_ values: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    try Output.print(String(decoding: try encoder.encode(values), as: UTF8.self))
  }
}
