import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// The steps of an erasure, within one transaction that holds the locks of its devices.
struct ErasingTransaction {
  let warehouse: Warehouse
  let remembered: RememberedErasures
  let erasures: Erasures
  let now: Date
  private(set) var effect = Eraser.Effect()
  /// Asked days with a response that was changed or deleted. Findings of their other responses depend on it.
  private var touched: [DeviceKey: Set<UTCDay>] = [:]

  init(warehouse: Warehouse, remembered: RememberedErasures, erasures: Erasures, now: Date) {
    self.warehouse = warehouse
    self.remembered = remembered
    self.erasures = erasures
    self.now = now
  }

  /// Removes the rows of a device's erased days and cleans the responses for that device.
  mutating func clear(_ device: DeviceKey, on db: isolated Connection) throws {
    let responses = try warehouse.archive.responsesForErasedDays(of: device, on: db)
    let since = try warehouse.readings.delete(answeredBy: responses, of: device, on: db)
    for key in responses { try delete(key, on: db) }
    let rows = try warehouse.erasures.deleteRows(of: device, on: db)
    effect.routes += rows.routes
    effect.points += rows.points
    effect.readings += rows.readings
    effect.deviceDays += rows.deviceDays
    for key in try warehouse.archive.responsesToCheck(of: device, through: remembered.through, since: since, on: db) {
      guard let archived = try cleaned(key, on: db) else {
        touched[device, default: []].insert(key.day)
        continue
      }
      if archived.isChanged { touched[device, default: []].insert(key.day) }
      if case .day(let answer) = archived.interpretation, let reading = answer.reading {
        try add([reading], from: archived.response, on: db)
      }
    }
  }

  /// Cleans the device lists of the account, and deletes responses that were requested for another device but contain an erased day.
  mutating func clearOthers(on db: isolated Connection) throws {
    for key in try warehouse.archive.otherResponsesToCheck(through: remembered.through, on: db) {
      guard let archived = try cleaned(key, on: db), archived.isChanged,
        case .list(let list) = archived.interpretation
      else { continue }
      try add(list.readings.filter { erasures.days[$0.device] != nil }, from: archived.response, on: db)
      try replaceFindings(list.findings, of: archived.response, on: db)
    }
  }

  /// Recomputes findings and attributes from the responses and readings that are left of a device.
  func finish(_ device: DeviceKey, on db: isolated Connection) throws {
    for day in (touched[device] ?? []).sorted() {
      var former: DayResponse?
      for key in try warehouse.archive.responses(for: day, of: device, on: db) {
        let archived = try warehouse.archive.response(key, on: db)
        switch interpret(archived.response) {
        case .day(let answer):
          let change = answer.isComparable ? former.flatMap { answer.change(since: $0) } : nil
          try replaceFindings(answer.findings + (change.map { [$0] } ?? []), of: archived, on: db)
          if answer.isComparable { former = answer }
        case .rejected(_, let findings): try replaceFindings(findings, of: archived, on: db)
        case .list: break
        }
      }
    }
    try warehouse.readings.rebuildAttributes(of: device, on: db)
  }

  private struct Cleaned {
    let response: ArchivedResponse
    let interpretation: Interpretation
    let isChanged: Bool
  }

  /// Cleans one response; nil if it had to be deleted.
  private mutating func cleaned(_ key: ResponseKey, on db: isolated Connection) throws -> Cleaned? {
    var archived: ArchivedResponse
    do {
      archived = try warehouse.archive.response(key, on: db)
    } catch is LoadError {
      // Damaged, so it cannot be shown to be clean.
      try delete(key, on: db)
      return nil
    }
    let redaction = redaction(of: archived.response, erasing: erasures)
    switch redaction {
    case .delete:
      try delete(key, on: db)
      return nil
    case .clean:
      try warehouse.archive.noteClean(key, through: remembered.through, on: db)
    case .body(let body):
      try warehouse.archive.redact(key, to: body, through: remembered.through, now: now, on: db)
      archived = archived.with(body: body)
      effect.redactedResponses += 1
    }
    let interpretation = interpret(archived.response).withoutErasedReadings(of: archived.response, erasures)
    return Cleaned(response: archived, interpretation: interpretation, isChanged: redaction != .clean)
  }

  private mutating func delete(_ key: ResponseKey, on db: isolated Connection) throws {
    try warehouse.archive.deleteErased(key, on: db)
    effect.deletedResponses += 1
  }

  private func add(_ readings: [DeviceReading], from archived: ArchivedResponse, on db: isolated Connection) throws {
    let dated = readings.map { DatedReading($0, from: archived, fingerprint: $0.fingerprint) }
    _ = try warehouse.readings.add(
      DatedReading.merged(dated), keys: warehouse.devices.keys(of: Set(readings.map(\.device)), on: db), on: db)
  }

  private func replaceFindings(
    _ findings: [Finding], of archived: ArchivedResponse, on db: isolated Connection
  ) throws {
    let keys = try warehouse.devices.keys(of: Set(findings.compactMap(\.device)), on: db)
    let rows = findings.map { finding in
      FindingRow(
        finding, device: archived.device ?? finding.device.flatMap { keys[$0] }, response: archived.key)
    }
    try warehouse.findings.replace([archived.key.number: rows], on: db)
  }
}
