import FleetModel
import Load
import Transform

/// An answer in the archive and what it turned out to be.
struct ReadAnswer: Sendable {
  let archived: ArchivedResponse
  let interpretation: Interpretation

  init(_ archived: ArchivedResponse, as interpretation: Interpretation) {
    self.archived = archived.withoutBody
    self.interpretation = interpretation
  }

  /// Reads an archived answer.
  init(_ archived: ArchivedResponse) {
    self.init(archived, as: interpret(archived.response))
  }

  /// The device-day that was asked for; nil for a list.
  var asked: DayKey? { archived.device.map { DayKey(device: $0, day: archived.key.day) } }

  var dayAnswer: DayAnswer? {
    if case .day(let answer) = interpretation { answer } else { nil }
  }

  var pointCount: Int { dayAnswer?.routes.reduce(0) { $0 + $1.points.count } ?? 0 }

  var readings: [DeviceReading] {
    switch interpretation {
    case .list(let list): list.readings
    case .day(let day): [day.reading].compactMap { $0 }
    case .rejected: []
    }
  }

  /// About the answer itself, not about a day's rows.
  var findings: [Finding] {
    switch interpretation {
    case .list(let list): list.findings
    case .day(let day): day.findings
    case .rejected(_, let findings): findings
    }
  }
}
