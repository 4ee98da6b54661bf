/// Parameters in the layout that libpq expects.
struct ParameterBuffer {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private var types: [UInt32] = []

  /// - Throws: ``PostgresError`` of kind `.usage` that names the parameter by its number.
  init(_ statement: Statement) throws {
    for (index, parameter) in statement.parameters.enumerated() {
      func refused(_ why: String) -> PostgresError {
        PostgresError(.usage, "parameter $\(index + 1): \(why)", statement: statement.text)
      }
      switch parameter {
      case .null: append(nil, type: .inferred, isBinary: false)
      case .binary(let value, let type):
        guard value.count <= Int32.max else { throw refused("\(value.count) bytes are too long") }
        append(value, type: type, isBinary: true)
      case .text(let text):
        // libpq would stop at the NUL, and PostgreSQL text cannot contain one.
        guard !text.utf8.contains(0) else { throw refused("text with a NUL character cannot be stored") }
        append(Array(text.utf8), type: .inferred, isBinary: false)
      case .unrepresentable(let why): throw refused(why)
      }
    }
  }

  private mutating func append(_ value: [UInt8]?, type: PostgresType, isBinary: Bool) {
    offsets.append(value.map { _ in bytes.count })
    lengths.append(Int32(value?.count ?? 0))
    formats.append(isBinary ? 1 : 0)
    types.append(type.rawValue)
    if let value { bytes += value }
    bytes.append(0)
  }

  /// Values, lengths, formats and types; valid during the call.
  func withPointers<Result>(
    _ body: ([UnsafePointer<CChar>?], [Int32], [Int32], [UInt32]) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      return try body(offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }, lengths, formats, types)
    }
  }
}
