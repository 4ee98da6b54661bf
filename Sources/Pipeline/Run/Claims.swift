import FleetModel
import Load
import Postgres

/// Which process works on which device-day: an advisory lock in PostgreSQL, which ends with the connection at the latest.
struct Claims: Sendable {
  let connection: Connection
  let warehouse: Warehouse

  /// Runs `body` while this process holds the device-day of a call. Every way out releases it.
  ///
  /// - Returns: nil without running `body` if another process holds the device-day, or if it is no longer due.
  func holding<Result: Sendable>(
    _ call: PlannedCall, _ body: (DeviceKey) async throws -> Result
  ) async throws -> Result? {
    guard let device = try await claim(call) else { return nil }
    let result: Result
    do {
      result = try await body(device)
    } catch {
      // The first error counts. If the connection is lost, the lock is gone with it.
      try? await release(call, of: device)
      throw error
    }
    try await release(call, of: device)
    return result
  }

  /// Whether a call is still worth making: the day was not erased, fetched or closed since the plan was made.
  func isDue(_ call: PlannedCall, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    guard try !warehouse.erasures.isErased(call.day, of: device, on: db) else { return false }
    try warehouse.partitions.checkRoom(for: call.day, on: db)
    return call.isDue(try warehouse.checkpoints.facts(call.day, of: device, on: db))
  }

  private func claim(_ call: PlannedCall) async throws -> DeviceKey? {
    try await connection.run { [self] db in
      let device = try warehouse.devices.key(of: call.device, on: db)
      guard try warehouse.checkpoints.claim(call.day, of: device, on: db) else { return nil }
      do {
        if try isDue(call, of: device, on: db) { return device }
      } catch {
        try? warehouse.checkpoints.release(call.day, of: device, on: db)
        throw error
      }
      try warehouse.checkpoints.release(call.day, of: device, on: db)
      return nil
    }
  }

  private func release(_ call: PlannedCall, of device: DeviceKey) async throws {
    try await connection.run { [warehouse] db in try warehouse.checkpoints.release(call.day, of: device, on: db) }
  }
}
