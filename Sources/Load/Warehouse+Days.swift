import FleetModel
import FoundationEssentials
import Postgres

/// The rows of a device-day, ready to be written.
public struct DeviceDayRows: Sendable {
  public let device: DeviceKey
  public let content: DeviceDay
  /// A hash over all stored values: equal hashes write nothing. Nil when no response tells of the day any more.
  public let hash: [UInt8]?

  public init(device: DeviceKey, content: DeviceDay, hash: [UInt8]?) {
    self.device = device
    self.content = content
    self.hash = hash
  }
}

extension DeviceDayRows {
  public var key: DayKey { DayKey(device: device, day: content.day) }
}

/// What a load found and changed on one device-day.
public struct CheckpointRow: Hashable, Sendable {
  public var fetchedAt: Date?
  public var routeCount: Int32 = 0
  public var pointCount: Int32 = 0
  public var contentHash: [UInt8]?

  public init() {}

  init(_ row: Row) throws {
    fetchedAt = try row.decode("fetched_at")
    routeCount = try row.decode("route_count")
    pointCount = try row.decode("point_count")
    contentHash = try row.decode("content_hash")
  }
}

extension Warehouse {
  /// Replaces device-days as a whole: what stood there goes, what is given comes; their checkpoints say so. Days whose content is
  /// unchanged are left alone. Their partitions are there, see ``ensurePartition(of:for:on:)``.
  ///
  /// - Parameters:
  ///   - fetched: when the latest whole response for a day was requested.
  ///   - rewriting: whether to write unchanged days too.
  /// - Returns: the days that were written.
  public func replace(
    _ days: [DeviceDayRows], fetched: [DayKey: Date], rewriting: Bool = false, on db: isolated Connection
  ) throws -> Set<DayKey> {
    let known = try checkpoints(of: Set(days.map(\.key)).union(fetched.keys), on: db)
    let changed = days.filter { rewriting || known[$0.key].map(\.contentHash) != .some($0.hash) }
    try deleteRows(of: changed.map(\.key), on: db)
    if !changed.isEmpty {
      try copyRoutes(changed, on: db)
      let firstDay = try firstDayWithPoints(on: db)
      try copyPoints(firstDay.map { first in changed.filter { $0.content.day >= first } } ?? changed, on: db)
      try copyPauses(changed, on: db)
      try add(
        changed.flatMap { rows in
          rows.content.findings.map { FindingRow($0, device: rows.device, response: nil) }
        }, on: db)
    }
    var checkpoints: [DayKey: CheckpointRow] = [:]
    for rows in changed {
      var checkpoint = known[rows.key] ?? CheckpointRow()
      checkpoint.routeCount = Int32(rows.content.routes.count)
      checkpoint.pointCount = Int32(rows.content.pointCount)
      checkpoint.contentHash = rows.hash
      checkpoints[rows.key] = checkpoint
    }
    for (day, date) in fetched {
      var checkpoint = checkpoints[day] ?? known[day] ?? CheckpointRow()
      checkpoint.fetchedAt = date
      checkpoints[day] = checkpoint
    }
    try write(checkpoints.filter { known[$0.key] != $0.value }, on: db)
    return Set(changed.map(\.key))
  }

  func checkpoints(of days: some Collection<DayKey>, on db: isolated Connection) throws -> [DayKey: CheckpointRow] {
    try db.query(
      """
      select device_key, day, fetched_at, route_count, point_count, content_hash
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      join etl.checkpoint using (device_key, day)
      """
    ).reduce(into: [:]) { checkpoints, row in
      let key = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      checkpoints[key] = try CheckpointRow(row)
    }
  }

  func write(_ checkpoints: [DayKey: CheckpointRow], on db: isolated Connection) throws {
    guard !checkpoints.isEmpty else { return }
    let rows = checkpoints.sorted { $0.key < $1.key }
    _ = try db.execute(
      """
      insert into etl.checkpoint (device_key, day, state, fetched_at, route_count, point_count, content_hash)
      select device_key, day, 'pending', fetched_at, route_count, point_count, content_hash
      from unnest(
        \(rows.map(\.key.device))::integer[], \(rows.map(\.key.day))::date[], \(rows.map(\.value.fetchedAt))::timestamptz[],
        \(rows.map(\.value.routeCount))::integer[], \(rows.map(\.value.pointCount))::integer[],
        \(rows.map(\.value.contentHash))::bytea[]
      ) as given (device_key, day, fetched_at, route_count, point_count, content_hash)
      on conflict (device_key, day) do update
      set fetched_at = excluded.fetched_at, route_count = excluded.route_count, point_count = excluded.point_count,
          content_hash = excluded.content_hash
      """)
  }

  private func deleteRows(of days: [DayKey], on db: isolated Connection) throws {
    guard let first = days.map(\.day).min(), let last = days.map(\.day).max() else { return }
    let asked: SQL = "unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)"
    _ = try db.execute(
      """
      delete from warehouse.route_point as known using \(asked)
      where (known.device_key, known.day) = (asked.device_key, asked.day) and known.day between \(first) and \(last)
      """)
    _ = try db.execute(
      """
      delete from warehouse.route as known using \(asked)
      where (known.device_key, known.day) = (asked.device_key, asked.day)
      """)
    _ = try db.execute(
      """
      delete from etl.finding as known using \(asked)
      where (known.device_key, known.day) = (asked.device_key, asked.day) and known.response_key is null
      """)
  }

  private func copyRoutes(_ days: [DeviceDayRows], on db: isolated Connection) throws {
    var localDates = try localDates(of: days, on: db).makeIterator()
    _ = try db.copyIn(
      """
      copy warehouse.route (
        device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km,
        origin_latitude_e7, origin_longitude_e7, destination_latitude_e7, destination_longitude_e7,
        average_speed_kmh, average_speed_distance_kmh, pause_s, pause_count, point_count,
        top_speed_kmh, south_e7, west_e7, north_e7, east_e7, local_date)
      from stdin (format binary)
      """
    ) { copy in
      for rows in days {
        for (index, route) in rows.content.routes.enumerated() {
          let extent = RouteExtent(of: route.points)
          try copy.beginRow(columns: 22)
          copy.int32(rows.device.value)
          copy.date(daysSince1970: rows.content.day.number)
          copy.int16(Int16(index + 1))
          copy.timestamptz(route.departedAt)
          copy.timestamptz(route.arrivedAt)
          copy.numeric(route.originMileage)
          copy.numeric(route.destinationMileage)
          copy.int32(route.origin?.latitudeE7)
          copy.int32(route.origin?.longitudeE7)
          copy.int32(route.destination?.latitudeE7)
          copy.int32(route.destination?.longitudeE7)
          copy.numeric(route.averageSpeed)
          copy.numeric(route.averageSpeedDistance)
          copy.int32(route.pauseSeconds)
          copy.int32(Int32(route.pauses.count))
          copy.int32(Int32(route.points.count))
          copy.numeric(extent.topSpeedTenths.map { Decimal3(thousandths: Int64($0) * 100) })
          copy.int32(extent.south)
          copy.int32(extent.west)
          copy.int32(extent.north)
          copy.int32(extent.east)
          if let date = localDates.next() { copy.date(daysSince1970: date.number) } else { copy.null() }
        }
      }
    }
  }

  /// The local date of each route of `days`, in their order. The server tells it, by the zones that it tells other local times by.
  private func localDates(of days: [DeviceDayRows], on db: isolated Connection) throws -> [UTCDay] {
    let departures = days.flatMap { rows in rows.content.routes.map { (rows.device, $0.departedAt) } }
    return try db.query(
      """
      select \(Self.localDate(of: "departure.at")) as local_date
      from unnest(\(departures.map(\.0))::integer[], \(departures.map(\.1))::timestamptz[])
        with ordinality as departure (device_key, at, number)
      join warehouse.device using (device_key)
      join warehouse.account using (account_key)
      order by number
      """
    ).map { try $0.decode("local_date") }
  }

  private func copyPoints(_ days: [DeviceDayRows], on db: isolated Connection) throws {
    _ = try db.copyIn(
      """
      copy warehouse.route_point (device_key, day, seq, latitude_e7, longitude_e7, route_no, speed_tenths)
      from stdin (format binary)
      """
    ) { copy in
      for rows in days {
        let (device, day) = (rows.device.value, rows.content.day.number)
        for (index, route) in rows.content.routes.enumerated() {
          let routeNumber = Int16(index + 1)
          var sequence: Int32 = 0
          for point in route.points {
            sequence += 1
            try copy.beginRow(columns: 7)
            copy.int32(device)
            copy.date(daysSince1970: day)
            copy.int32(sequence)
            if point.hasPosition {
              copy.int32(point.latitudeE7)
              copy.int32(point.longitudeE7)
            } else {
              copy.null()
              copy.null()
            }
            copy.int16(routeNumber)
            if point.hasSpeed { copy.int16(point.speedTenths) } else { copy.null() }
          }
        }
      }
    }
  }

  private func copyPauses(_ days: [DeviceDayRows], on db: isolated Connection) throws {
    guard days.contains(where: { $0.content.routes.contains { !$0.pauses.isEmpty } }) else { return }
    _ = try db.copyIn(
      """
      copy warehouse.route_pause (
        device_key, day, route_no, seq, pause_type_code, is_grouped, started_at, ended_at, mileage_km,
        latitude_e7, longitude_e7)
      from stdin (format binary)
      """
    ) { copy in
      for rows in days {
        for (index, route) in rows.content.routes.enumerated() {
          for (position, pause) in route.pauses.enumerated() {
            try copy.beginRow(columns: 11)
            copy.int32(rows.device.value)
            copy.date(daysSince1970: rows.content.day.number)
            copy.int16(Int16(index + 1))
            copy.int32(Int32(position + 1))
            copy.int32(pause.typeCode)
            copy.bool(pause.isGrouped)
            copy.timestamptz(pause.startedAt)
            copy.timestamptz(pause.endedAt)
            copy.numeric(pause.mileage)
            copy.int32(pause.location?.latitudeE7)
            copy.int32(pause.location?.longitudeE7)
          }
        }
      }
    }
  }
}

extension CopyWriter {
  mutating func numeric(_ value: Decimal3?) {
    if let value { numeric(unscaled: value.thousandths, scale: 3) } else { null() }
  }
}
