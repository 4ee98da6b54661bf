import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Pipeline
import Testing
import Transform

/// docs/data-quality.md is compared with the rules of the code;
/// `FLEETIZE_UPDATE_DOCS=1 swift test --filter 'page on data quality'` rewrites it.
@Suite(.serialized) struct `The page on data quality` {
  private let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../../docs/data-quality.md"
  )
  .standardizedFileURL

  @Test func `has every rule with its severity and sentence, and no other`() throws {
    let rules = Rule.ofResponsesAndDays + Rule.ofWarehouse
    let rows = rules.map { "| `\($0.code)` | \($0.severity.rawValue) | \($0.sentence) |" }
    try check("rules", ["| rule | severity | what is wrong, and how it was handled |", "|---|---|---|"] + rows)
  }

  @Test func `has every fault that makes a response unusable, with its consequence`() throws {
    let rows = Self.faultsOfResponses.map { "| `\($0.code)` | \($0.description) | \(consequence(of: $0)) |" }
    try check("faults", ["| rule | the response is unusable: | then |", "|---|---|---|"] + rows)
  }

  /// Rules that need several responses or a thousand findings have their own tests.
  @Test func `has a stored response for every rule about a response`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../EndToEndTests/QuirkRows")
    let rows = try FileManager.default.contentsOfDirectory(atPath: folder.path()).map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }
    let missing = Rule.ofResponsesAndDays.map(\.code).filter { code in
      !rows.contains { $0.contains("\"rule\": \"\(code)\"") }
    }
    #expect(Set(missing) == ["more_findings", "route_version_superseded", "day_changed", "points_left_out"])
  }

  @Test func `has every rule that --fail-on accepts, each with a code, a severity and a sentence`() {
    #expect(Self.faultsOfResponses.map(\.code) == Fault.responseCodes)
    let codes = Rule.all.map(\.code)
    #expect(codes == (Rule.ofResponsesAndDays + Rule.ofWarehouse).map(\.code) + Fault.responseCodes)
    #expect(Set(codes).count == codes.count)
    for rule in Rule.all {
      #expect(rule.code.wholeMatch(of: /[a-z]+(_[a-z0-9]+)*/) != nil)
      #expect(rule.sentence.hasSuffix("."))
    }
  }

  @Test func `and the view agree on days that settled`() throws {
    let view = page.deletingLastPathComponent().appending(path: "../sql/finding.sql").standardizedFileURL
    let text = try String(contentsOf: view, encoding: .utf8)
    let rule = try #require(Rule.ofWarehouse.first { $0.code == "settled_without_proof" })
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("'\(rule.code)', '\(rule.severity.rawValue)', 1, '\(rule.sentence)'"))
  }

  /// The faults of responses; other faults leave no response for a finding.
  private static let faultsOfResponses: [Fault] = [
    .tokenRefused, .tokenBlocked, .tooFast, .vendorError(code: 1234, text: "…"), .httpStatus(503), .emptyBody,
    .emptyList,
    .truncated(bytes: 1234), .notJSON("…"), .wrongShape("…"), .wrongDevice(answered: "493"),
    .wrongDay(answered: "2026-10-05"),
  ]

  private func consequence(of fault: Fault) -> String {
    switch fault.consequence {
    case .retryLater where fault == .tooFast: "the interval doubles for an hour; the second in a row ends the run"
    case .retryLater: "retried in this run, up to three attempts"
    case .skipDeviceDay: "the device-day has failed in this run"
    case .stopRun: "the run ends"
    case .stopEverything: "nothing is sent until `fleetize-etl unblock --confirm`"
    }
  }

  private func check(_ part: String, _ table: [String]) throws {
    let text = try String(contentsOf: page, encoding: .utf8)
    let (begin, end) = ("<!-- \(part): begin -->\n", "\n<!-- \(part): end -->")
    let from = try #require(text.firstRange(of: begin)?.upperBound)
    let to = try #require(text[from...].firstRange(of: end)?.lowerBound)
    let wanted = table.joined(separator: "\n")
    if ProcessInfo.processInfo.environment["FLEETIZE_UPDATE_DOCS"] != nil {
      try Data("\(text[..<from])\(wanted)\(text[to...])".utf8).write(to: page, options: .atomic)
    } else {
      #expect(text[from..<to] == wanted, "stale: run FLEETIZE_UPDATE_DOCS=1 swift test --filter 'page on data quality'")
    }
  }
}
