import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// What a batch meets in the database: which of its responses count, which device-days they touch, and which other responses tell of these.
struct Scene {
  let batch: LoadBatch
  let keys: [DeviceID: DeviceKey]
  let warehouse: Warehouse
  /// Responses that are now the latest for their asked day.
  let current: [DayKey: KnownResponse]
  /// Those of them that the database does not know yet as they are.
  let fresh: [KnownResponse]
  /// Every device-day whose rows may now differ, but those that stand for themselves because responses for them were pruned.
  let days: Set<DayKey>
  /// Those of them that stood for themselves and follow from responses again: one for the day itself was requested later.
  let returning: Set<DayKey>
  /// Device-days that only superseded responses of the batch tell of. They have a checkpoint, whether these were loaded before or after
  /// those that supersede them.
  let supersededOnly: Set<DayKey>

  /// - Parameter keys: of all devices that the batch names.
  init(_ batch: LoadBatch, keys: [DeviceID: DeviceKey], in warehouse: Warehouse, on db: isolated Connection) throws {
    self.batch = batch
    self.keys = keys
    self.warehouse = warehouse
    let known = batch.latest.isEmpty ? [:] : try warehouse.responseDays.known(for: batch.latest.keys, on: db)
    current = batch.latest.filter { asked, response in !(known[asked]?.isLater(than: response) ?? false) }
    fresh = current.values.filter { known[$0.asked] != $0 }.sorted { $0.asked < $1.asked }
    let told: Set<DayKey> = current.values.reduce(into: []) { days, response in
      days.formUnion(response.toldDays)
      days.formUnion(known[response.asked]?.toldDays ?? [])
    }
    supersededOnly = batch.toldDays.subtracting(told)
    let standing = try warehouse.days.frozen(among: told, on: db)
    let current = current
    returning = Set(standing.filter { day, prunedAt in current[day].map { $0.requestedAt > prunedAt } ?? false }.keys)
    days = told.subtracting(standing.keys).union(returning)
  }

  var fetched: [DayKey: Date] { current.filter { days.contains($0.key) }.mapValues(\.requestedAt) }

  /// The rows of all touched device-days, in their order; computed here only where other responses contribute than the batch knew.
  func assemble(on db: isolated Connection) throws -> [DeviceDayRows] {
    guard !days.isEmpty else { return [] }
    var contributors: [DayKey: Set<ResponseKey>] = [:]
    for (day, keys) in try warehouse.responseDays.contributors(to: days, on: db) {
      // For the days that this batch responses its own responses count, whatever was noted before.
      contributors[day] = Set(keys.filter { current[DayKey(device: day.device, day: $0.day)] == nil })
    }
    for response in current.values {
      for day in response.toldDays { contributors[day, default: []].insert(response.key) }
    }
    var responses = ArchivedResponses(batch, warehouse)
    return try days.sorted().compactMap { day in
      let wanted = contributors[day] ?? []
      if let ready = batch.assembled[day], ready.contributors == Set(wanted.map(\.number)) { return ready.rows }
      let tellers = try wanted.reduce(into: [:]) { $0[$1.number] = try responses.dayResponse($1, on: db) }
      if let assembled = AssembledDay(day, from: tellers) { return assembled.rows }
      // No response tells of the day any more.
      guard let device = batch.deviceID(of: day.device) else { return nil }
      let content = DeviceDay(device: device, day: day.day, routes: [], findings: [])
      return DeviceDayRows(device: day.device, content: content, hash: nil)
    }
  }

  /// - Parameter changed: devices of which something was new.
  func reviews(changed: Set<DeviceKey>) -> [StateReview] {
    var reviews: [DeviceKey: StateReview] = [:]
    func note(_ device: DeviceKey, since: Date, isList: Bool) {
      var review =
        reviews[device] ?? StateReview(device: device, since: nil, includesPending: false)
      if changed.contains(device) { review.since = min(review.since ?? since, since) }
      review.includesPending = review.includesPending || isList
      reviews[device] = review
    }
    for response in batch.responses {
      let requestedAt = response.archived.response.requestedAt
      switch response.interpretation {
      case .list(let list):
        for device in list.readings.compactMap({ keys[$0.device] }) { note(device, since: requestedAt, isList: true) }
      case .day:
        if let device = response.archived.device { note(device, since: requestedAt, isList: false) }
      case .rejected: break
      }
    }
    return reviews.values.sorted { $0.device < $1.device }
  }

  /// The days on both sides of the midnights at which lists may tell the odometer: those before the heartbeats' days.
  func sealedDays(of devices: Set<DeviceKey>) -> Set<DayKey> {
    batch.responses.reduce(into: []) { days, response in
      guard case .list(let list) = response.interpretation else { return }
      for reading in list.readings {
        guard let device = keys[reading.device], devices.contains(device), let heartbeat = reading.heartbeatAt else {
          continue
        }
        let day = UTCDay(containing: heartbeat)
        days.formUnion([DayKey(device: device, day: day.previous), DayKey(device: device, day: day)])
      }
    }
  }

  /// The findings of each response, by its number; what changed since the response before is one.
  func findings(on db: isolated Connection) throws -> [Int64: [FindingRow]] {
    var responses = ArchivedResponses(batch, warehouse)
    let repeated = try warehouse.archive.repeatedResponses(for: Set(batch.responses.compactMap(\.asked)), on: db)
    return try batch.responses.reduce(into: [:]) { rows, response in
      let key = response.archived.key
      var findings = response.findings
      if let asked = response.asked, let day = response.dayResponse, let all = repeated[asked] {
        for earlier in all.drop(while: { $0 != key }).dropFirst() {
          guard let former = try responses.readable(earlier, on: db) else { continue }
          if let change = day.change(since: former) { findings.append(change) }
          break
        }
      }
      rows[key.number] = findings.map { finding in
        FindingRow(finding, device: response.archived.device ?? finding.device.flatMap { keys[$0] }, response: key)
      }
    }
  }
}

extension LoadBatch {
  fileprivate func deviceID(of key: DeviceKey) -> DeviceID? {
    responses.first { $0.archived.device == key && $0.dayResponse != nil }?.dayResponse?.device
  }
}

/// Responses for device-days: those of a batch as it has them, others read from the archive, once.
private struct ArchivedResponses {
  private let warehouse: Warehouse
  private var known: [Int64: DayResponse?] = [:]

  init(_ batch: LoadBatch, _ warehouse: Warehouse) {
    self.warehouse = warehouse
    for response in batch.responses + batch.neighbours {
      known[response.archived.key.number] = .some(response.dayResponse)
    }
  }

  /// Nil also for one that is damaged: whoever only compares goes on to the one before.
  mutating func readable(_ key: ResponseKey, on db: isolated Connection) throws -> DayResponse? {
    do {
      return try dayResponse(key, on: db)
    } catch is LoadError {
      return nil
    }
  }

  /// Nil for a response that does not count.
  mutating func dayResponse(_ key: ResponseKey, on db: isolated Connection) throws -> DayResponse? {
    if let response = known[key.number] { return response }
    let response = ReadResponse(try warehouse.archive.response(key, on: db)).dayResponse
    known[key.number] = .some(response)
    return response
  }
}
