import FoundationEssentials
import Postgres

/// The accounts of the database: what the command `account` shows and changes.
public enum Accounts {
  public struct Entry: Hashable, Sendable {
    public var name: String
    public var timeZone: String
    /// Nil before its first start.
    public var egress: String?
    public var devices: Int
    /// Tokens that the API accepted.
    public var tokens: Int
    /// When the API accepted one of them last; nil if it never did.
    public var lastAnsweredAt: Date?
    /// Nil while it is in use.
    public var retiredAt: Date?
  }

  /// By name.
  public static func all(on db: isolated Connection) throws -> [Entry] {
    try db.query(
      """
      select name, time_zone, egress, retired_at,
        (select count(*) from warehouse.device where device.account_key = account.account_key) as devices,
        (select count(*) from etl.account_token as t where t.account_key = account.account_key) as tokens,
        (select max(last_answered_at) from etl.account_token as t where t.account_key = account.account_key) as last_answered_at
      from warehouse.account left join etl.account_limit using (account_key)
      order by name
      """
    ).map { row in
      Entry(
        name: try row.decode("name"), timeZone: try row.decode("time_zone"), egress: try row.decode("egress"),
        devices: Int(try row.decode("devices", as: Int64.self)), tokens: Int(try row.decode("tokens", as: Int64.self)),
        lastAnsweredAt: try row.decode("last_answered_at"), retiredAt: try row.decode("retired_at"))
    }
  }

  /// Renames an account. All its data, erasures included, is kept by its key.
  ///
  /// - Returns: false if another account has the new name.
  /// - Throws: ``LoadError/unknownAccount(_:)``.
  public static func rename(_ name: String, to newName: String, on db: isolated Connection) throws -> Bool {
    let account = try AccountKey(existing: name, on: db)
    guard try AccountKey(named: newName, on: db) == nil else { return false }
    _ = try db.execute("update warehouse.account set name = \(newName) where account_key = \(account)")
    return true
  }

  /// Ends the calls of an account. Its data stays.
  ///
  /// - Throws: ``LoadError/unknownAccount(_:)``.
  public static func retire(_ name: String, now: Date, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      update warehouse.account set retired_at = \(now)
      where account_key = \(AccountKey(existing: name, on: db)) and retired_at is null
      """)
  }

  /// Forgets which tokens an account used, so that another account may use them.
  ///
  /// - Returns: how many there were.
  /// - Throws: ``LoadError/unknownAccount(_:)``.
  public static func forgetTokens(of name: String, on db: isolated Connection) throws -> Int {
    try db.execute("delete from etl.account_token where account_key = \(AccountKey(existing: name, on: db))")
  }
}
