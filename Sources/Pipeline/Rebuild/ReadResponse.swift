import FleetModel
import FleetizeAPI
import Load
import Postgres
import Transform

/// An archived response and how Transform interpreted it.
struct ReadResponse: Sendable {
  let archived: ArchivedResponse
  let interpretation: Interpretation
  /// The start of an unusable response, without what it says.
  let sample: String?

  init(_ archived: ArchivedResponse, as interpretation: Interpretation) {
    self.archived = archived.withoutBody
    self.interpretation = interpretation
    let body = archived.response.body
    sample = interpretation.fault == nil || body.isEmpty ? nil : Excerpt.form(of: body)
  }

  /// Interprets an archived response.
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

  /// Findings about the response itself, not about the rows of a day.
  var findings: [Finding] {
    switch interpretation {
    case .list(let list): list.findings
    case .day(let day): day.findings
    case .rejected(_, let findings): findings
    }
  }

  /// The device-days that the response reports: the asked one, and those on which its routes depart. Empty if it does not count.
  var reportedDays: Set<DayKey> {
    guard let asked, let response = dayResponse else { return [] }
    return Set(response.routes.map { DayKey(device: asked.device, day: $0.day) }).union([asked])
  }

  /// How many days old the asked day was at the request; nil for a list, and for a response that does not count.
  var age: Int? {
    dayResponse.map { Int(UTCDay(containing: $0.requestedAt).number - $0.askedDay.number) }
  }

  /// The asked day, if the response shows that the API serves it.
  var served: ServedDay? {
    guard let response = dayResponse, response.routes.contains(where: { $0.day == response.askedDay }) else {
      return nil
    }
    return age.map { ServedDay(day: response.askedDay, age: $0) }
  }

  /// Every device that the response mentions.
  var mentionedDevices: [DeviceID] { readings.map(\.device) + findings.compactMap(\.device) }

  /// What the response is evidence of; nil for a list, and for a response that does not count.
  var known: KnownResponse? {
    guard let asked, let day = dayResponse else { return nil }
    return KnownResponse(
      key: archived.key, device: asked.device, requestedAt: day.requestedAt, heardAt: day.reading?.heartbeatAt,
      isParked: day.reading?.statusCode == 1, isWhole: day.isWhole, doubt: day.doubt,
      days: day.routes.reduce(into: [asked.day]) { $0.formUnion($1.days) })
  }

  /// The message to report when loading this response failed.
  ///
  /// - Throws: `error` itself if the database or its connection is to blame rather than the response.
  func loadError(_ error: any Error) throws -> String {
    if error.isDatabaseTrouble { throw error }
    return "response \(archived.key.number) to \(archived.response.request): \(error)"
  }
}

extension Error {
  /// Whether the database or its connection failed, rather than what was sent to it.
  var isDatabaseTrouble: Bool {
    guard let error = self as? PostgresError else { return false }
    return error.isUnavailable || error.isCancelled || error.trouble != nil
  }
}

extension KnownResponse {
  /// The asked device-day, and those whose rows its routes take part in.
  var concernedDays: [DayKey] { days.map { DayKey(device: device, day: $0) } }
}
