import ArgumentParser
import FleetModel
import FleetizeSimulator
import FoundationEssentials

struct CustomerOptions: ParsableArguments {
  @Option(
    help: """
      A made-up API token (default: FLEETIZE_SIMULATOR_TOKEN). Each further token is that of another account with its own \
      vehicles.
      """)
  var token: [String] = []

  @Option(
    help: ArgumentHelp(
      "A sub-user that sees only these devices (id,id,...), no devices (none), or whose token is refused with #1000 (refused). "
        + "May be repeated.", valueName: "token=devices"))
  var subUser: [SubUser] = []

  struct SubUser: ExpressibleByArgument {
    let user: Simulator.User

    init?(argument: String) {
      let parts = argument.split(separator: "=").map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[1] {
      case "none": user = Simulator.User(token: parts[0], devices: [])
      case "refused": user = Simulator.User(token: parts[0], isRefused: true)
      default:
        let ids = parts[1].split(separator: ",").map { Int64($0) }
        guard !ids.contains(nil) else { return nil }
        user = Simulator.User(token: parts[0], devices: Set(ids.compactMap { $0 }.map { DeviceID($0) }))
      }
    }
  }

  var tokens: [String] {
    guard token.isEmpty else { return token }
    let fromEnvironment = ProcessInfo.processInfo.environment["FLEETIZE_SIMULATOR_TOKEN"] ?? ""
    return fromEnvironment.isEmpty ? [] : [fromEnvironment]
  }

  /// One account per token; the first is `default`. A sub-user belongs to the first account that has all of its devices.
  func accounts(
    fleet options: FleetOptions, outages: @escaping @Sendable (DeviceID) -> [Outage]
  ) throws -> [Simulator.Account] {
    var accounts = try tokens.enumerated().map { index, token in
      Simulator.Account(
        name: index == 0 ? "default" : "account-\(index + 1)",
        fleet: try options.fleet(ofAccount: index, outages: outages), token: token)
    }
    for user in subUser.map(\.user) {
      let owner = accounts.firstIndex { account in
        (user.devices ?? []).isSubset(of: account.fleet.devices(at: .distantFuture))
      }
      guard let owner else {
        let devices = accounts.flatMap { $0.fleet.devices(at: .distantFuture) }
        throw Failure("--sub-user names a device that no account has; known devices: \(devices)")
      }
      accounts[owner].users.append(user)
    }
    return accounts
  }
}
