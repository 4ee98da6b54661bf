import ArgumentParser
import FleetModel
import FleetizeSimulator
import FoundationEssentials

struct CustomerOptions: ParsableArguments {
  @Option(
    help: """
      A made-up API token (default: FLEETIZE_SIMULATOR_TOKEN). Each further one is an account of its own, with other \
      vehicles.
      """)
  var token: [String] = []

  @Option(
    help: ArgumentHelp(
      "A sub-user of the account that has these devices, and who sees no others.", valueName: "token=id,id,..."))
  var subUser: [SubUser] = []

  struct SubUser: ExpressibleByArgument {
    let user: Simulator.User

    init?(argument: String) {
      let parts = argument.split(separator: "=")
      guard parts.count == 2 else { return nil }
      let ids = parts[1].split(separator: ",").map { Int64($0) }
      guard !ids.contains(nil) else { return nil }
      user = Simulator.User(token: String(parts[0]), devices: Set(ids.compactMap { $0 }.map { DeviceID($0) }))
    }
  }

  var tokens: [String] {
    guard token.isEmpty else { return token }
    let fromEnvironment = ProcessInfo.processInfo.environment["FLEETIZE_SIMULATOR_TOKEN"] ?? ""
    return fromEnvironment.isEmpty ? [] : [fromEnvironment]
  }

  /// One account a token; the first is `default`. A sub-user joins the first account that has its devices.
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
        user.devices?.isSubset(of: account.fleet.devices(at: .distantFuture)) ?? false
      }
      guard let owner else {
        let devices = accounts.flatMap { $0.fleet.devices(at: .distantFuture) }
        throw Failure("--sub-user names a device of no account; there are \(devices)")
      }
      accounts[owner].users.append(user)
    }
    return accounts
  }
}
