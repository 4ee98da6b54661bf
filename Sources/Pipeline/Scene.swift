import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// What a batch meets in the database: which of its answers count, which device-days they touch, and which other answers tell of these.
struct Scene {
  let batch: LoadBatch
  let keys: [DeviceID: DeviceKey]
  let warehouse: Warehouse
  /// Answers that are now the latest for their asked day.
  let current: [DayKey: KnownAnswer]
  /// Those of them that the database does not know yet as they are.
  let fresh: [KnownAnswer]
  /// Every device-day whose rows may now differ, but those that stand for themselves because answers for them were pruned.
  let days: Set<DayKey>
  /// Those of them that stood for themselves and follow from answers again: one for the day itself was requested later.
  let returning: Set<DayKey>
  /// Device-days that only superseded answers of the batch tell of. They have a checkpoint, whether these were loaded before or after
  /// those that supersede them.
  let formerlyTold: Set<DayKey>

  /// - Parameter keys: of all devices that the batch names.
  init(_ batch: LoadBatch, keys: [DeviceID: DeviceKey], in warehouse: Warehouse, on db: isolated Connection) throws {
    self.batch = batch
    self.keys = keys
    self.warehouse = warehouse
    let known = batch.latest.isEmpty ? [:] : try warehouse.knownAnswers(for: batch.latest.keys, on: db)
    current = batch.latest.filter { asked, answer in !(known[asked]?.isLater(than: answer) ?? false) }
    fresh = current.values.filter { known[$0.asked] != $0 }.sorted { $0.asked < $1.asked }
    let told: Set<DayKey> = current.values.reduce(into: []) { days, answer in
      days.formUnion(answer.toldDays)
      days.formUnion(known[answer.asked]?.toldDays ?? [])
    }
    formerlyTold = batch.toldDays.subtracting(told)
    let standing = try warehouse.daysStandingForThemselves(among: told, on: db)
    let current = current
    returning = Set(standing.filter { day, prunedAt in current[day].map { $0.requestedAt > prunedAt } ?? false }.keys)
    days = told.subtracting(standing.keys).union(returning)
  }

  var fetched: [DayKey: Date] { current.filter { days.contains($0.key) }.mapValues(\.requestedAt) }

  /// The rows of all touched device-days, in their order; computed here only where other answers contribute than the batch knew.
  func assemble(on db: isolated Connection) throws -> [DeviceDayRows] {
    guard !days.isEmpty else { return [] }
    var contributors: [DayKey: Set<ResponseKey>] = [:]
    for (day, keys) in try warehouse.contributors(to: days, on: db) {
      // For the days that this batch answers its own answers count, whatever was noted before.
      contributors[day] = Set(keys.filter { current[DayKey(device: day.device, day: $0.day)] == nil })
    }
    for answer in current.values {
      for day in answer.toldDays { contributors[day, default: []].insert(answer.key) }
    }
    var answers = ArchivedAnswers(batch, warehouse)
    return try days.sorted().compactMap { day in
      let wanted = contributors[day] ?? []
      if let ready = batch.assembled[day], ready.contributors == Set(wanted.map(\.number)) { return ready.rows }
      let tellers = try wanted.reduce(into: [:]) { $0[$1.number] = try answers.dayAnswer($1, on: db) }
      if let assembled = AssembledDay(day, from: tellers) { return assembled.rows }
      // No answer tells of the day any more.
      guard let device = batch.deviceID(of: day.device) else { return nil }
      let content = DeviceDay(device: device, day: day.day, routes: [], findings: [])
      return DeviceDayRows(device: day.device, content: content, hash: nil)
    }
  }

  /// - Parameter changed: devices of which something was new.
  func judgements(changed: Set<DeviceKey>) -> [Judgement] {
    var judgements: [DeviceKey: Judgement] = [:]
    func note(_ device: DeviceKey, since: Date, isList: Bool) {
      var judgement =
        judgements[device] ?? Judgement(device: device, since: nil, includesPending: false)
      if changed.contains(device) { judgement.since = min(judgement.since ?? since, since) }
      judgement.includesPending = judgement.includesPending || isList
      judgements[device] = judgement
    }
    for answer in batch.answers {
      let requestedAt = answer.archived.response.requestedAt
      switch answer.interpretation {
      case .list(let list):
        for device in list.readings.compactMap({ keys[$0.device] }) { note(device, since: requestedAt, isList: true) }
      case .day:
        if let device = answer.archived.device { note(device, since: requestedAt, isList: false) }
      case .rejected: break
      }
    }
    return judgements.values.sorted { $0.device < $1.device }
  }

  /// The days on both sides of the midnights at which lists may tell the odometer: those before the heartbeats' days.
  func sealedDays(of devices: Set<DeviceKey>) -> Set<DayKey> {
    batch.answers.reduce(into: []) { days, answer in
      guard case .list(let list) = answer.interpretation else { return }
      for reading in list.readings {
        guard let device = keys[reading.device], devices.contains(device), let heartbeat = reading.heartbeatAt else {
          continue
        }
        let day = UTCDay(containing: heartbeat)
        days.formUnion([DayKey(device: device, day: day.previous), DayKey(device: device, day: day)])
      }
    }
  }

  /// The findings of each answer, by its number; what changed since the answer before is one.
  func findings(on db: isolated Connection) throws -> [Int64: [FindingRow]] {
    var answers = ArchivedAnswers(batch, warehouse)
    let repeated = try warehouse.repeatedAnswers(for: Set(batch.answers.compactMap(\.asked)), on: db)
    return try batch.answers.reduce(into: [:]) { rows, answer in
      let key = answer.archived.key
      var findings = answer.findings
      if let asked = answer.asked, let day = answer.dayAnswer, let all = repeated[asked] {
        for earlier in all.drop(while: { $0 != key }).dropFirst() {
          guard let former = try answers.readable(earlier, on: db) else { continue }
          if let change = day.change(since: former) { findings.append(change) }
          break
        }
      }
      rows[key.number] = findings.map { finding in
        FindingRow(finding, device: answer.archived.device ?? finding.device.flatMap { keys[$0] }, response: key)
      }
    }
  }
}

extension LoadBatch {
  fileprivate func deviceID(of key: DeviceKey) -> DeviceID? {
    answers.first { $0.archived.device == key && $0.dayAnswer != nil }?.dayAnswer?.device
  }
}

/// Answers for device-days: those of a batch as it has them, others read from the archive, once.
private struct ArchivedAnswers {
  private let warehouse: Warehouse
  private var known: [Int64: DayAnswer?] = [:]

  init(_ batch: LoadBatch, _ warehouse: Warehouse) {
    self.warehouse = warehouse
    for answer in batch.answers + batch.neighbours { known[answer.archived.key.number] = .some(answer.dayAnswer) }
  }

  /// Nil also for one that is damaged: whoever only compares goes on to the one before.
  mutating func readable(_ key: ResponseKey, on db: isolated Connection) throws -> DayAnswer? {
    do {
      return try dayAnswer(key, on: db)
    } catch is LoadError {
      return nil
    }
  }

  /// Nil for an answer that does not count.
  mutating func dayAnswer(_ key: ResponseKey, on db: isolated Connection) throws -> DayAnswer? {
    if let answer = known[key.number] { return answer }
    let answer = ReadAnswer(try warehouse.response(key, on: db)).dayAnswer
    known[key.number] = .some(answer)
    return answer
  }
}
