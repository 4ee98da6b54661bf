import Crypto
import FleetModel
import FoundationEssentials
import Postgres

/// Where an archived response lies.
public struct ResponseKey: Hashable, Sendable {
  public let number: Int64
  /// The asked day, for a list the day of the request: the archive is partitioned by it.
  public let day: UTCDay

  public init(number: Int64, day: UTCDay) {
    self.number = number
    self.day = day
  }
}

/// A response with its place in the archive.
public struct ArchivedResponse: Sendable {
  public let key: ResponseKey
  /// The device asked for; nil for a list.
  public let device: DeviceKey?
  /// The call that brought it; nil when it came from elsewhere.
  public let call: Int64?
  public private(set) var response: Response
  /// The latest erasure that it was checked for when it was read.
  public private(set) var erasedThrough: Int64 = 0

  /// Without the bytes, when they have been read: a batch need not hold them all.
  public var withoutBody: ArchivedResponse { with(body: []) }

  public func with(body: [UInt8]) -> ArchivedResponse {
    var changed = self
    changed.response.body = body
    return changed
  }
}

extension Warehouse {
  /// Keeps a response and notes that it is still to be loaded. Call it in a transaction of its own, before anything interprets the response,
  /// when ``ensurePartition(of:for:on:)`` has made room.
  public func archive(_ response: Response, call: Int64?, on db: isolated Connection) throws -> ArchivedResponse {
    var device: DeviceKey?
    if case .deviceDay(let id, _) = response.request { device = try deviceKey(of: id, on: db) }
    let day = response.day
    let number: Int64 = try db.query(
      """
      insert into etl.response (
        day, account_key, device_key, action, requested_at, answered_at, http_status, content_type, is_complete,
        call_key, body_bytes, body_sha256, body_compressed)
      values (
        \(day), \(account), \(device), \(response.request.action), \(response.requestedAt), \(response.answeredAt),
        \(Int32(response.httpStatus)), \(response.contentType), \(response.isComplete), \(call),
        \(Int32(response.body.count)), \([UInt8](SHA256.hash(data: response.body))), \(try CompressedBody.compress(response.body)))
      returning response_key
      """
    )[0].decode("response_key")
    _ = try db.execute(
      "insert into etl.unloaded_response (response_key, day, account_key) values (\(number), \(day), \(account))")
    return ArchivedResponse(
      key: ResponseKey(number: number, day: day), device: device, call: call, response: response)
  }

  /// Whether the response that a call for `day` brought is in the archive.
  public func hasResponse(to call: Int64, for day: UTCDay, on db: isolated Connection) throws -> Bool {
    try !db.query("select from etl.response where day = \(day) and call_key = \(call) limit 1").isEmpty
  }

  /// The responses that were archived but not loaded, because a run was killed between the two; oldest first.
  public func unloadedResponses(on db: isolated Connection) throws -> [ResponseKey] {
    try db.query(
      "select response_key, day from etl.unloaded_response where account_key = \(account) order by response_key"
    ).map { ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day")) }
  }

  /// A response from the archive, its checksum compared.
  public func response(_ key: ResponseKey, on db: isolated Connection) throws -> ArchivedResponse {
    let rows = try db.query(
      """
      \(Self.archivedResponses(from: "etl.response"))
      where r.response_key = \(key.number) and r.day = \(key.day)
      """)
    guard let row = rows.first else { throw LoadError.responseMissing(key) }
    return try Self.archivedResponse(row)
  }

  static func archivedResponses(from table: SQL) -> SQL {
    """
    select r.response_key, r.day, r.device_key, d.device_id, r.action, r.requested_at, r.answered_at, r.http_status,
           r.content_type, r.is_complete, r.call_key, r.body_bytes, r.body_sha256, r.body_compressed, r.erased_through
    from \(table) as r left join warehouse.device as d using (device_key)
    """
  }

  /// A response from its row, its checksum compared.
  ///
  /// - Throws: ``LoadError/responseDamaged(_:_:)``.
  public static func archivedResponse(_ row: Row) throws -> ArchivedResponse {
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
        isComplete: try row.decode("is_complete"), body: body),
      erasedThrough: try row.decode("erased_through"))
  }

  /// Makes the monthly partition that holds `day`, if it is missing. In a commit of its own, before the transaction that fills it,
  /// so that nobody waits for that one.
  public func ensurePartition(of table: PartitionedTable, for day: UTCDay, on db: isolated Connection) throws {
    _ = try db.query("select etl.ensure_partition(\(table.rawValue)::text::regclass, \(day))")
  }

  /// Makes the partitions that these days need, so that no response waits for one; not those that are being dropped.
  public func ensurePartitions(for days: some Sequence<UTCDay>, on db: isolated Connection) throws {
    for month in Set(days.map(\.startOfMonth)).sorted() {
      for table in [PartitionedTable.response, .routePoint] where try !isBeingDropped(table, for: month, on: db) {
        try ensurePartition(of: table, for: month, on: db)
      }
    }
  }

  /// Makes the partitions of this month and the next.
  public func ensurePartitions(ahead today: UTCDay, on db: isolated Connection) throws {
    try ensurePartitions(for: [today, today.startOfMonth.advanced(by: 31)], on: db)
  }

  public enum PartitionedTable: String, Sendable {
    case response = "etl.response"
    case routePoint = "warehouse.route_point"
  }
}
