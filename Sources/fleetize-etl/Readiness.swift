import ArgumentParser
import FleetModel
import Load
import Postgres

/// What `status --ready` prints for an account. docs/json-output.md documents its JSON.
struct Readiness: Encodable, Hashable, Sendable, TextResult {
  var account: String
  var day: String
  var vehicles = 0
  var closed = 0
  var complete = 0
  var isReady = false

  var text: String {
    vehicles == 0
      ? "account \(account): \(day) was not asked for yet"
      : "account \(account): \(day) is complete for \(complete) of \(vehicles) vehicles"
        + (isReady ? "" : "; more data of \(vehicles - closed) is expected")
  }

  /// Reads only the views, so that a reader's role is enough.
  ///
  /// - Throws: exit code 75 unless every account is ready.
  static func print(of day: UTCDay, _ shared: SharedOptions, _ format: OutputFormat) async throws {
    let accounts = try Settings(file: shared.config).accounts(named: shared.account).map(\.name)
    let connection = try await Session.connection(shared)
    let all = try await connection.run { db in try accounts.map { try Readiness(of: day, $0, on: db) } }
    await connection.close()
    try Results.print(all, as: format)
    guard all.allSatisfy(\.isReady) else { throw ExitCode(ExitStatus.tryLater.rawValue) }
  }

  private init(of day: UTCDay, _ account: String, on db: isolated Connection) throws {
    self.account = account
    self.day = day.description
    let row = try db.query(
      """
      select vehicle_count, closed_count, complete_count, is_ready from bi.readiness
      where account = \(account) and day = \(day)
      """
    ).first
    guard let row else { return }
    vehicles = Int(try row.decode("vehicle_count", as: Int32.self))
    closed = Int(try row.decode("closed_count", as: Int32.self))
    complete = Int(try row.decode("complete_count", as: Int32.self))
    isReady = try row.decode("is_ready")
  }
}
