import FleetModel

/// An error in the content of the database.
public enum LoadError: Error, CustomStringConvertible {
  case unknownAccount(String)
  case responseMissing(ResponseKey)
  case responseDamaged(ResponseKey, String)

  public var description: String {
    switch self {
    case .unknownAccount(let name):
      "the database has no account \(name); `fleetize-etl account add` adds it"
    case .responseMissing(let key):
      "response \(key.number) of \(key.day) is not in the archive; it may have been pruned while it was being loaded. "
        + "Run the command again"
    case .responseDamaged(let key, let why):
      "response \(key.number) of \(key.day) is damaged in the archive: \(why). "
        + "Restore etl.response from a backup, or fetch the day again with `fleetize-etl backfill --refetch`"
    }
  }
}
