import FleetModel
import FleetizeAPI

extension Tolerance.Kind {
  var rule: Rule {
    switch self {
    case .byteOrderMark: Rule(rawValue, .info, "A byte order mark was ignored.")
    case .trailingComma: Rule(rawValue, .info, "A trailing comma was ignored.")
    case .doubledComma: Rule(rawValue, .info, "A superfluous comma was ignored.")
    case .missingValue: Rule(rawValue, .warning, "A tag without a value was read as null.")
    case .noBreakSpace: Rule(rawValue, .info, "No-break spaces were read as spaces.")
    case .nulCharacter: Rule(rawValue, .info, "NUL characters were removed.")
    case .controlCharacter: Rule(rawValue, .info, "Unescaped control characters in a text were kept.")
    case .badEscape: Rule(rawValue, .info, "An invalid escape sequence was kept as sent.")
    case .loneSurrogate: Rule(rawValue, .warning, "A lone surrogate was replaced by U+FFFD.")
    case .textNotUTF8: Rule(rawValue, .warning, "Bytes that are not UTF-8 were read as Windows-1252.")
    case .unknownCharset:
      Rule(rawValue, .info, "The declared character set is unknown. The response was read as UTF-8.")
    case .nonstandardNumber: Rule(rawValue, .info, "A number that is not valid JSON was read nevertheless.")
    case .nonstandardLiteral: Rule(rawValue, .info, "A word that is not valid JSON was read as null, true or false.")
    case .duplicateKey: Rule(rawValue, .warning, "A tag occurs more than once in an object. The last one was used.")
    case .listForObject: Rule(rawValue, .info, "A list of one object was read as the object.")
    case .objectForList: Rule(rawValue, .info, "An object with numbers for names was read as a list.")
    case .loneObject: Rule(rawValue, .info, "A single object was read as a list of one.")
    }
  }
}
