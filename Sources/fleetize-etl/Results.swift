import FoundationEssentials

/// A result that reads well as text, beside its JSON.
protocol TextResult: Encodable {
  var text: String { get }
}

enum Results {
  /// Prints results on stdout: as text, or as one JSON array.
  static func print<Value: TextResult>(_ values: [Value], as format: OutputFormat) throws {
    switch format {
    case .text:
      for value in values { Swift.print(value.text) }
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.dateEncodingStrategy = .iso8601
      Swift.print(String(decoding: try encoder.encode(values), as: UTF8.self))
    }
  }
}
