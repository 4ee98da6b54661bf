import FleetModel
import FoundationEssentials
import Load
import Postgres

/// A response came, and the database did not take it: its call is spent, and has to be made again unless ``keep(opening:clock:interruption:)``
/// succeeds.
public struct UnarchivedResponse: Error, CustomStringConvertible {
  let response: Response
  let call: Int64
  let warehouse: Warehouse
  let ledger: CallLedger
  public let cause: PostgresError

  public var request: Request { response.request }

  public var description: String {
    "the response to \(request) came, but archiving it failed, and the next run makes this call again unless it was archived after all: \(cause)"
  }
}

extension UnarchivedResponse {
  /// How long a response is held for a database that is away, in seconds.
  static let patience = 300.0

  /// Whether the database may take the response when it is asked again.
  public var isWorthHolding: Bool { cause.pause != nil }

  /// Archives the response over another connection as soon as the database is back, unless the first attempt had succeeded after all.
  ///
  /// - Parameter opening: makes the connection.
  /// - Returns: whether it is archived; false when the database stayed away for five minutes, cannot take it, or somebody asked to stop.
  public func keep(
    opening: () async throws -> Connection, clock: PipelineClock, interruption: Interruption
  ) async -> Bool {
    let end = clock.now().addingTimeInterval(Self.patience)
    var latest = cause
    while latest.pause != nil, clock.now() < end {
      do {
        try await archive(over: try await opening())
        return true
      } catch let error as PostgresError {
        latest = error
      } catch {
        return false
      }
      let next = clock.now().addingTimeInterval(1)
      guard (try? await interruption.wait { try await clock.sleep(next) }) != nil else { return false }
    }
    return false
  }

  private func archive(over connection: Connection) async throws {
    do {
      try await connection.run { db in
        try warehouse.partitions.ensure(of: .response, for: response.day, on: db)
        try db.transaction {
          // A commit that is still under way holds the call's row: what it did is seen after it.
          try ledger.hold(call, on: db)
          guard try !warehouse.archive.hasResponse(to: call, for: response.day, on: db) else { return }
          try ledger.end(call, at: response.answeredAt, outcome: .answered, httpStatus: response.httpStatus, on: db)
          _ = try warehouse.archive.add(response, call: call, on: db)
        }
      }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}

extension PostgresError {
  /// After how many seconds what failed may succeed; nil where waiting does not help.
  var pause: Double? {
    switch trouble {
    case .contended, .readOnly, .stopped: 60
    case .noRoom, .notPermitted: nil
    case nil: isUnavailable ? 5 : nil
    }
  }
}
