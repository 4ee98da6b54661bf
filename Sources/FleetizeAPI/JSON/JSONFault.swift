/// Why bytes are not one whole JSON document. Offsets count bytes from the document's start.
enum JSONFault: Error, Hashable, Sendable {
  /// Nothing but space.
  case empty
  /// The document stops before its end.
  case endedEarly
  case unexpectedByte(UInt8, offset: Int)
  case textAfterEnd(offset: Int)
  case nestedTooDeep
  case tooManyValues
}
