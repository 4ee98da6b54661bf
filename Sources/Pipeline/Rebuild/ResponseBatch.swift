import FleetModel
import FoundationEssentials
import Load
import Transform

/// Responses that are loaded in one transaction, with everything that can be computed before it begins.
struct ResponseBatch: Sendable {
  let responses: [ReadResponse]
  /// Responses loaded before, which may report the same days: they need not be read from the archive again.
  let neighbours: [ReadResponse]
  let readings: [DatedReading]
  /// The latest response for each asked day.
  let latest: [DayKey: KnownResponse]
  /// The device-days that any of these responses reports, and those asked for.
  let reportedDays: Set<DayKey>
  let assembly: DayAssembly

  init(_ responses: [ReadResponse], neighbours: [ReadResponse] = []) {
    self.responses = responses
    self.neighbours = neighbours
    readings = DatedReading.merged(
      responses.flatMap { response in
        response.readings.map { DatedReading($0, from: response.archived, fingerprint: $0.fingerprint) }
      })
    latest = Self.latest(of: responses)
    reportedDays = responses.reduce(into: []) { $0.formUnion($1.reportedDays) }
    assembly = DayAssembly(
      of: Set(latest.values.flatMap(\.concernedDays)), from: responses + neighbours,
      latest: Self.latest(of: responses + neighbours))
  }

  var pointCount: Int { assembly.pointCount }

  var hasDeviceLists: Bool {
    responses.contains { if case .list = $0.interpretation { true } else { false } }
  }

  /// Days that the responses show the API to serve.
  var served: [ServedDay] { ServedDay.telling(responses.compactMap(\.served)) }

  /// The greatest age of an asked day at its request.
  var greatestAge: Int? { responses.compactMap(\.age).max() }

  private static func latest(of responses: [ReadResponse]) -> [DayKey: KnownResponse] {
    responses.reduce(into: [:]) { latest, response in
      guard let known = response.known else { return }
      if latest[known.asked].map(known.isLater) ?? true { latest[known.asked] = known }
    }
  }
}
