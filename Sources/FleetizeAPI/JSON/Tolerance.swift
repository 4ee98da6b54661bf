/// A deviation from standard JSON or from the documented shape that was tolerated.
public struct Tolerance: Hashable, Sendable {
  /// The raw value is a finding's rule code.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case byteOrderMark = "byte_order_mark"
    case trailingComma = "trailing_comma"
    case doubledComma = "doubled_comma"
    case missingValue = "missing_value"
    case noBreakSpace = "no_break_space"
    case nulCharacter = "nul_character"
    case controlCharacter = "control_character"
    case badEscape = "bad_escape"
    case loneSurrogate = "lone_surrogate"
    case textNotUTF8 = "text_not_utf8"
    case unknownCharset = "unknown_charset"
    case nonstandardNumber = "nonstandard_number"
    case nonstandardLiteral = "nonstandard_literal"
    case duplicateKey = "duplicate_key"
    case listForObject = "list_for_object"
    case objectForList = "object_for_list"
    case loneObject = "lone_object"
  }

  public var kind: Kind
  /// 1 or more.
  public var count: Int
  /// The first text concerned, if there is one to show.
  public var sample: String?
}
