/// Why bytes are not one complete JSON document. Offsets count bytes from the document's start.
enum JSONFault: Error, Hashable, Sendable {
  /// Only white space.
  case empty
  /// The document is cut off.
  case endedEarly
  case unexpectedByte(UInt8, offset: Int)
  case textAfterEnd(offset: Int)
  case nestedTooDeep
  case tooManyValues
}
