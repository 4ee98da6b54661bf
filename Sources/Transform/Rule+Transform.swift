import FleetModel
import FleetizeAPI

extension Rule {
  /// Every rule that can be in a finding of a usable response or of a day's rows.
  public static var ofResponsesAndDays: [Rule] {
    responseRules + Tolerance.Kind.allCases.map(\.rule) + QualityRule.all.map(\.rule) + dayRules
  }
}
