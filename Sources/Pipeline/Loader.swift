import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// Turns archived responses into rows: Transform and Load, in one transaction a batch of responses. The nightly batch is one response.
struct Loader: Sendable {
  let warehouse: Warehouse
  /// Days after a day's end when it becomes final without proof.
  let settlingDays: Int
  /// Whether to write device-days whose content is unchanged too.
  var rewritesUnchanged = false
  /// Whether a commit is on disk when it returns. Otherwise it is a moment later: a server that crashes before it loses whole
  /// batches, never a part of one.
  var commitsToDisk = true

  /// What loading a response changed.
  struct Outcome: Hashable, Sendable {
    /// Days whose rows were written; none when the content was unchanged.
    var writtenDays: [UTCDay] = []
    var routeCount = 0
    var pointCount = 0
    /// Nil for a list and for a response that does not count.
    var state: DayState?
  }

  /// Loads one archived response.
  @discardableResult
  func load(
    _ archived: ArchivedResponse, as interpretation: Interpretation, on db: isolated Connection
  ) throws -> Outcome {
    try load(LoadBatch([ReadResponse(archived, as: interpretation)]), on: db).first ?? Outcome()
  }

  /// Loads archived responses. Repeating it changes nothing, and the order of responses does not matter.
  ///
  /// - Returns: one outcome a response.
  @discardableResult
  func load(_ batch: LoadBatch, on db: isolated Connection) throws -> [Outcome] {
    for month in Set(batch.assembled.keys.map(\.day.startOfMonth)) {
      try warehouse.partitions.ensure(of: .routePoint, for: month, on: db)
    }
    return try db.transaction {
      if !commitsToDisk { _ = try db.execute("set local synchronous_commit to off") }
      let remembered = try warehouse.erasures.held(on: db)
      let keys = try lockDevices(of: batch, on: db)
      let given = batch
      let batch = try admitted(batch, remembered, on: db)
      let scene = try Scene(batch, keys: keys, in: warehouse, on: db)
      let changed = try warehouse.readings.add(batch.readings, keys: scene.keys, on: db)
      try warehouse.heartbeats.compare(of: changed, on: db)
      try warehouse.responseDays.note(scene.fresh, on: db)
      let days = try scene.assemble(on: db)
      let written = try warehouse.days.replace(
        days, fetched: scene.fetched, rewriting: rewritesUnchanged, on: db)
      try warehouse.days.noteRebuilt(scene.returning, on: db)
      let supersededOnly = try warehouse.checkpoints.missing(among: scene.supersededOnly, on: db)
      try warehouse.checkpoints.add(of: supersededOnly, on: db)
      try warehouse.failures.forget(of: scene.fetched.keys, on: db)
      let touched = changed.union(written.map(\.device)).union(scene.fresh.map(\.device))
      let judged = try warehouse.states.review(
        scene.reviews(changed: touched), days: scene.days.union(supersededOnly), settlingDays: settlingDays, on: db)
      try warehouse.odometer.compare(of: judged.union(scene.days).union(scene.sealedDays(of: changed)), on: db)
      try warehouse.findings.replace(try scene.findings(on: db), on: db)
      try warehouse.archive.markLoaded(batch.responses.map(\.archived.key), on: db)
      return try outcomes(of: given.responses, latest: batch.latest, days: days, written: written, on: db)
    }
  }

  private func lockDevices(of batch: LoadBatch, on db: isolated Connection) throws -> [DeviceID: DeviceKey] {
    try db.preferIndexes()
    let keys = try warehouse.devices.keys(of: Set(batch.responses.flatMap(\.namedDevices)), on: db)
    try warehouse.devices.lock(Set(keys.values).union(batch.responses.compactMap(\.archived.device)), on: db)
    return keys
  }

  private func outcomes(
    of responses: [ReadResponse], latest: [DayKey: KnownResponse], days: [DeviceDayRows], written: Set<DayKey>,
    on db: isolated Connection
  ) throws -> [Outcome] {
    let states = try warehouse.checkpoints.states(of: latest.keys, on: db)
    let contents = Dictionary(days.map { ($0.key, $0.content) }) { first, _ in first }
    return responses.map { response in
      guard let asked = response.asked, let told = latest[asked], told.key == response.archived.key else {
        return Outcome()
      }
      return Outcome(
        writtenDays: told.toldDays.filter(written.contains).map(\.day).sorted(),
        routeCount: contents[asked]?.routes.count ?? 0, pointCount: contents[asked]?.pointCount ?? 0,
        state: states[asked])
    }
  }
}
