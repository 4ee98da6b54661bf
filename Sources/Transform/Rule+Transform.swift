import FleetModel
import FleetizeAPI

extension Rule {
  /// Every rule that can be in a finding of a usable answer or of a day's rows.
  public static var ofAnswersAndDays: [Rule] {
    answerRules + Tolerance.Kind.allCases.map(\.rule) + QualityRule.all.map(\.rule) + dayRules
  }
}
