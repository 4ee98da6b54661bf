import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Collects findings. Repeated violations of one rule at one place become one finding with a count.
struct FindingLog {
  /// Keeps a hostile response from filling the warehouse with findings. Those beyond are counted in a single one.
  static let mostFindings = 1_000

  /// The place being read.
  var device: DeviceID?
  var day: UTCDay?
  var departedAt: Date?

  private var findings: [Finding] = []
  private var indices: [Key: Int] = [:]
  private var uncounted = 0

  private struct Key: Hashable {
    var rule: String
    var subject: String?
    var device: DeviceID?
    var departedAt: Date?
  }

  init(device: DeviceID? = nil, day: UTCDay? = nil) {
    self.device = device
    self.day = day
  }

  /// - Parameters:
  ///   - subject: A tag's name. Distinguishes findings of one rule at one place.
  ///   - sample: The offending text as sent; shortened here.
  mutating func note(_ rule: Rule, subject: String? = nil, count: Int = 1, sample: String? = nil) {
    let key = Key(rule: rule.code, subject: subject, device: device, departedAt: departedAt)
    if let index = indices[key] {
      findings[index].occurrences += count
    } else if findings.count < Self.mostFindings {
      indices[key] = findings.count
      findings.append(
        Finding(
          rule: rule.code, severity: rule.severity, device: device, day: day, departedAt: departedAt,
          subject: subject, occurrences: count, detail: subject.map { "\($0): \(rule.sentence)" } ?? rule.sentence,
          sample: sample.map { Excerpt.of($0) }))
    } else {
      uncounted += count
    }
  }

  /// Notes a finding about the response as a whole: one finding, however often and wherever the rule is violated.
  mutating func noteOfResponse(_ rule: Rule, subject: String? = nil, count: Int = 1, sample: String? = nil) {
    let place = (device, departedAt)
    if day == nil { device = nil }
    departedAt = nil
    note(rule, subject: subject, count: count, sample: sample)
    (device, departedAt) = place
  }

  /// In the order of first occurrence.
  var all: [Finding] {
    guard uncounted > 0 else { return findings }
    var log = FindingLog(device: day == nil ? nil : device, day: day)
    log.note(.moreFindings, count: uncounted)
    return findings + log.findings
  }
}
