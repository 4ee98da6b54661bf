/// One line of `doctor`: what was looked at, how it is, and what to do. Its JSON is a contract, see docs/json-output.md.
struct Diagnosis: Encodable, Hashable, Sendable {
  enum Verdict: String, Encodable, CaseIterable {
    case ok
    /// Works, but ought to be looked at.
    case warning
    /// Does not work, or soon will not.
    case problem
    /// Could not be looked at: neither good nor bad.
    case unchecked
  }

  /// A stable name such as `clock`.
  var check: String
  /// For what is different for each account.
  var account: String?
  var verdict: Verdict
  /// What was found, as a sentence without a full stop.
  var finding: String
  /// What a person can do about it.
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

  /// Whether something does not work. Warnings and what could not be checked do not count.
  var hasProblem: Bool { checks.contains { $0.verdict == .problem } }
}

extension DoctorReport: TextResult {
  var text: String {
    let names = (settings.map(\.name.count).max() ?? 0) + 2
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    var lines = settings.map { "\(padded($0.name, names))\($0.value ?? "none")  (\($0.origin))" }
    if !lines.isEmpty { lines.append("") }
    for check in checks {
      let account = check.account.map { "account \($0): " } ?? ""
      lines.append("\(padded(check.verdict.rawValue, 11))\(padded(check.check, 18))\(account)\(check.finding)")
      if let advice = check.advice { lines.append(padded("", 29) + "to do: \(advice)") }
    }
    let counts = Diagnosis.Verdict.allCases.map { verdict in
      "\(checks.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return (lines + ["", counts.joined(separator: ", ")]).joined(separator: "\n")
  }
}
