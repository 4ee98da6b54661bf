/// The value of a tag as sent. PHP writes numbers as numbers or texts, and absent values in many ways.
public enum WireValue: Hashable, Sendable {
  /// No such tag, `null`, `""`, `false`, `[]` or `{}`.
  case absent
  /// A text without its NUL characters, or a number or `true` as sent.
  case scalar(String)
  /// A list or an object instead of a value; the start of its text.
  case structure(String)

  /// The text that a finding shows; nil if absent.
  public var sample: String? {
    switch self {
    case .absent: nil
    case .scalar(let text): Excerpt.of(text)
    case .structure(let excerpt): excerpt
    }
  }
}
