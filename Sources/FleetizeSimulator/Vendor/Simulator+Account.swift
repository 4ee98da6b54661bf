import FleetModel

extension Simulator {
  /// A customer of the vendor with a fleet, a quota, and one or more users.
  public struct Account: Sendable {
    public var name: String
    public var fleet: any SimulatedFleet
    public var users: [User]
    /// Calls per day; nil for the quota of the limits.
    public var quota: Int?

    public init(name: String = "default", fleet: any SimulatedFleet, users: [User], quota: Int? = nil) {
      self.name = name
      self.fleet = fleet
      self.users = users
      self.quota = quota
    }

    /// An account with only the main user.
    public init(name: String = "default", fleet: any SimulatedFleet, token: String) {
      self.init(name: name, fleet: fleet, users: [User(token: token)])
    }
  }

  /// The owner of a token: the main user, who sees every device of the account, or a sub-user.
  public struct User: Sendable {
    public var token: String
    /// Nil for all devices of the account; an empty set for none.
    public var devices: Set<DeviceID>?
    /// Whether every call is refused with `#1000`, as after a change of the token.
    public var isRefused: Bool

    public init(token: String, devices: Set<DeviceID>? = nil, isRefused: Bool = false) {
      self.token = token
      self.devices = devices
      self.isRefused = isRefused
    }

    func sees(_ device: DeviceID) -> Bool {
      devices?.contains(device) ?? true
    }
  }
}
