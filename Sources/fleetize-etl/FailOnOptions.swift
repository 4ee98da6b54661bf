import ArgumentParser
import FleetModel
import Pipeline

/// The option of commands that fetch, for whoever does not want to look for findings.
struct FailOnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      After the work exit with 2 when the responses or the days of this run have such a finding: a rule's code, or info, warning or error \
      for that severity and the worse ones. May be repeated.
      """, valueName: "finding"), transform: rules)
  var failOn: [[Rule]] = []

  /// The codes of all rules that were named.
  var codes: [String] { Set(failOn.joined().map(\.code)).sorted() }
}

private func rules(named text: String) throws -> [Rule] {
  guard let rules = Rule.named(text) else {
    throw ValidationError(
      "there is no finding \"\(text)\"; there are \(Finding.Severity.allCases.map(\.rawValue).joined(separator: ", ")), "
        + Rule.all.map(\.code).sorted().joined(separator: ", "))
  }
  return rules
}
