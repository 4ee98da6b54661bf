import Crypto
import FleetModel
import FoundationEssentials
import Postgres

/// The archive: every response as it was received.
public struct Archive: Sendable {
  let devices: Devices
  var account: AccountKey { devices.account }

  /// Stores a response and marks it as not loaded yet. Call it in its own transaction, before anything interprets the response and after
  /// ``Partitions/ensure(of:for:on:)``.
  public func add(_ response: Response, call: Int64?, on db: isolated Connection) throws -> ArchivedResponse {
    var device: DeviceKey?
    if case .deviceDay(let id, _) = response.request { device = try devices.key(of: id, on: db) }
    let day = response.day
    let number: Int64 = try db.query(
      """
      insert into etl.response (
        day, account_key, device_key, action, requested_at, answered_at, http_status, content_type, is_complete,
        call_key, scope, body_bytes, body_sha256, body_compressed)
      values (
        \(day), \(account), \(device), \(response.request.action), \(response.requestedAt), \(response.answeredAt),
        \(Int32(response.httpStatus)), \(response.contentType), \(response.isComplete), \(call),
        \(response.scope.isEmpty ? nil : response.scope.joined(separator: ";")),
        \(Int32(response.body.count)), \([UInt8](SHA256.hash(data: response.body))), \(try CompressedBody.compress(response.body)))
      returning response_key
      """
    )[0].decode("response_key")
    _ = try db.execute(
      "insert into etl.unloaded_response (response_key, day, account_key) values (\(number), \(day), \(account))")
    return ArchivedResponse(
      key: ResponseKey(number: number, day: day), device: device, call: call, response: response)
  }

  /// Whether the response to a call for `day` is in the archive.
  public func hasResponse(to call: Int64, for day: UTCDay, on db: isolated Connection) throws -> Bool {
    try !db.query("select from etl.response where day = \(day) and call_key = \(call) limit 1").isEmpty
  }

  /// The responses that were archived but not loaded because a run was killed in between; oldest first.
  public func unloadedResponses(on db: isolated Connection) throws -> [ResponseKey] {
    try db.query(
      "select response_key, day from etl.unloaded_response where account_key = \(account) order by response_key"
    ).map { ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day")) }
  }

  /// Marks responses as loaded. Call it in the transaction that wrote their rows.
  public func markLoaded(_ responses: [ResponseKey], on db: isolated Connection) throws {
    _ = try db.execute(
      "delete from etl.unloaded_response where response_key = any(\(responses.map(\.number))::bigint[])")
  }

  /// Reads a response from the archive and verifies its checksum.
  public func response(_ key: ResponseKey, on db: isolated Connection) throws -> ArchivedResponse {
    let rows = try db.query(
      """
      \(Self.select(from: "etl.response"))
      where r.response_key = \(key.number) and r.day = \(key.day)
      """)
    guard let row = rows.first else { throw LoadError.responseMissing(key) }
    return try Self.response(row)
  }

  /// All responses of those device-days that have several in the archive, latest request first.
  public func repeatedResponses(
    for asked: Set<DayKey>, on db: isolated Connection
  ) throws -> [DayKey: [ResponseKey]] {
    guard let first = asked.map(\.day).min(), let last = asked.map(\.day).max() else { return [:] }
    let rows = try db.query(
      """
      select device_key, day, array_agg(response_key order by requested_at desc, response_key desc) as response_keys
      from unnest(\(asked.map(\.device))::integer[], \(asked.map(\.day))::date[]) as asked (device_key, day)
      join etl.response using (device_key, day)
      where response.day between \(first) and \(last)
      group by device_key, day
      having count(*) > 1
      """)
    return try rows.reduce(into: [:]) { repeated, row in
      let day = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      let numbers: [Int64] = try row.decode("response_keys")
      repeated[day] = numbers.map { ResponseKey(number: $0, day: day.day) }
    }
  }

  static func select(from table: SQL) -> SQL {
    """
    select r.response_key, r.day, r.device_key, d.device_id, r.action, r.requested_at, r.answered_at, r.http_status,
           r.content_type, r.is_complete, r.call_key, r.scope, r.body_bytes, r.body_sha256, r.body_compressed, r.erased_through
    from \(table) as r left join warehouse.device as d using (device_key)
    """
  }

  /// Reads a response from its row and verifies its checksum.
  ///
  /// - Throws: ``LoadError/responseDamaged(_:_:)``.
  public static func response(_ row: Row) throws -> ArchivedResponse {
    let key = ResponseKey(number: try row.decode("response_key"), day: try row.decode("day"))
    let size: Int32 = try row.decode("body_bytes")
    let body: [UInt8]
    do {
      body = try CompressedBody.decompress(try row.decode("body_compressed"), size: Int(size))
    } catch let error as CompressedBody.Failure {
      throw LoadError.responseDamaged(key, error.description)
    }
    let checksum: [UInt8] = try row.decode("body_sha256")
    guard [UInt8](SHA256.hash(data: body)) == checksum else {
      throw LoadError.responseDamaged(key, "the SHA-256 differs")
    }
    let device: DeviceID? = try row.decode("device_id")
    return ArchivedResponse(
      key: key,
      device: try row.decode("device_key"),
      call: try row.decode("call_key"),
      response: Response(
        request: device.map { .deviceDay($0, key.day) } ?? .deviceList,
        requestedAt: try row.decode("requested_at"), answeredAt: try row.decode("answered_at"),
        httpStatus: Int(try row.decode("http_status", as: Int32.self)), contentType: try row.decode("content_type"),
        isComplete: try row.decode("is_complete"), body: body,
        scope: (try row.decode("scope") as String?)?.split(separator: ";").map(String.init) ?? []),
      erasedThrough: try row.decode("erased_through"))
  }
}
