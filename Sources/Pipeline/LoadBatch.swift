import FleetModel
import FoundationEssentials
import Load
import Transform

/// Answers that are loaded together in one transaction, with all that can be computed before it.
struct LoadBatch: Sendable {
  let answers: [ReadAnswer]
  /// Answers loaded before: those that tell of the same days need not be read from the archive again.
  let neighbours: [ReadAnswer]
  let readings: [DatedReading]
  /// The latest answer for each asked day, with the days that its routes depart on.
  let latest: [DayKey: KnownAnswer]
  /// The device-days that any of these answers tells of, and those asked for.
  let toldDays: Set<DayKey>
  /// The device-days that the latest answers tell of, as they and the neighbours make them.
  let assembled: [DayKey: AssembledDay]

  init(_ answers: [ReadAnswer], neighbours: [ReadAnswer] = []) {
    self.answers = answers
    self.neighbours = neighbours
    readings = DatedReading.merged(
      answers.flatMap { answer in
        answer.readings.map { DatedReading($0, from: answer.archived.response, fingerprint: $0.fingerprint) }
      })
    latest = Self.latest(of: answers)
    toldDays = Set(answers.compactMap(\.known).flatMap(\.toldDays))
    assembled = Self.assemble(Set(latest.values.flatMap(\.toldDays)), from: answers + neighbours)
  }

  var pointCount: Int { assembled.values.reduce(0) { $0 + $1.rows.content.pointCount } }

  private static func latest(of answers: [ReadAnswer]) -> [DayKey: KnownAnswer] {
    answers.reduce(into: [:]) { latest, answer in
      guard let known = answer.known else { return }
      if latest[known.asked].map(known.isLater) ?? true { latest[known.asked] = known }
    }
  }

  private static func assemble(_ days: Set<DayKey>, from answers: [ReadAnswer]) -> [DayKey: AssembledDay] {
    let numbered = Dictionary(answers.map { ($0.archived.key.number, $0.dayAnswer) }) { first, _ in first }
    var tellers: [DayKey: [Int64: DayAnswer]] = [:]
    for answer in latest(of: answers).values {
      for day in answer.toldDays where days.contains(day) {
        tellers[day, default: [:]][answer.key.number] = numbered[answer.key.number] ?? nil
      }
    }
    return tellers.reduce(into: [:]) { $0[$1.key] = AssembledDay($1.key, from: $1.value) }
  }
}

extension ReadAnswer {
  /// Nil for a list, and for an answer that does not count.
  fileprivate var known: KnownAnswer? {
    guard let asked, let day = dayAnswer else { return nil }
    return KnownAnswer(
      key: archived.key, device: asked.device, requestedAt: day.requestedAt, heardAt: day.reading?.heartbeatAt,
      isParked: day.reading?.statusCode == 1, days: Set(day.routes.map(\.day)).union([asked.day]))
  }
}

extension KnownAnswer {
  /// The device-days that it has routes of, and the asked one.
  var toldDays: [DayKey] { days.map { DayKey(device: device, day: $0) } }
}

/// The rows of a device-day and the answers that they were made from.
struct AssembledDay: Sendable {
  let contributors: Set<Int64>
  let rows: DeviceDayRows

  init?(_ day: DayKey, from answers: [Int64: DayAnswer]) {
    guard let device = answers.values.first?.device else { return nil }
    contributors = Set(answers.keys)
    let content = assemble(day.day, of: device, from: Array(answers.values))
    rows = DeviceDayRows(device: day.device, content: content, hash: content.contentHash)
  }
}
