import FleetModel
import Load
import Transform

/// Makes the rows of device-days from responses.
///
/// The days of a batch are made ahead, while the database is busy with the batch before. They are made again only where other
/// responses contribute than the batch knew of.
struct DayAssembly: Sendable {
  private struct AssembledDay: Sendable {
    let contributors: Set<Int64>
    let rows: DeviceDayRows
  }

  /// The responses at hand, by number; nil for one that does not count.
  private let responses: [Int64: DayResponse?]
  private let ready: [DayKey: AssembledDay]

  /// - Parameter latest: of the responses, those that count for their asked day.
  init(of days: Set<DayKey>, from responses: [ReadResponse], latest: [DayKey: KnownResponse]) {
    let atHand = Dictionary(responses.map { ($0.archived.key.number, $0.dayResponse) }) { first, _ in first }
    var contributors: [DayKey: Set<Int64>] = [:]
    for response in latest.values {
      for day in response.concernedDays where days.contains(day) {
        contributors[day, default: []].insert(response.key.number)
      }
    }
    self.responses = atHand
    ready = contributors.reduce(into: [:]) { ready, entry in
      let (day, numbers) = entry
      let rows = Self.rows(of: day, from: numbers.compactMap { atHand[$0] ?? nil })
      ready[day] = rows.map { AssembledDay(contributors: numbers, rows: $0) }
    }
  }

  var pointCount: Int { ready.values.reduce(0) { $0 + $1.rows.content.pointCount } }

  /// The months whose partitions the days need, by any day in each.
  var months: Set<UTCDay> { Set(ready.keys.map(\.day.startOfMonth)) }

  /// The contributors to a day that must be read from the archive before ``rows(of:from:archived:)``.
  func missing(from contributors: Set<ResponseKey>, of day: DayKey) -> [ResponseKey] {
    if ready[day]?.contributors == Set(contributors.map(\.number)) { return [] }
    return contributors.filter { responses[$0.number] == nil }
  }

  /// The rows of a device-day; nil when no contributor counts.
  ///
  /// - Parameter archived: what was read of ``missing(from:of:)``, by number.
  func rows(
    of day: DayKey, from contributors: Set<ResponseKey>, archived: [Int64: DayResponse]
  ) -> DeviceDayRows? {
    let numbers = Set(contributors.map(\.number))
    if let ready = ready[day], ready.contributors == numbers { return ready.rows }
    return Self.rows(of: day, from: numbers.compactMap { (responses[$0] ?? nil) ?? archived[$0] })
  }

  private static func rows(of day: DayKey, from responses: [DayResponse]) -> DeviceDayRows? {
    guard let device = responses.first?.device else { return nil }
    let content = assemble(day.day, of: device, from: responses)
    // Routes that depart close to midnight concern a day that their response need not report.
    let isReported = responses.contains { response in
      response.askedDay == day.day || response.routes.contains { $0.day == day.day }
    }
    return DeviceDayRows(device: day.device, content: content, hash: isReported ? content.contentHash : nil)
  }
}
