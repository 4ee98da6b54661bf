import FleetModel
import FoundationEssentials
import Load
import Postgres

/// A response that could not be archived. Its call is spent and must be made again unless ``keep(opening:clock:interruption:)`` succeeds.
public struct UnarchivedResponse: Error, CustomStringConvertible {
  let response: Response
  let call: Int64
  let warehouse: Warehouse
  let ledger: CallLedger
  public let cause: PostgresError

  public var request: Request { response.request }

  public var description: String {
    "the response to \(request) could not be archived; unless the database stored it after all, the next run makes this call again: \(cause)"
  }
}

extension UnarchivedResponse {
  /// How long a response is held while the database is unavailable, in seconds.
  static let patience = 300.0

  /// Whether the database may accept the response later.
  public var isWorthHolding: Bool { cause.pause != nil }

  /// Archives the response over another connection as soon as the database is back, unless the first attempt succeeded after all.
  ///
  /// - Parameter opening: opens the connection.
  /// - Returns: whether it is archived; false if the database was unavailable for five minutes or cannot accept it, or if a stop was
  ///   requested.
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
          // A commit that is still in progress holds the call's row; wait for it and see what it did.
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
  /// Seconds after which a retry may succeed; nil where waiting does not help.
  var pause: Double? {
    switch trouble {
    case .contended, .readOnly, .stopped: 60
    case .noRoom, .notPermitted: nil
    case nil: isUnavailable ? 5 : nil
    }
  }
}
