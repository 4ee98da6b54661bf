import Logbook

/// One line of `doctor`: check, verdict and what to do. docs/json-output.md documents its JSON.
struct Diagnosis: Encodable, Hashable, Sendable {
  enum Verdict: String, Encodable, CaseIterable {
    case ok
    /// Works, but deserves attention.
    case warning
    /// Does not work, or soon will not.
    case problem
    /// Could not be checked.
    case unchecked
  }

  /// A stable name such as `clock`.
  var check: String
  /// For checks per account.
  var account: String?
  var verdict: Verdict
  /// What was found, as a sentence without a full stop.
  var finding: String
  /// What to do about it.
  var advice: String?

  static func ok(_ finding: String) -> Diagnosis { Diagnosis(check: "", verdict: .ok, finding: finding) }

  static func warning(_ finding: String, do advice: String) -> Diagnosis {
    Diagnosis(check: "", verdict: .warning, finding: finding, advice: advice)
  }

  static func problem(_ finding: String, do advice: String) -> Diagnosis {
    Diagnosis(check: "", verdict: .problem, finding: finding, advice: advice)
  }

  static func unchecked(_ finding: String, do advice: String? = nil) -> Diagnosis {
    Diagnosis(check: "", verdict: .unchecked, finding: finding, advice: advice)
  }

  func named(_ check: String, account: String? = nil) -> Diagnosis {
    var named = self
    (named.check, named.account) = (check, account)
    return named
  }
}

/// What `doctor` prints.
struct DoctorReport: Encodable {
  var settings: [UsedSetting]
  var checks: [Diagnosis]

  var hasWarning: Bool { checks.contains { $0.verdict == .warning } }

  /// Whether something does not work. Warnings and what could not be checked do not count.
  var hasProblem: Bool { checks.contains { $0.verdict == .problem } }
}

extension DoctorReport: TextResult {
  var text: String {
    var lines = TextTable(settings.map { [$0.name, $0.value ?? "none", "(\($0.origin))"] }).lines
    if !lines.isEmpty { lines.append("") }
    let rows = checks.flatMap { check in
      let account = check.account.map { "account \($0): " } ?? ""
      let row = [check.verdict.rawValue, check.check, account + check.finding]
      return [row] + (check.advice.map { [["", "", "to do: \($0)"]] } ?? [])
    }
    let counts = Diagnosis.Verdict.allCases.map { verdict in
      "\(checks.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return (lines + TextTable(rows).lines + ["", counts.joined(separator: ", ")]).joined(separator: "\n")
  }
}
