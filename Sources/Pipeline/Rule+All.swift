import FleetModel
import FleetizeAPI
import Load
import Transform

extension Rule {
  /// Every rule that a finding can have, including those for responses that do not count.
  public static var all: [Rule] { ofResponsesAndDays + ofWarehouse + ofRejectedResponses }

  private static var ofRejectedResponses: [Rule] {
    Fault.responseCodes.map { Rule($0, .error, "The response is unusable.") }
  }

  /// The rule with this code, or all rules of this severity or worse; nil if `text` is neither.
  public static func named(_ text: String) -> [Rule]? {
    if let severity = Finding.Severity(rawValue: text) {
      let order = Finding.Severity.allCases
      guard let least = order.firstIndex(of: severity) else { return nil }
      return all.filter { order[least...].contains($0.severity) }
    }
    let rules = all.filter { $0.code == text }
    return rules.isEmpty ? nil : rules
  }
}
