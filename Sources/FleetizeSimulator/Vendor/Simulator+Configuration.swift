extension Simulator {
  /// The simulated vendor's customers, limits and faults.
  public struct Configuration: Sendable {
    public var accounts: [Account]
    public var limits: Limits
    /// The HTTP status of an `ERROR #NNNN`, which the document leaves open.
    public var errorStatus: Int
    /// Nil for all of it.
    public var history: History?
    /// Nil if responses take no time.
    public var processing: Processing?
    public var scopeSupport = ScopeSupport.everywhere
    public var formatChange: FormatChange?
    public var falseTimestamps: [FalseTimestamp] = []
    /// The fault of a call, if any. Called for every call that passes the checks of token, interval and quota.
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

  /// A user with the account it belongs to.
  struct Member: Sendable {
    var account: Account
    var user: User
  }
}
