import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Removes erased days from the tables and the archive, and keeps them out.
///
/// An erasure is remembered first, in a commit of its own. From then on nothing it covers is fetched or loaded, and ``apply()`` removes
/// what is stored, in one transaction. If the process is killed, the next command that loads completes the erasure.
public struct Eraser: Sendable {
  let connection: Connection
  let warehouse: Warehouse
  let settlingDays: Int
  let clock: PipelineClock

  /// What was removed, or would be.
  public struct Effect: Hashable, Sendable {
    public var routes = 0
    public var points = 0
    public var readings = 0
    /// Device-days with a checkpoint.
    public var deviceDays = 0
    /// Responses deleted as a whole.
    public var deletedResponses = 0
    /// Responses from which something was removed.
    public var redactedResponses = 0

    public init() {}
  }

  public init(connection: Connection, warehouse: Warehouse, settlingDays: Int, clock: PipelineClock) {
    self.connection = connection
    self.warehouse = warehouse
    self.settlingDays = settlingDays
    self.clock = clock
  }

  /// Stores erasures, unless they are known.
  public func remember(_ erasures: [Erasure]) async throws {
    try await connection.run { [warehouse] db in try warehouse.erasures.remember(erasures, on: db) }
  }

  /// Removes everything that the remembered erasures cover. If nothing is left to remove, this costs one query.
  @discardableResult
  public func apply() async throws -> Effect {
    try await connection.run { [self] db in
      guard try warehouse.erasures.isDue(warehouse.erasures.remembered(on: db), on: db) else { return Effect() }
      return try db.transaction { try erase(on: db) }
    }
  }

  /// What ``apply()`` would remove if these were remembered too. Does it, counts, and rolls back.
  public func preview(_ erasures: [Erasure]) async throws -> Effect {
    try await connection.run { [self] db in
      do {
        return try db.transaction {
          try warehouse.erasures.insertForPreview(erasures, on: db)
          throw RolledBack(effect: try erase(on: db))
        }
      } catch let done as RolledBack {
        return done.effect
      }
    }
  }

  private struct RolledBack: Error {
    let effect: Effect
  }

  private func erase(on db: isolated Connection) throws -> Effect {
    let remembered = try warehouse.erasures.held(on: db)
    var erasing = ErasingTransaction(
      warehouse: warehouse, remembered: remembered, erasures: remembered.erasures, now: clock.now())
    // In the order of their keys, as every load does, so that no deadlock is possible.
    let devices = try erasing.erasures.days.keys.map { try warehouse.devices.key(of: $0, on: db) }.sorted()
    try warehouse.reach.lock(on: db)
    try warehouse.devices.lock(devices, on: db)
    let closed = try devices.flatMap { try warehouse.states.closed(of: $0, on: db) }

    for device in devices { try erasing.clear(device, on: db) }
    try erasing.clearOthers(on: db)
    for device in devices { try erasing.finish(device, on: db) }
    try keepClosed(closed, devices, erasing.erasures, on: db)
    return erasing.effect
  }

  /// Keeps complete days complete, even though readings that proved it are gone, so that they are not fetched again.
  private func keepClosed(
    _ closed: [ClosedDay], _ devices: [DeviceKey], _ erasures: Erasures, on db: isolated Connection
  ) throws {
    try warehouse.review(
      devices.map { StateReview(device: $0, since: nil, includesPending: false) }, days: Set(closed.map(\.key)),
      settlingDays: settlingDays, on: db)
    let still = Set(try devices.flatMap { try warehouse.states.closed(of: $0, on: db).map(\.key) })
    let erased = try erasures.days.map { device, days in (try warehouse.devices.key(of: device, on: db), days) }
    let lost = closed.filter { day in
      !still.contains(day.key) && !erased.contains { $0 == day.key.device && $1.contains { $0.contains(day.key.day) } }
    }
    try warehouse.states.keepClosed(lost, on: db)
    // The seals at both ends of the erased days are gone, and with them the findings on the adjacent days.
    let neighbours = erased.flatMap { device, ranges in
      ranges.flatMap { [$0.lowerBound.previous, $0.upperBound.advanced(by: 1)] }.map { DayKey(device: device, day: $0) }
    }
    try warehouse.review([], comparingOdometerOf: Set(neighbours), settlingDays: settlingDays, on: db)
    try warehouse.listings.compare(on: db)
    try warehouse.midnightCuts.compare(of: Set(neighbours), on: db)
    // Their sample is a heartbeat, which may lie on an erased day.
    try warehouse.heartbeats.compare(of: devices, on: db)
    try warehouse.calibration.compare(of: devices, on: db)
  }

  // MARK: One at a time

  private static let lock = "fleetize-etl erase"

  /// Runs `body` while no other `erase` command runs.
  ///
  /// - Throws: ``EraseInProgress`` if another one does.
  public func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    guard try await connection.run({ db in try db.tryAdvisoryLock(Self.lock) }) else { throw EraseInProgress() }
    let result: Result
    do {
      result = try await body()
    } catch {
      _ = try? await connection.run { db in try db.advisoryUnlock(Self.lock) }
      throw error
    }
    _ = try await connection.run { db in try db.advisoryUnlock(Self.lock) }
    return result
  }
}

/// Another `erase` command holds the lock.
public struct EraseInProgress: Error, CustomStringConvertible {
  public var description: String { "another erase command is running on this database; try again when it has finished" }
}
