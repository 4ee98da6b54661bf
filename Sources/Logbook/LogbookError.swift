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
      "device \(device) is in the accounts \(accounts.joined(separator: ", "))"
    case .unknownMonth(let month, let device):
      "no day of \(month) was fetched for device \(device)"
    case .noViews:
      "the database lacks the views of this program"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .unknownDevice: "`fleetize-etl device list` lists the devices"
    case .severalAccounts: "choose one with --account"
    case .unknownMonth: "fetch it with `fleetize-etl backfill`"
    case .noViews: "run `fleetize-etl migrate`"
    }
  }
}
