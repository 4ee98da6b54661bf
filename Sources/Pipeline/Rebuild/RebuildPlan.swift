import FleetModel
import FoundationEssentials
import Load
import Transform

/// What loading a batch changes: the device-days to rebuild, their checkpoints, the states to review and the findings.
///
/// Pure: decided from the batch and from what the database knew before it.
struct RebuildPlan: Sendable {
  /// What the database knew before the batch.
  struct Known: Sendable {
    var keys: [DeviceID: DeviceKey] = [:]
    /// The latest response for each asked day of the batch.
    var latest: [DayKey: KnownResponse] = [:]
    /// Frozen days, with the time when their responses were pruned.
    var frozen: [DayKey: Date] = [:]
    /// The kept responses that report a day.
    var contributors: [DayKey: [ResponseKey]] = [:]
    /// All responses for asked days that have several, the latest request first.
    var repeated: [DayKey: [ResponseKey]] = [:]
  }

  /// Responses of the batch that the database does not know yet as the latest for their asked day.
  let newResponses: [KnownResponse]
  /// Every device-day whose rows may change. Frozen days are left out, unless a later response for the day itself came.
  let days: Set<DayKey>
  /// Frozen days that are rebuilt from responses again.
  let unfrozen: Set<DayKey>
  /// Device-days that only superseded responses of the batch report. They get a checkpoint, whatever the order of loads.
  let supersededOnly: Set<DayKey>

  private let batch: ResponseBatch
  private let known: Known
  /// The responses of the batch that are now the latest for their asked day.
  private let current: [DayKey: KnownResponse]
  /// The responses that each rebuilt day is made from.
  private let contributors: [DayKey: Set<ResponseKey>]

  init(_ batch: ResponseBatch, known: Known) {
    self.batch = batch
    self.known = known
    let current = batch.latest.filter { asked, response in !(known.latest[asked]?.isLater(than: response) ?? false) }
    let affected = Self.daysAffected(by: current, replacing: known.latest)
    let frozen = known.frozen.filter { affected.contains($0.key) }
    unfrozen = Set(
      frozen.filter { day, prunedAt in
        current[day].map { $0.isComparable && $0.requestedAt > prunedAt } ?? false
      }.keys)
    days = affected.subtracting(frozen.keys).union(unfrozen)
    supersededOnly = batch.reportedDays.subtracting(affected)
    newResponses = current.values.filter { known.latest[$0.asked] != $0 }.sorted { $0.asked < $1.asked }
    contributors = Self.contributors(to: days, current: current, known: known)
    self.current = current
  }

  /// The device-days that responses report, and those that the responses they replace reported.
  static func daysAffected(
    by responses: [DayKey: KnownResponse], replacing known: [DayKey: KnownResponse]
  ) -> Set<DayKey> {
    responses.reduce(into: []) { days, entry in
      days.formUnion(entry.value.concernedDays)
      days.formUnion(known[entry.key]?.concernedDays ?? [])
    }
  }

  private static func contributors(
    to days: Set<DayKey>, current: [DayKey: KnownResponse], known: Known
  ) -> [DayKey: Set<ResponseKey>] {
    var contributors = days.reduce(into: [DayKey: Set<ResponseKey>]()) { contributors, day in
      // What the database knew for the asked days of the batch is replaced by the batch's own responses.
      contributors[day] = Set(
        (known.contributors[day] ?? []).filter { current[DayKey(device: day.device, day: $0.day)] == nil })
    }
    for response in current.values {
      for day in response.concernedDays { contributors[day]?.insert(response.key) }
    }
    return contributors
  }

  // MARK: Days and checkpoints

  /// When the latest complete response for each rebuilt day was requested.
  var fetched: [DayKey: Date] {
    current.filter { days.contains($0.key) && $0.value.isWhole }.mapValues(\.requestedAt)
  }

  /// Responses to read from the archive before ``rows(archived:)``.
  var missingResponses: Set<ResponseKey> {
    contributors.reduce(into: []) { $0.formUnion(batch.assembly.missing(from: $1.value, of: $1.key)) }
  }

  /// The rows of all rebuilt days, in the order of their keys.
  ///
  /// - Parameter archived: those of the ``missingResponses`` that count, by number.
  func rows(archived: [Int64: DayResponse]) -> [DeviceDayRows] {
    days.sorted().compactMap { day in
      batch.assembly.rows(of: day, from: contributors[day] ?? [], archived: archived) ?? emptyRows(of: day)
    }
  }

  /// For a day that no response reports any more.
  private func emptyRows(of day: DayKey) -> DeviceDayRows? {
    let device = batch.responses.first { $0.archived.device == day.device && $0.dayResponse != nil }?.dayResponse?
      .device
    return device.map { device in
      let content = DeviceDay(device: device, day: day.day, routes: [], askedDays: [], findings: [])
      return DeviceDayRows(device: day.device, content: content, hash: nil)
    }
  }

  // MARK: States

  /// The reviews that the batch calls for.
  ///
  /// - Parameter changed: devices for which the batch brought something new.
  func reviews(changed: Set<DeviceKey>) -> [StateReview] {
    var reviews: [DeviceKey: StateReview] = [:]
    func note(_ device: DeviceKey, since: Date, isList: Bool) {
      var review = reviews[device] ?? StateReview(device: device, since: nil, includesPending: false)
      if changed.contains(device) { review.since = min(review.since ?? since, since) }
      review.includesPending = review.includesPending || isList
      reviews[device] = review
    }
    for response in batch.responses {
      let requestedAt = response.archived.response.requestedAt
      switch response.interpretation {
      case .list(let list):
        for device in list.readings.compactMap({ known.keys[$0.device] }) {
          note(device, since: requestedAt, isList: true)
        }
      case .day:
        if let device = response.archived.device { note(device, since: requestedAt, isList: false) }
      case .rejected: break
      }
    }
    return reviews.values.sorted { $0.device < $1.device }
  }

  /// The days on both sides of each midnight at which a device list of the batch may give the odometer.
  func daysNextToSeals(of devices: Set<DeviceKey>) -> Set<DayKey> {
    batch.responses.reduce(into: []) { days, response in
      guard case .list(let list) = response.interpretation else { return }
      for reading in list.readings {
        guard let device = known.keys[reading.device], devices.contains(device), let heartbeat = reading.heartbeatAt
        else { continue }
        let day = UTCDay(containing: heartbeat)
        days.formUnion([DayKey(device: device, day: day.previous), DayKey(device: device, day: day)])
      }
    }
  }

  // MARK: Changes and findings

  /// When complete responses of the batch first reported the asked days, or reported them otherwise than the previous one.
  func changes(previous: [Int64: DayResponse]) -> [DayKey: ContentChange] {
    batch.responses.reduce(into: [:]) { changes, response in
      guard let asked = response.asked, let day = response.dayResponse, day.isComparable else { return }
      let answeredAt = response.archived.response.answeredAt
      let former = previous[response.archived.key.number]
      if let former, day.change(since: former) == nil { return }
      let change = ContentChange(first: former == nil ? answeredAt : nil, last: answeredAt)
      changes[asked] = changes[asked]?.merged(with: change) ?? change
    }
  }

  /// For each response of the batch, by number, the earlier ones for the same asked day, the latest first.
  var earlierResponses: [Int64: [ResponseKey]] {
    batch.responses.reduce(into: [:]) { earlier, response in
      guard let asked = response.asked, response.dayResponse?.isComparable == true, let all = known.repeated[asked]
      else {
        return
      }
      let key = response.archived.key
      earlier[key.number] = Array(all.drop { $0 != key }.dropFirst())
    }
  }

  /// The findings of each response of the batch, by number; a change since the previous response is one.
  ///
  /// - Parameter previous: the previous response for the same asked day, by the number of the later one.
  func findings(previous: [Int64: DayResponse]) -> [Int64: [FindingRow]] {
    batch.responses.reduce(into: [:]) { rows, response in
      let key = response.archived.key
      let change = previous[key.number].flatMap { response.dayResponse?.change(since: $0) }
      rows[key.number] = (response.findings + [change].compactMap { $0 }).map { finding in
        FindingRow(
          finding, device: response.archived.device ?? finding.device.flatMap { known.keys[$0] }, response: key)
      }
    }
  }
}
