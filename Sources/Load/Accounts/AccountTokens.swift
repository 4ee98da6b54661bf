import FoundationEssentials
import Postgres

/// The table `etl.account_token`: keyed hashes of the tokens that the API accepted, so that one token is never used for two accounts.
public struct AccountTokens: Sendable {
  public let account: AccountKey

  /// The database's own random key for the hashes.
  public static func salt(on db: isolated Connection) throws -> [UInt8] {
    try db.query("select salt from etl.token_salt")[0].decode("salt")
  }

  /// The name of another account that one of these tokens belongs to; nil if there is none.
  public static func owner(
    of hmacs: [[UInt8]], besides account: String, on db: isolated Connection
  ) throws -> String? {
    for hmac in hmacs {
      let owner = try db.query(
        """
        select name from etl.account_token join warehouse.account using (account_key)
        where token_hmac = \(hmac) and name <> \(account)
        """
      ).first
      if let owner { return try owner.decode("name") }
    }
    return nil
  }

  /// Records that the API accepted a token. The first account that used it keeps it.
  public func remember(_ hmac: [UInt8], at now: Date, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      insert into etl.account_token as known (token_hmac, account_key, first_answered_at, last_answered_at)
      values (\(hmac), \(account), \(now), \(now))
      on conflict (token_hmac) do update set last_answered_at = excluded.last_answered_at
      where known.account_key = excluded.account_key
      """)
  }
}
