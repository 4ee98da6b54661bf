import FleetModel

extension Simulator {
  /// A customer of the vendor: a fleet, one quota, and one or more users.
  public struct Account: Sendable {
    public var name: String
    public var fleet: any SimulatedFleet
    public var users: [User]
    /// Calls a day; the quota of the limits when nil.
    public var quota: Int?

    public init(name: String = "default", fleet: any SimulatedFleet, users: [User], quota: Int? = nil) {
      self.name = name
      self.fleet = fleet
      self.users = users
      self.quota = quota
    }

    /// An account with its main user only.
    public init(name: String = "default", fleet: any SimulatedFleet, token: String) {
      self.init(name: name, fleet: fleet, users: [User(token: token)])
    }
  }

  /// The holder of a token: the main user, who sees every device of the account, or a sub-user.
  public struct User: Sendable {
    public var token: String
    /// All devices of the account when nil.
    public var devices: Set<DeviceID>?

    public init(token: String, devices: Set<DeviceID>? = nil) {
      self.token = token
      self.devices = devices
    }

    func sees(_ device: DeviceID) -> Bool {
      devices?.contains(device) ?? true
    }
  }
}
