/// The start of a text as sent, safe to store and show: at most 200 characters, control characters replaced by spaces.
///
/// Long words that mix letters and digits are hidden, so that a finding never contains an API token echoed by a response.
public enum Excerpt {
  static let mostCharacters = 200
  private static let shortestSecret = 20

  public static func of(_ bytes: some Collection<UInt8>) -> String {
    of(String(decoding: bytes.prefix(4 * mostCharacters), as: UTF8.self))
  }

  public static func of(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    var word = String.UnicodeScalarView()
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
    func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    func endWord() {
      let isHidden = word.count >= shortestSecret && word.contains(where: isLetter) && word.contains(where: isDigit)
      shown.append(contentsOf: isHidden ? "[hidden]".unicodeScalars : word)
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars.prefix(4 * mostCharacters) {
      if isLetter(scalar) || isDigit(scalar) || scalar == "_" || scalar == "-" {
        word.append(scalar)
      } else {
        endWord()
        shown.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : scalar)
      }
    }
    endWord()
    return String(shown.prefix(mostCharacters))
  }
}

extension Excerpt {
  /// The start of a response without what it says: each digit is 0, and in JSON each text is "…", only names of tags stay.
  public static func form(of bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(4 * mostCharacters), as: UTF8.self)
    let isJSON = text.first { !$0.isWhitespace }.map { "{[\"".contains($0) } ?? false
    let shown = isJSON ? withoutTexts(text) : text
    return of(String(shown.map { $0.isASCII && $0.isNumber ? "0" : $0 }))
  }

  private static func withoutTexts(_ json: String) -> String {
    var shown = ""
    var rest = json[...]
    while let quote = rest.firstIndex(of: "\"") {
      shown += rest[..<quote]
      rest = rest[rest.index(after: quote)...]
      let (text, end) = beginning(of: rest)
      rest = rest[end...]
      shown += rest.first { !$0.isWhitespace } == ":" ? "\"\(text)\"" : "\"…\""
    }
    return shown + rest
  }

  /// A text up to its closing quote, and the place after that.
  private static func beginning(of rest: Substring) -> (text: Substring, end: Substring.Index) {
    var place = rest.startIndex
    while place < rest.endIndex, rest[place] != "\"" {
      let isEscape = rest[place] == "\\"
      place = rest.index(after: place)
      if isEscape, place < rest.endIndex { place = rest.index(after: place) }
    }
    return (rest[..<place], place < rest.endIndex ? rest.index(after: place) : place)
  }
}
