/// Why there is no logbook.
public enum LogbookError: Error, Hashable, CustomStringConvertible {
  case unknownDevice(Int64, accounts: [String])
  /// The vendor's numbers are unique within an account only.
  case severalAccounts(Int64, accounts: [String])
  /// Neither a trip nor a day that was ever asked for.
  case unknownMonth(String, device: Int64)
  /// The database has not the views of schema `bi`, or older ones.
  case noViews(String)

  public var description: String {
    switch self {
    case .unknownDevice(let device, let accounts):
      "no device \(device) is known\(accounts.isEmpty ? "" : " in account \(accounts.joined(separator: ", "))")"
    case .severalAccounts(let device, let accounts):
      "device \(device) is in several accounts: choose one of \(accounts.joined(separator: ", ")) with --account"
    case .unknownMonth(let month, let device):
      "nothing is known of \(month) for device \(device): no day of it was ever asked for; fleetize-etl backfill does"
    case .noViews(let message):
      "the database has not the views of this program: run fleetize-etl migrate (\(message))"
    }
  }
}
