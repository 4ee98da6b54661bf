import FleetModel

/// Why nothing was pruned, or why a call must wait for a prune.
public enum PruneError: Error, Hashable, Sendable {
  /// Another `prune` holds the lock.
  case alreadyRunning
  case notOwner(table: String, owner: String, role: String)
  /// Responses to prune are not loaded yet.
  case notLoaded(responses: Int, before: UTCDay)
  /// The month of the day is being dropped from the archive, possibly by a prune that was killed.
  case monthIsGoing(UTCDay)

  /// Whether a later attempt can succeed without intervention.
  public var isTemporary: Bool {
    switch self {
    case .alreadyRunning, .notLoaded, .monthIsGoing: true
    case .notOwner: false
    }
  }
}

extension PruneError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alreadyRunning:
      "another prune is running on this database; try again when it has finished"
    case .notOwner(let table, let owner, let role):
      "role \(role) may not drop partitions, because \(table) belongs to \(owner); run prune as \(owner) or as one of its members"
    case .notLoaded(let responses, let before):
      "\(responses == 1 ? "1 response for a day" : "\(responses) responses for days") before \(before) "
        + "\(responses == 1 ? "is" : "are") archived but not loaded yet; run `fleetize-etl run`, which loads them, then prune again"
    case .monthIsGoing(let day):
      "a prune is dropping the archive's partition for the month of \(day), so the day cannot be fetched now; wait until it has "
        + "finished, or run `fleetize-etl prune` again if it was killed"
    }
  }
}
