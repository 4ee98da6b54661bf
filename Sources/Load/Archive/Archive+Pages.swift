import FleetModel
import FoundationEssentials
import Postgres

/// A selection of archived responses: a range of days, and optionally some devices; lists are always included.
public struct ArchiveSelection: Sendable {
  public var from: UTCDay
  public var to: UTCDay
  /// Nil for all.
  public var devices: Set<DeviceID>?

  public init(from: UTCDay?, to: UTCDay?, devices: Set<DeviceID>?) {
    self.from = from ?? UTCDay(number: 0)
    self.to = to ?? UTCDay(number: 100_000)
    self.devices = devices
  }
}

extension Archive {
  /// How many responses are selected, and their size before compression in bytes.
  public func extent(
    of selection: ArchiveSelection, on db: isolated Connection
  ) throws -> (responses: Int, bytes: Int) {
    let row = try db.query(
      """
      select count(*) as responses, coalesce(sum(body_bytes::bigint), 0)::bigint as bytes
      from etl.response left join warehouse.device using (device_key)
      where response.account_key = \(account) and day between \(selection.from) and \(selection.to)
        and (response.device_key is null or \(selection.devices == nil)
             or device_id = any(\(Array(selection.devices ?? []))::bigint[]))
      """)[0]
    return (try row.decode("responses"), try row.decode("bytes"))
  }

  /// A position in the archive, which is ordered by day, time of request and number.
  public struct Position: Sendable {
    let day: UTCDay
    let requestedAt: Date
    let number: Int64
  }

  /// A page of the responses for a device or of the lists, in order; decode the rows with ``response(_:)``.
  ///
  /// - Parameters:
  ///   - device: nil for the lists.
  ///   - position: of the last response of the previous page.
  ///   - limit: the maximum number of responses.
  public func page(
    of device: DeviceKey?, after position: Position?, in selection: ArchiveSelection,
    limit: Int, on db: isolated Connection
  ) throws -> (rows: [Row], end: Position?) {
    let owner: SQL = device.map { "device_key = \($0)" } ?? "device_key is null and account_key = \(account)"
    let rest: SQL =
      position.map { "and (day, requested_at, response_key) > (\($0.day), \($0.requestedAt), \($0.number))" } ?? ""
    let rows = try db.transaction {
      try db.preferIndexes()
      return try db.query(
        """
        with page as (
          -- Limits memory use whatever the size of the responses; a page has at least one.
          select *, sum(body_bytes::bigint) over (order by day, requested_at, response_key) - body_bytes as bytes_before
          from (
            select * from etl.response
            where \(owner) and day between \(max(selection.from, position?.day ?? selection.from)) and \(selection.to) \(rest)
            order by day, requested_at, response_key limit \(Int32(limit))
          ) as next
        )
        \(Self.select(from: "page"))
        where bytes_before < \(Self.pageBytes)
        order by r.day, r.requested_at, r.response_key
        """)
    }
    let end = try rows.last.map { row in
      Position(
        day: try row.decode("day"), requestedAt: try row.decode("requested_at"), number: try row.decode("response_key"))
    }
    return (rows, end)
  }

  private static let pageBytes: Int64 = 16 << 20
}
