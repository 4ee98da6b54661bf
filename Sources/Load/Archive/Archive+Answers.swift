import FleetModel
import FoundationEssentials
import Postgres

extension Archive {
  /// A kept response without its body.
  public struct Entry: Hashable, Sendable {
    public var key: ResponseKey
    public var requestedAt: Date
    public var httpStatus: Int
    /// How the call ended, such as `answered`; nil if the response was imported.
    public var outcome: String?
    public var bytes: Int
  }

  /// The kept responses for a device-day, the latest request first.
  public func entries(for day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> [Entry] {
    try db.query(
      """
      select response_key, response.day, requested_at, response.http_status, outcome, body_bytes
      from etl.response left join etl.api_call using (call_key)
      where response.device_key = \(device) and response.day = \(day)
      order by requested_at desc, response_key desc
      """
    ).map { row in
      Entry(
        key: ResponseKey(number: try row.decode("response_key"), day: try row.decode("day")),
        requestedAt: try row.decode("requested_at"), httpStatus: Int(try row.decode("http_status", as: Int32.self)),
        outcome: try row.decode("outcome"), bytes: Int(try row.decode("body_bytes", as: Int32.self)))
    }
  }
}
