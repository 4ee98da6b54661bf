import FleetModel
import FleetizeAPI

extension Rule {
  /// Every rule that findings about a usable response or a day's rows can have.
  public static var ofResponsesAndDays: [Rule] {
    responseRules + Tolerance.Kind.allCases.map(\.rule) + QualityRule.all.map(\.rule) + dayRules
  }
}
