import FoundationEssentials

/// Writes the rows of a binary COPY: ``beginRow(columns:)``, then one call per column, in order.
///
/// Each method writes exactly the type that it is named after. The binary format converts nothing: the server refuses an
/// `int32` for a `smallint` column. A value that cannot be stored is reported by the next `beginRow` or at the end.
public struct CopyWriter: ~Copyable {
  @usableFromInline var buffer: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var count = 0
  /// How many columns the current row still lacks.
  @usableFromInline var missing = 0
  /// Rows begun so far.
  public private(set) var rowCount = 0
  private var failure: PostgresError?
  private let handle: Handle
  private let statement: Statement

  /// The buffer is sent once it is this full.
  @usableFromInline static let sendSize = 64 * 1024

  init(handle: Handle, statement: Statement) {
    self.handle = handle
    self.statement = statement
    capacity = 2 * Self.sendSize
    buffer = .allocate(byteCount: capacity, alignment: 16)
    // Signature, flags and length of the header extension, as documented for COPY.
    append(Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  deinit { buffer.deallocate() }

  // MARK: Rows

  /// - Throws: ``PostgresError``: `.usage` if the previous row has too few or too many columns or a value that cannot be
  ///   stored, `.connectionLost`, `.cancelled`.
  @inlinable
  public mutating func beginRow(columns: Int) throws {
    if missing != 0 || count >= Self.sendSize { try endBlock() }
    missing = columns
    countRow()
    reserve(2)
    store(Int16(truncatingIfNeeded: columns))
  }

  @usableFromInline
  mutating func countRow() {
    rowCount += 1
  }

  @usableFromInline
  mutating func endBlock() throws {
    try checkRow()
    try send()
  }

  private func checkRow() throws {
    if let failure { throw failure }
    guard missing == 0 else {
      throw PostgresError(
        .usage,
        "row \(rowCount) of the COPY has \(missing > 0 ? "\(missing) columns too few" : "\(-missing) columns too many")",
        statement: statement.text)
    }
  }

  private mutating func send() throws {
    try handle.putCopyData(UnsafeRawBufferPointer(start: buffer, count: count), statement)
    count = 0
  }

  /// Sends the rest and the trailer, without which the server would accept a truncated stream.
  mutating func finish() throws {
    try checkRow()
    reserve(2)
    store(Int16(-1))
    try send()
  }

  @usableFromInline
  mutating func fail(_ why: String) {
    failure = failure ?? PostgresError(.usage, "row \(rowCount) of the COPY: \(why)", statement: statement.text)
    // Makes the next `beginRow` check.
    missing = .max / 2
  }

  // MARK: Bytes

  @inlinable
  mutating func reserve(_ size: Int) {
    if count + size > capacity { grow(by: size) }
  }

  @usableFromInline
  mutating func grow(by size: Int) {
    let wider = UnsafeMutableRawPointer.allocate(byteCount: max(2 * capacity, count + size), alignment: 16)
    wider.copyMemory(from: buffer, byteCount: count)
    buffer.deallocate()
    buffer = wider
    capacity = max(2 * capacity, count + size)
  }

  /// Big-endian, into reserved space.
  @inlinable
  mutating func store<Integer: FixedWidthInteger>(_ value: Integer) {
    buffer.storeBytes(of: value.bigEndian, toByteOffset: count, as: Integer.self)
    count += MemoryLayout<Integer>.size
  }

  private mutating func append(_ bytes: [UInt8]) {
    reserve(bytes.count)
    bytes.withUnsafeBytes {
      buffer.advanced(by: count).copyMemory(from: $0.baseAddress ?? .init(buffer), byteCount: $0.count)
    }
    count += bytes.count
  }

  @inlinable
  mutating func field<Integer: FixedWidthInteger>(_ value: Integer) {
    reserve(4 + MemoryLayout<Integer>.size)
    store(Int32(MemoryLayout<Integer>.size))
    store(value)
    missing -= 1
  }

  // MARK: Columns

  @inlinable
  public mutating func null() {
    reserve(4)
    store(Int32(-1))
    missing -= 1
  }

  @inlinable
  public mutating func bool(_ value: Bool) { field(UInt8(value ? 1 : 0)) }

  @inlinable
  public mutating func bool(_ value: Bool?) {
    if let value { bool(value) } else { null() }
  }

  /// `smallint`.
  @inlinable
  public mutating func int16(_ value: Int16) { field(value) }

  /// `integer`.
  @inlinable
  public mutating func int32(_ value: Int32) { field(value) }

  @inlinable
  public mutating func int32(_ value: Int32?) {
    if let value { int32(value) } else { null() }
  }

  /// `timestamptz`, rounded to the microsecond.
  public mutating func timestamptz(_ value: Date) {
    guard let timestamp = Timestamp(value) else {
      fail("a date is outside the range of timestamptz")
      return
    }
    field(timestamp.microseconds)
  }

  public mutating func timestamptz(_ value: Date?) {
    if let value { timestamptz(value) } else { null() }
  }

  /// `date`.
  @inlinable
  public mutating func date(daysSince1970: Int32) { field(daysSince1970 - 10_957) }
}
