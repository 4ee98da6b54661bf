import FleetModel
import FoundationEssentials
import Load
import Transform

/// Responses that are loaded together in one transaction, with all that can be computed before it.
struct LoadBatch: Sendable {
  let responses: [ReadResponse]
  /// Responses loaded before: those that tell of the same days need not be read from the archive again.
  let neighbours: [ReadResponse]
  let readings: [DatedReading]
  /// The latest response for each asked day, with the days that its routes depart on.
  let latest: [DayKey: KnownResponse]
  /// The device-days that any of these responses tells of, and those asked for.
  let toldDays: Set<DayKey>
  /// The device-days that the latest responses tell of, as they and the neighbours make them.
  let assembled: [DayKey: AssembledDay]

  init(_ responses: [ReadResponse], neighbours: [ReadResponse] = []) {
    self.responses = responses
    self.neighbours = neighbours
    readings = DatedReading.merged(
      responses.flatMap { response in
        response.readings.map { DatedReading($0, from: response.archived.response, fingerprint: $0.fingerprint) }
      })
    latest = Self.latest(of: responses)
    toldDays = Set(responses.compactMap(\.known).flatMap(\.toldDays))
    assembled = Self.assemble(Set(latest.values.flatMap(\.toldDays)), from: responses + neighbours)
  }

  var pointCount: Int { assembled.values.reduce(0) { $0 + $1.rows.content.pointCount } }

  private static func latest(of responses: [ReadResponse]) -> [DayKey: KnownResponse] {
    responses.reduce(into: [:]) { latest, response in
      guard let known = response.known else { return }
      if latest[known.asked].map(known.isLater) ?? true { latest[known.asked] = known }
    }
  }

  private static func assemble(_ days: Set<DayKey>, from responses: [ReadResponse]) -> [DayKey: AssembledDay] {
    let numbered = Dictionary(responses.map { ($0.archived.key.number, $0.dayResponse) }) { first, _ in first }
    var tellers: [DayKey: [Int64: DayResponse]] = [:]
    for response in latest(of: responses).values {
      for day in response.toldDays where days.contains(day) {
        tellers[day, default: [:]][response.key.number] = numbered[response.key.number] ?? nil
      }
    }
    return tellers.reduce(into: [:]) { $0[$1.key] = AssembledDay($1.key, from: $1.value) }
  }
}

extension ReadResponse {
  /// Nil for a list, and for a response that does not count.
  fileprivate var known: KnownResponse? {
    guard let asked, let day = dayResponse else { return nil }
    return KnownResponse(
      key: archived.key, device: asked.device, requestedAt: day.requestedAt, heardAt: day.reading?.heartbeatAt,
      isParked: day.reading?.statusCode == 1, days: Set(day.routes.map(\.day)).union([asked.day]))
  }
}

extension KnownResponse {
  /// The device-days that it has routes of, and the asked one.
  var toldDays: [DayKey] { days.map { DayKey(device: device, day: $0) } }
}

/// The rows of a device-day and the responses that they were made from.
struct AssembledDay: Sendable {
  let contributors: Set<Int64>
  let rows: DeviceDayRows

  init?(_ day: DayKey, from responses: [Int64: DayResponse]) {
    guard let device = responses.values.first?.device else { return nil }
    contributors = Set(responses.keys)
    let content = assemble(day.day, of: device, from: Array(responses.values))
    rows = DeviceDayRows(device: day.device, content: content, hash: content.contentHash)
  }
}
