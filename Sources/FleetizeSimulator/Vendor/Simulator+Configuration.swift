extension Simulator {
  /// What the simulated vendor sells to whom, and how it misbehaves.
  public struct Configuration: Sendable {
    public var accounts: [Account]
    public var limits: Limits
    /// HTTP status of an `ERROR #NNNN`; the document names none.
    public var errorStatus: Int
    /// Asked for every call that gets past token, interval and quota: a fault replaces the response.
    public var fault: @Sendable (Call) -> Fault?

    public init(
      accounts: [Account], limits: Limits = Limits(), errorStatus: Int = 200,
      fault: @escaping @Sendable (Call) -> Fault? = { _ in nil }
    ) {
      self.accounts = accounts
      self.limits = limits
      self.errorStatus = errorStatus
      self.fault = fault
    }

    func member(with token: String?) -> Member? {
      accounts.lazy
        .flatMap { account in account.users.lazy.map { Member(account: account, user: $0) } }
        .first { $0.user.token == token }
    }
  }

  /// A user, and the account that pays.
  struct Member: Sendable {
    var account: Account
    var user: User
  }
}
