import FleetModel
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

/// Which user of the account sees which device.
extension AccountTokens {
  /// When the latest device list of a token was answered; nil if there was none.
  public func listed(_ hmac: [UInt8], on db: isolated Connection) throws -> Date? {
    try db.query(
      "select listed_at from etl.account_token where token_hmac = \(hmac) and account_key = \(account)"
    ).first?.decode("listed_at")
  }

  /// The devices in the latest device list of a token.
  public func devices(of hmac: [UInt8], on db: isolated Connection) throws -> [DeviceID] {
    try db.query(
      """
      select device_id from etl.token_device join warehouse.device using (device_key)
      where token_hmac = \(hmac) and account_key = \(account) order by device_id
      """
    ).map { try $0.decode("device_id") }
  }

  /// Records a device list of a token, whose devices are in the warehouse.
  public func noteList(of hmac: [UInt8], devices: [DeviceID], at now: Date, on db: isolated Connection) throws {
    try db.transaction {
      _ = try db.execute("update etl.account_token set listed_at = \(now) where token_hmac = \(hmac)")
      _ = try db.execute("delete from etl.token_device where token_hmac = \(hmac)")
      _ = try db.execute(
        """
        insert into etl.token_device (token_hmac, device_key)
        select token_hmac, device_key
        from etl.account_token join warehouse.device using (account_key)
        where token_hmac = \(hmac) and account_key = \(account) and device_id = any(\(devices.map(\.value))::bigint[])
        """)
    }
  }
}
