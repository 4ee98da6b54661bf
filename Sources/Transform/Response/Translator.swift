import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Translates wire values. An absent value becomes nil; an unusable value becomes nil and a finding.
struct Translator {
  var findings: FindingLog

  mutating func text(_ value: WireValue, _ tag: String) -> String? {
    scalar(value, tag)
  }

  /// Kilometres, km/h, volts, degrees and so on, to three decimals.
  mutating func decimal(_ value: WireValue, _ tag: String) -> Decimal3? {
    number(value, tag, decimals: 3, within: -999_999_999_999_999_999...999_999_999_999_999_999)
      .map(Decimal3.init(thousandths:))
  }

  /// Rounded once, to two decimals.
  mutating func average(_ value: WireValue, _ tag: String) -> Decimal3? {
    number(value, tag, decimals: 2, within: -99_999_999_999_999_999...99_999_999_999_999_999)
      .map { Decimal3(thousandths: $0 * 10) }
  }

  mutating func seconds(_ value: WireValue, _ tag: String) -> Int32? {
    number(value, tag, decimals: 0, within: 0...Int64(Int32.max)).map(Int32.init(truncatingIfNeeded:))
  }

  mutating func identifier(_ value: WireValue, _ tag: String) -> Int64? {
    wholeNumber(value, tag, within: 1...Int64.max)
  }

  /// A code from one of the document's lists. Unknown codes are kept, with a finding.
  mutating func code(_ value: WireValue, _ tag: String, known: ClosedRange<Int32>, otherwise rule: Rule) -> Int32? {
    guard let code = wholeNumber(value, tag, within: Int64(Int32.min)...Int64(Int32.max)) else { return nil }
    let narrow = Int32(truncatingIfNeeded: code)
    if !known.contains(narrow) { findings.note(rule, subject: tag, sample: value.sample) }
    return narrow
  }

  mutating func flag(_ value: WireValue, _ tag: String) -> Bool? {
    guard let text = scalar(value, tag) else { return nil }
    if text == "true" { return true }
    switch DecimalText.scaled(text, decimals: 3) {
    case .value(0): return false
    case .value(1_000): return true
    default:
      findings.note(.flagGarbled, subject: tag, sample: text)
      return nil
    }
  }

  /// Unix time. Zero and texts such as `0000-00-00 00:00:00` count as absent.
  mutating func timestamp(_ value: WireValue, _ tag: String) -> Date? {
    if case .at(let date) = moment(value, tag) { date } else { nil }
  }

  /// Unix time that the device reports of itself, see ``Moment/reported(requestedAt:)``.
  mutating func reported(_ value: WireValue, _ tag: String, requestedAt: Date) -> Moment {
    let sent = moment(value, tag)
    let reported = sent.reported(requestedAt: requestedAt)
    if reported == .unusable, sent != .unusable {
      findings.note(.readingInFuture, subject: tag, sample: value.sample)
    }
    return reported
  }

  private mutating func moment(_ value: WireValue, _ tag: String) -> Moment {
    if case .structure = value {
      _ = scalar(value, tag)
      return .unusable
    }
    guard let text = scalar(value, tag), !Self.isBlank(text), !Self.isZeroDate(text) else { return .absent }
    switch DecimalText.scaled(text, decimals: 3) {
    case .value(let milliseconds) where (1..<Self.year2100 * 1_000).contains(milliseconds):
      if milliseconds % 1_000 != 0 { findings.note(.timestampFraction, subject: tag, sample: text) }
      let seconds = milliseconds / 1_000
      return seconds == 0 ? .absent : .at(Date(timeIntervalSince1970: Double(seconds)))
    case .value, .outOfRange:
      findings.note(.timestampOutOfRange, subject: tag, sample: text)
    case .garbled:
      findings.note(.timestampGarbled, subject: tag, sample: text)
    }
    return .unusable
  }

  mutating func location(_ value: WireValue, _ tag: String) -> Coordinate? {
    guard let text = scalar(value, tag), !Self.isBlank(text) else { return nil }
    let bytes = Array(text.utf8)
    let commas = bytes.indices.filter { bytes[$0] == UInt8(ascii: ",") }
    guard commas.count == 1 else {
      findings.note(.locationGarbled, subject: tag, sample: text)
      return nil
    }
    let latitude = DecimalText.scaled(bytes.span.extracting(first: commas[0]), decimals: 7)
    let longitude = DecimalText.scaled(bytes.span.extracting(droppingFirst: commas[0] + 1), decimals: 7)
    switch (latitude, longitude) {
    case (.garbled, _), (_, .garbled):
      findings.note(.locationGarbled, subject: tag, sample: text)
    case (.value(0), .value(0)):
      findings.note(.locationZero, subject: tag, sample: text)
    case (.value(let latitude), .value(let longitude)):
      if let coordinate = Coordinate(latitudeE7: latitude, longitudeE7: longitude) { return coordinate }
      findings.note(.locationOutOfRange, subject: tag, sample: text)
    default:
      findings.note(.locationOutOfRange, subject: tag, sample: text)
    }
    return nil
  }

  // MARK: Parts

  private static let year2100: Int64 = 4_102_444_800

  private static func isBlank(_ text: String) -> Bool {
    text.allSatisfy(\.isWhitespace)
  }

  /// Only zeros and the punctuation of a date, in any notation.
  private static func isZeroDate(_ text: String) -> Bool {
    text.contains("0") && text.allSatisfy { "0-:/. +TZ".contains($0) }
  }

  private mutating func scalar(_ value: WireValue, _ tag: String) -> String? {
    switch value {
    case .absent: return nil
    case .scalar(let text): return text
    case .structure(let excerpt):
      findings.note(.valueUnusable, subject: tag, sample: excerpt)
      return nil
    }
  }

  /// Times ten to the power of `decimals`, rounded.
  private mutating func number(
    _ value: WireValue, _ tag: String, decimals: Int, within range: ClosedRange<Int64>
  ) -> Int64? {
    guard let text = scalar(value, tag), !Self.isBlank(text) else { return nil }
    switch DecimalText.scaled(text, decimals: decimals) {
    case .value(let number) where range.contains(number): return number
    case .value, .outOfRange: findings.note(.numberOutOfRange, subject: tag, sample: text)
    case .garbled: findings.note(.numberGarbled, subject: tag, sample: text)
    }
    return nil
  }

  /// Accepts `492`, `492.0` and `4.92e2`, but not `492.5`.
  private mutating func wholeNumber(_ value: WireValue, _ tag: String, within range: ClosedRange<Int64>) -> Int64? {
    guard let number = number(value, tag, decimals: 0, within: range) else { return nil }
    guard case .scalar(let text) = value, text.contains(where: { ".eE".contains($0) }) else { return number }
    guard case .value(let exact) = DecimalText.scaled(text, decimals: 3), exact % 1_000 == 0 else {
      findings.note(.numberGarbled, subject: tag, sample: text)
      return nil
    }
    return number
  }
}
