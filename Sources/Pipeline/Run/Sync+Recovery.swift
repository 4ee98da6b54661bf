import FleetModel
import FleetizeAPI
import Load
import Postgres
import Transform

extension Sync {
  /// Loads responses that a killed run left in the archive: they cost no further call.
  func recover(result: inout SyncResult) async throws {
    let keys = try await connection.run { [warehouse] db in try warehouse.archive.unloadedResponses(on: db) }
    result.recovered = keys
    for key in keys {
      let response: ReadResponse
      do {
        response = ReadResponse(
          try await connection.run { [warehouse] db in try warehouse.archive.response(key, on: db) })
      } catch let error as LoadError {
        result.loadErrors.append("\(error)")
        continue
      }
      if let call = response.archived.call, let fault = response.interpretation.fault {
        try await connection.run { [caller] db in
          try db.transaction { try caller.ledger.classify(call, as: fault, on: db) }
        }
      }
      _ = try await load(response, result: &result)
    }
    if !keys.isEmpty { progress.report(.recovered(responses: keys.count)) }
  }
}
