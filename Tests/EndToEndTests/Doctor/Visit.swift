import FleetModel
import Foundation
import Testing

/// What `doctor --format json` said.
struct Visit {
  struct Report: Decodable {
    var settings: [Setting]
    var checks: [Check]
  }
  struct Setting: Decodable {
    var name: String
    var value: String?
    var origin: String
  }
  struct Check: Decodable {
    var check: String
    var verdict: String
    var finding: String
    var advice: String?
  }

  var code: Int32
  var text: String
  var checks: [Check]
  var settings: [String: String]

  var verdicts: [String: String] { Dictionary(checks.map { ($0.check, $0.verdict) }) { first, _ in first } }
  func finding(_ check: String) -> String { checks.first { $0.check == check }?.finding ?? "no such check" }
  func advice(_ check: String) -> String { checks.first { $0.check == check }?.advice ?? "no advice" }
}

extension Visit {
  init(_ outcome: Program.Outcome) throws {
    let reports = try JSONDecoder().decode([Report].self, from: Data(outcome.output.utf8))
    let report = try #require(reports.first)
    let settings = report.settings.map { ($0.name, "\($0.value ?? "none") (\($0.origin))") }
    self.init(
      code: outcome.code, text: outcome.output + outcome.errors, checks: report.checks,
      settings: Dictionary(settings) { first, _ in first })
  }
}

extension Stage {
  func visit(
    _ arguments: [String] = [], with changes: [String: String?] = [:]
  ) async throws -> Visit {
    try Visit(await etl(["doctor", "--format", "json", "--verbose"] + arguments, with: changes))
  }

  /// A day of this month and of the next.
  var partitionDays: [String] {
    let month = Days.today.startOfMonth
    return [month.description, month.advanced(by: 31).startOfMonth.description]
  }
}
