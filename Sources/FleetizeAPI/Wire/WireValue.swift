/// The value of a tag as sent: PHP writes numbers as texts or numbers as it pleases, and nothing in many ways.
public enum WireValue: Hashable, Sendable {
  /// No such tag, `null`, `""`, `false`, `[]` or `{}`.
  case absent
  /// A text without its NUL characters, or a number or `true` as sent.
  case scalar(String)
  /// A list or an object where a value belongs, with the start of its text.
  case structure(String)

  /// What a finding shows; nil when absent.
  public var sample: String? {
    switch self {
    case .absent: nil
    case .scalar(let text): Excerpt.of(text)
    case .structure(let excerpt): excerpt
    }
  }
}
