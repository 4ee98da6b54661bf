import FleetModel

/// Why nothing was pruned, or has to wait for a prune.
public enum PruneError: Error, Hashable, Sendable {
  /// The lock is held: another `prune` is at work.
  case alreadyRunning
  case notOwner(table: String, owner: String, role: String)
  /// Responses that would go are not in the tables yet.
  case notLoaded(responses: Int, before: UTCDay)
  /// The month of the day is being dropped from the archive, or was when a prune was killed.
  case monthIsGoing(UTCDay)

  /// Whether the same will work later.
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
      "another prune is at work on this database; try again when it has finished"
    case .notOwner(let table, let owner, let role):
      "role \(role) may not drop partitions: \(table) belongs to \(owner); run prune as \(owner), or as a member of it"
    case .notLoaded(let responses, let before):
      "\(responses) responses for days before \(before) are archived and not in the tables yet; start `fleetize-etl run`, which "
        + "loads them, and prune then"
    case .monthIsGoing(let day):
      "the responses of the month of \(day) are being dropped by prune, so the day is not asked for; wait for it, or start it "
        + "again if it was killed"
    }
  }
}
