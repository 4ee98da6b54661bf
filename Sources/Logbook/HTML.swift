/// A piece of HTML. Literals are markup; every interpolated text is escaped, so that a device may have any name.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  private(set) var text: String

  init(stringLiteral value: StaticString) { text = "\(value)" }
  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: StaticString) { text += "\(literal)" }

    mutating func appendInterpolation(_ value: String) {
      for character in value.unicodeScalars {
        switch character {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        case "'": text += "&#39;"
        default: text.unicodeScalars.append(character)
        }
      }
    }

    mutating func appendInterpolation(_ value: Int) { text += "\(value)" }

    /// A length or a place in a drawing, rounded to a tenth.
    mutating func appendInterpolation(_ value: Double) {
      let tenths = (value * 10).rounded() / 10
      text += tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }

    mutating func appendInterpolation(_ value: HTML) { text += value.text }

    mutating func appendInterpolation(_ values: [HTML]) { text += values.map(\.text).joined(separator: "\n") }
  }
}
