import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// Rebuilds device-days from archived responses: one transaction per batch. A nightly batch is a single response.
struct DayRebuilder: Sendable {
  let warehouse: Warehouse
  /// Days after a day's end when it becomes final without proof.
  let settlingDays: Int
  /// Whether to write device-days whose content is unchanged too.
  var rewritesUnchanged = false
  /// Whether a commit is on disk when it returns. If not, a server crash loses whole batches, never parts of one.
  var commitsToDisk = true

  /// What loading a response changed.
  struct Outcome: Hashable, Sendable {
    /// Days whose rows were written; none if the content was unchanged.
    var writtenDays: [UTCDay] = []
    var routeCount = 0
    var pointCount = 0
    /// Nil for a list and for a response that does not count.
    var state: DayState?
  }

  /// Loads the responses of a batch. Repeating it changes nothing, and the order of batches does not matter.
  ///
  /// - Returns: one outcome per response.
  @discardableResult
  func rebuild(from given: ResponseBatch, on db: isolated Connection) throws -> [Outcome] {
    for month in given.assembly.months { try warehouse.partitions.ensure(of: .routePoint, for: month, on: db) }
    return try db.transaction {
      if !commitsToDisk { _ = try db.execute("set local synchronous_commit to off") }
      let erasures = try warehouse.erasures.held(on: db)
      let keys = try lockDevices(of: given, on: db)
      let batch = try admitted(given, erasures, on: db)
      let plan = try self.plan(batch, keys: keys, on: db)
      var archive = ResponseCache(batch, warehouse)

      let withNewReadings = try warehouse.readings.add(batch.readings, keys: keys, on: db)
      try warehouse.heartbeats.compare(of: withNewReadings, on: db)
      try warehouse.responseDays.note(plan.newResponses, on: db)
      let days = try plan.rows(archived: archive.dayResponses(plan.missingResponses, on: db))
      let written = try warehouse.days.replace(days, fetched: plan.fetched, rewriting: rewritesUnchanged, on: db)
      try warehouse.days.noteRebuilt(plan.unfrozen, on: db)
      try warehouse.failures.forget(of: plan.fetched.keys, on: db)
      let changed = withNewReadings.union(written.map(\.device)).union(plan.newResponses.map(\.device))
      try review(plan, changed: changed, withNewReadings: withNewReadings, on: db)
      try warehouse.findings.replace(plan.findings(previous: archive.previous(plan.earlierResponses, on: db)), on: db)
      try warehouse.archive.markLoaded(batch.responses.map(\.archived.key), on: db)
      return try outcomes(of: given.responses, latest: batch.latest, days: days, written: written, on: db)
    }
  }

  /// What loading the batch would change, from what the database knows now.
  func plan(
    _ batch: ResponseBatch, keys: [DeviceID: DeviceKey], on db: isolated Connection
  ) throws -> RebuildPlan {
    var known = RebuildPlan.Known(keys: keys)
    if !batch.latest.isEmpty {
      known.latest = try warehouse.responseDays.known(for: batch.latest.keys, on: db)
      let affected = RebuildPlan.daysAffected(by: batch.latest, replacing: known.latest)
      known.frozen = try warehouse.days.frozen(among: affected, on: db)
      known.contributors = try warehouse.responseDays.contributors(to: affected, on: db)
    }
    known.repeated = try warehouse.archive.repeatedResponses(for: Set(batch.responses.compactMap(\.asked)), on: db)
    return RebuildPlan(batch, known: known)
  }

  private func lockDevices(of batch: ResponseBatch, on db: isolated Connection) throws -> [DeviceID: DeviceKey] {
    try db.preferIndexes()
    let keys = try warehouse.devices.keys(of: Set(batch.responses.flatMap(\.mentionedDevices)), on: db)
    try warehouse.devices.lock(Set(keys.values).union(batch.responses.compactMap(\.archived.device)), on: db)
    return keys
  }

  /// Gives superseded days their checkpoints, reviews states and compares odometers.
  private func review(
    _ plan: RebuildPlan, changed: Set<DeviceKey>, withNewReadings: Set<DeviceKey>, on db: isolated Connection
  ) throws {
    let supersededOnly = try warehouse.checkpoints.missing(among: plan.supersededOnly, on: db)
    try warehouse.checkpoints.add(of: supersededOnly, on: db)
    let reviewed = try warehouse.states.review(
      plan.reviews(changed: changed), days: plan.days.union(supersededOnly), settlingDays: settlingDays, on: db)
    try warehouse.odometer.compare(
      of: reviewed.union(plan.days).union(plan.daysNextToSeals(of: withNewReadings)), on: db)
  }

  private func outcomes(
    of responses: [ReadResponse], latest: [DayKey: KnownResponse], days: [DeviceDayRows], written: Set<DayKey>,
    on db: isolated Connection
  ) throws -> [Outcome] {
    let states = try warehouse.checkpoints.states(of: latest.keys, on: db)
    let contents = Dictionary(days.map { ($0.key, $0.content) }) { first, _ in first }
    return responses.map { response in
      guard let asked = response.asked, let known = latest[asked], known.key == response.archived.key else {
        return Outcome()
      }
      return Outcome(
        writtenDays: known.reportedDays.filter(written.contains).map(\.day).sorted(),
        routeCount: contents[asked]?.routes.count ?? 0, pointCount: contents[asked]?.pointCount ?? 0,
        state: states[asked])
    }
  }
}
