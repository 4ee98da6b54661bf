import FleetModel
import FleetizeAPI

extension Tolerance.Kind {
  /// The severity and the sentence of findings of this kind.
  var rule: Rule {
    switch self {
    case .byteOrderMark: Rule(rawValue, .info, "A byte order mark was skipped.")
    case .trailingComma: Rule(rawValue, .info, "A comma behind the last entry was skipped.")
    case .doubledComma: Rule(rawValue, .info, "A comma too many was skipped.")
    case .missingValue: Rule(rawValue, .warning, "A tag without a value was read as null.")
    case .noBreakSpace: Rule(rawValue, .info, "No-break spaces were read as spaces.")
    case .nulCharacter: Rule(rawValue, .info, "NUL characters were left out.")
    case .controlCharacter: Rule(rawValue, .info, "Control characters in a text were kept.")
    case .badEscape: Rule(rawValue, .info, "A backslash that escapes nothing was kept as sent.")
    case .loneSurrogate: Rule(rawValue, .warning, "Half a surrogate pair was replaced by U+FFFD.")
    case .textNotUTF8: Rule(rawValue, .warning, "Bytes that are not UTF-8 were read as Windows-1252.")
    case .unknownCharset: Rule(rawValue, .info, "The declared character set is unknown; UTF-8 was read.")
    case .nonstandardNumber: Rule(rawValue, .info, "A number is not written as JSON has it.")
    case .nonstandardLiteral: Rule(rawValue, .info, "A word that JSON does not have was read as null, true or false.")
    case .duplicateKey: Rule(rawValue, .warning, "A tag comes more than once in an object; the last one counts.")
    case .listForObject: Rule(rawValue, .info, "A list of one object was read as the object.")
    case .objectForList: Rule(rawValue, .info, "An object with numbers for names was read as a list.")
    case .loneObject: Rule(rawValue, .info, "A lone object was read as a list of one.")
    }
  }
}
