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
