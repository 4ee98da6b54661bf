import FleetModel
import Load
import Transform

/// A response in the archive and what it turned out to be.
struct ReadResponse: Sendable {
  let archived: ArchivedResponse
  let interpretation: Interpretation

  init(_ archived: ArchivedResponse, as interpretation: Interpretation) {
    self.archived = archived.withoutBody
    self.interpretation = interpretation
  }

  /// Reads an archived response.
  init(_ archived: ArchivedResponse) {
    self.init(archived, as: interpret(archived.response))
  }

  /// The device-day that was asked for; nil for a list.
  var asked: DayKey? { archived.device.map { DayKey(device: $0, day: archived.key.day) } }

  var dayResponse: DayResponse? {
    if case .day(let response) = interpretation { response } else { nil }
  }

  var pointCount: Int { dayResponse?.routes.reduce(0) { $0 + $1.points.count } ?? 0 }

  var readings: [DeviceReading] {
    switch interpretation {
    case .list(let list): list.readings
    case .day(let day): [day.reading].compactMap { $0 }
    case .rejected: []
    }
  }

  /// About the response itself, not about a day's rows.
  var findings: [Finding] {
    switch interpretation {
    case .list(let list): list.findings
    case .day(let day): day.findings
    case .rejected(_, let findings): findings
    }
  }
}
