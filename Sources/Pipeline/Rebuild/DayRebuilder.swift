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
  /// Whether statements that the session has prepared are planned once. That fits a day at a time: a plan does not depend on how many there are.
  var reusesPlans = false

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
      if reusesPlans { _ = try db.execute("set local plan_cache_mode to force_generic_plan") }
      let erasures = try warehouse.erasures.held(on: db)
      let (keys, served) = try lock(given, on: db)
      let batch = try admitted(given, erasures, on: db)
      let plan = try self.plan(batch, keys: keys, on: db)
      var archive = ResponseCache(batch, warehouse)

      let withNewReadings = try warehouse.readings.add(batch.readings, keys: keys, on: db)
      try warehouse.heartbeats.compare(of: withNewReadings, on: db)
      try warehouse.calibration.compare(of: withNewReadings, on: db)
      if batch.hasDeviceLists { try warehouse.listings.compare(on: db) }
      try warehouse.responseDays.note(plan.newResponses, on: db)
      let days = try plan.rows(archived: archive.dayResponses(plan.missingResponses, on: db))
      let written = try warehouse.days.replace(days, fetched: plan.fetched, rewriting: rewritesUnchanged, on: db)
      try warehouse.days.noteRebuilt(plan.unfrozen, on: db)
      try warehouse.failures.forget(of: plan.fetched.keys, on: db)
      let changed = withNewReadings.union(written.map(\.device)).union(plan.newResponses.map(\.device))
      try warehouse.midnightCuts.compare(of: Set(days.map(\.key)), on: db)
      let withinReach = try extendReach(by: served, on: db)
      try review(plan, changed: changed, withNewReadings: withNewReadings, withinReach: withinReach, on: db)
      let previous = try archive.previous(plan.earlierResponses, on: db)
      try warehouse.checkpoints.note(plan.changes(previous: previous), on: db)
      try warehouse.findings.replace(plan.findings(previous: previous), on: db)
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

  /// Locks everything that the batch may change: first the account, if the batch has device lists or decides how far back the API serves
  /// data, then devices.
  ///
  /// - Returns: the keys of the devices that the batch mentions, and the days that extend the API's known reach.
  private func lock(
    _ batch: ResponseBatch, on db: isolated Connection
  ) throws -> (keys: [DeviceID: DeviceKey], served: [ServedDay]) {
    try db.preferIndexes()
    // Days younger than the settling time are within reach anyway, and a night must not wait for other loads.
    if batch.hasDeviceLists || batch.greatestAge ?? 0 > settlingDays { try warehouse.reach.lock(on: db) }
    let served = try warehouse.reach.unknown(among: batch.served, on: db)
    let beyond = try served.isEmpty ? [] : warehouse.reach.daysWithin(served, on: db)
    let keys = try warehouse.devices.keys(of: Set(batch.responses.flatMap(\.mentionedDevices)), on: db)
    try warehouse.devices.lock(
      Set(keys.values).union(batch.responses.compactMap(\.archived.device)).union(beyond.map(\.device)), on: db)
    return (keys, served)
  }

  /// - Returns: the days that were taken to lie beyond the API's history, and are within its reach now.
  private func extendReach(by served: [ServedDay], on db: isolated Connection) throws -> Set<DayKey> {
    guard !served.isEmpty else { return [] }
    try warehouse.reach.extend(by: served, on: db)
    return try warehouse.reach.daysWithin(served, on: db)
  }

  /// Gives superseded days their checkpoints, reviews states and compares odometers.
  private func review(
    _ plan: RebuildPlan, changed: Set<DeviceKey>, withNewReadings: Set<DeviceKey>, withinReach: Set<DayKey>,
    on db: isolated Connection
  ) throws {
    let supersededOnly = try warehouse.checkpoints.missing(among: plan.supersededOnly, on: db)
    try warehouse.checkpoints.add(of: supersededOnly, on: db)
    try warehouse.review(
      plan.reviews(changed: changed), days: plan.days.union(supersededOnly).union(withinReach),
      comparingOdometerOf: plan.days.union(plan.daysNextToSeals(of: withNewReadings)), settlingDays: settlingDays,
      on: db)
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
        writtenDays: known.concernedDays.filter(written.contains).map(\.day).sorted(),
        routeCount: contents[asked]?.routes.count ?? 0, pointCount: contents[asked]?.pointCount ?? 0,
        state: states[asked])
    }
  }
}
