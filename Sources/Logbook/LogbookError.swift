/// Why a logbook could not be made.
public enum LogbookError: Error, Hashable, CustomStringConvertible {
  case unknownDevice(Int64, accounts: [String])
  /// Device ids are unique within an account only.
  case severalAccounts(Int64, accounts: [String])
  /// No trips, and no day was ever asked for.
  case unknownMonth(String, device: Int64)
  /// The database lacks the views of schema `bi`, or has older ones.
  case noViews(String)

  public var description: String {
    switch self {
    case .unknownDevice(let device, let accounts):
      "device \(device) is unknown\(accounts.isEmpty ? "" : " in account \(accounts.joined(separator: ", "))")"
    case .severalAccounts(let device, let accounts):
      "device \(device) exists in several accounts (\(accounts.joined(separator: ", "))): choose one with --account"
    case .unknownMonth(let month, let device):
      "no day of \(month) was ever fetched for device \(device): run fleetize-etl backfill first"
    case .noViews(let message):
      "the database lacks this program's views: run fleetize-etl migrate (\(message))"
    }
  }
}
