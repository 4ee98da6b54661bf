import ArgumentParser
import FleetModel
import Logbook
import Pipeline

/// The option of commands that fetch to exit with 2 because of findings.
struct FailOnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Exit with 2 if this run has a finding with this rule, or with this severity (info, warning, error) or a worse one. May be repeated.
      """, valueName: "finding"), transform: rules)
  var failOn: [[Rule]] = []

  /// The codes of all named rules.
  var codes: [String] { Set(failOn.joined().map(\.code)).sorted() }
}

private func rules(named text: String) throws -> [Rule] {
  guard let rules = Rule.named(text) else {
    let names = Finding.Severity.allCases.map(\.rawValue) + Rule.all.map(\.code)
    throw ValidationError(
      "there is no finding \"\(printable(text))\"\(suggestion(for: text, in: names)); docs/data-quality.md lists all")
  }
  return rules
}
