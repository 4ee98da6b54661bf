import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Postgres

struct Prune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Drop old route points and old responses of all accounts. Costs no call.",
    discussion: """
      Whole months are dropped, of a month in between the older days are deleted; runs and dashboards go on meanwhile. Trips, pauses \
      and readings stay: the logbook does not change. Points that are pruned are not written again. A day whose responses are pruned \
      keeps its rows, but cannot be rebuilt by replay. Without --confirm it says what would go, and changes nothing. For the owner of \
      the tables.

      EXAMPLES
        fleetize-etl prune --points-older-than 400d
        fleetize-etl prune --points-older-than 400d --responses-older-than 2024-01-01 --confirm
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(
    help: ArgumentHelp("Points of days before this many days ago, or before a day (UTC).", valueName: "age"),
    transform: parseAge)
  var pointsOlderThan: Age?

  @Option(
    help: ArgumentHelp(
      "Archived responses for days before this many days ago, or before a day (UTC).", valueName: "age"),
    transform: parseAge)
  var responsesOlderThan: Age?

  @Flag(help: "Do it.")
  var confirm = false

  func validate() throws {
    if pointsOlderThan == nil, responsesOlderThan == nil {
      throw ValidationError("say what to prune: --points-older-than AGE, --responses-older-than AGE, or both")
    }
    if !shared.account.isEmpty {
      throw ValidationError("prune works on all accounts at once, because they share the monthly partitions")
    }
  }

  func run() async throws {
    let today = UTCDay(containing: Date())
    try await reporting {
      let session = try await Session(shared)
      let pruner = Pruner(connection: session.connection)
      var reports: [PruneReport] = []
      for (subject, age) in [(Pruner.Subject.points, pointsOlderThan), (.responses, responsesOlderThan)] {
        guard let day = age?.firstKept(today) else { continue }
        guard day <= today else { throw ValidationError("\(day) is in the future: everything would go") }
        let parts =
          confirm
          ? try await pruner.prune(subject, before: day, now: Date()) : try await pruner.preview(subject, before: day)
        reports.append(PruneReport(subject, before: day, parts: parts, isDone: confirm))
      }
      await session.connection.close()
      try Results.print(reports, as: output.format)
    }
  }
}

/// `400d`, or a day.
enum Age: Hashable, Sendable {
  case days(Int)
  case before(UTCDay)

  func firstKept(_ today: UTCDay) -> UTCDay {
    switch self {
    case .days(let count): today.advanced(by: -count)
    case .before(let day): day
    }
  }
}

private func parseAge(_ text: String) throws -> Age {
  if let day = UTCDay(text) { return .before(day) }
  guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...36_600).contains(days) else {
    throw ValidationError("\"\(text)\" is no age; write it in days as 400d, or as the first day to keep, 2025-10-31")
  }
  return .days(days)
}

/// What `prune` prints for points or for responses. Its JSON is a contract, see docs/json-output.md.
struct PruneReport: Encodable {
  struct Part: Encodable {
    var partition: String
    /// Whether the whole month goes.
    var isWhole: Bool
    var rows: Int
    var bytes: Int?
    var firstDay: String?
    var lastDay: String?
  }

  var subject: String
  /// The first day that is kept.
  var before: String
  var rows: Int
  /// Of whole months.
  var bytes: Int
  var partitions: [Part]
  /// False for what would be done.
  var done: Bool

  init(_ subject: Pruner.Subject, before day: UTCDay, parts: [Pruner.Part], isDone: Bool) {
    self.subject = subject.rawValue
    before = day.description
    rows = parts.reduce(0) { $0 + $1.rows }
    bytes = parts.reduce(0) { $0 + ($1.bytes ?? 0) }
    partitions = parts.map {
      Part(
        partition: $0.partition, isWhole: $0.isWhole, rows: $0.rows, bytes: $0.bytes,
        firstDay: $0.days?.lowerBound.description, lastDay: $0.days?.upperBound.description)
    }
    done = isDone
  }
}

extension PruneReport: TextResult {
  var text: String {
    var lines = ["\(subject) of days before \(before): \(rows) rows"]
    for part in partitions {
      let days = part.firstDay.flatMap { first in part.lastDay.map { ", \(first) to \($0)" } } ?? ""
      let what = part.isWhole ? "whole, \((part.bytes ?? 0) / 1_024) KiB on disk" : "its older days"
      lines.append("  \(part.partition): \(what), \(part.rows) rows\(days)")
    }
    lines.append(done ? "  Pruned." : "  Nothing was changed; to prune, add --confirm.")
    return lines.joined(separator: "\n")
  }
}
