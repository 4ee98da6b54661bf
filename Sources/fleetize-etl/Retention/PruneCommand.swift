import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct PruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete old route points and old responses of all accounts. Costs no call.",
    discussion: """
      Drops whole months, and deletes older days of the month that contains the limit; runs and dashboards continue meanwhile. Trips, pauses \
      and readings stay, so the logbook does not change. Pruned points are not written again. A day whose responses are pruned keeps \
      its rows, but replay cannot rebuild it. Without --confirm it shows what it would delete and changes nothing. Run it as the owner \
      of the tables.

      EXAMPLES
        fleetize-etl prune --points-older-than 400d
        fleetize-etl prune --points-older-than 400d --responses-older-than 2024-01-01 --confirm
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(
    help: ArgumentHelp("Delete points of days older than this age, or before this day (UTC).", valueName: "age"),
    transform: parseAge)
  var pointsOlderThan: Age?

  @Option(
    help: ArgumentHelp(
      "Delete archived responses for days older than this age, or before this day (UTC).", valueName: "age"),
    transform: parseAge)
  var responsesOlderThan: Age?

  @Flag(help: "Delete what is shown without this flag.")
  var confirm = false

  func validate() throws {
    if pointsOlderThan == nil, responsesOlderThan == nil {
      throw ValidationError("name what to prune: --points-older-than AGE, --responses-older-than AGE, or both")
    }
    if !shared.account.isEmpty {
      throw ValidationError("prune takes no --account: all accounts share the monthly partitions")
    }
  }

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      let now = session.clock.now()
      let today = UTCDay(containing: now)
      let pruner = Pruner(connection: session.connection)
      var reports: [PruneReport] = []
      for (subject, age) in [(Pruner.Subject.points, pointsOlderThan), (.responses, responsesOlderThan)] {
        guard let day = age?.firstKept(today) else { continue }
        guard day <= today else {
          throw UsageError("\(day) is in the future: everything would be deleted", hint: "name a day in the past")
        }
        let parts =
          confirm
          ? try await pruner.prune(subject, before: day, now: now) : try await pruner.preview(subject, before: day)
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
    throw ValidationError("\"\(text)\" is not an age; write days like 400d, or the first day to keep like 2025-10-31")
  }
  return .days(days)
}

/// What `prune` prints for points or for responses. docs/json-output.md documents its JSON.
struct PruneReport: Encodable {
  struct Part: Encodable {
    var partition: String
    /// Whether the whole month is dropped.
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
  /// False for a preview.
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
    var lines = ["\(subject) of days before \(before): \(counted(rows, "row"))"]
    for part in partitions {
      let days = part.firstDay.flatMap { first in part.lastDay.map { ", \(first) to \($0)" } } ?? ""
      let what = part.isWhole ? "whole, \((part.bytes ?? 0) / 1_024) KiB on disk" : "its older days"
      lines.append("  \(part.partition): \(what), \(counted(part.rows, "row"))\(days)")
    }
    lines.append(done ? "  Pruned." : "  Nothing was changed. To prune, add --confirm.")
    return lines.joined(separator: "\n")
  }
}
