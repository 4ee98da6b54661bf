import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

extension Sync {
  /// A backfill that need not wait between calls is worth loading in groups; the nightly run loads each device-day as it comes.
  func groupsResponses(for goal: Goal) -> Bool {
    guard case .backfill = goal else { return false }
    return limits.requestInterval == 0
  }

  /// The way of waiting responses to their rows, and the end of their claims.
  func load(_ waiting: inout WaitingResponses, result: inout SyncResult) async throws {
    let items = waiting.take()
    guard !items.isEmpty else { return }
    let outcomes: [Loader.Outcome?]
    do {
      outcomes = try await load(items.map(\.response), result: &result)
    } catch {
      // The claims end with the connection at the latest.
      for item in items { try? await release(item.planned, of: item.device) }
      throw error
    }
    for item in items { try await release(item.planned, of: item.device) }
    let callsLeft = try await connection.run { [planning] db in try planning.callsLeft(on: db) }
    for (item, outcome) in zip(items, outcomes) {
      result.left -= 1
      guard let outcome else { continue }
      let isUnchanged = !outcome.writtenDays.contains(item.planned.day)
      if isUnchanged { result.totals.unchanged += 1 } else { result.totals.loaded += 1 }
      progress.report(
        .loaded(
          item.planned, routes: outcome.routeCount, points: outcome.pointCount, isUnchanged: isUnchanged,
          state: outcome.state, callsLeft: callsLeft))
    }
  }

  /// Loads responses in one transaction. One that cannot be loaded stays in the archive for a later attempt and does not hold up the others.
  ///
  /// - Returns: an outcome a response, nil for one that could not be loaded.
  func load(_ responses: [ReadResponse], result: inout SyncResult) async throws -> [Loader.Outcome?] {
    do {
      return try await connection.run { [loader] db in try loader.load(LoadBatch(responses), on: db) }
    } catch let error as PostgresError where error.isUnavailable || error.isCancelled || error.trouble != nil {
      throw error
    } catch {
      guard responses.count == 1, let response = responses.first else {
        var outcomes: [Loader.Outcome?] = []
        for response in responses { outcomes += try await load([response], result: &result) }
        return outcomes
      }
      result.loadErrors.append(
        "response \(response.archived.key.number) to \(response.archived.response.request): \(error)")
      return [nil]
    }
  }

  /// Responses that a killed run left in the archive are paid for: load them before anything else.
  func recover(result: inout SyncResult) async throws {
    let keys = try await connection.run { [warehouse] db in try warehouse.archive.unloadedResponses(on: db) }
    result.recovered = keys
    for key in keys {
      let archived: ArchivedResponse
      do {
        archived = try await connection.run { [warehouse] db in try warehouse.archive.response(key, on: db) }
      } catch let error as LoadError {
        result.loadErrors.append("\(error)")
        continue
      }
      let interpretation = interpret(archived.response)
      if let call = archived.call, case .rejected(let fault, _) = interpretation {
        try await connection.run { [caller] db in
          try db.transaction { try caller.ledger.classify(call, as: fault, on: db) }
        }
      }
      _ = try await load([ReadResponse(archived, as: interpretation)], result: &result)
    }
    if !keys.isEmpty { progress.report(.recovered(responses: keys.count)) }
  }
}
