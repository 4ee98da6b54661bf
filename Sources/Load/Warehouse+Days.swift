import FleetModel
import FoundationEssentials
import Postgres

/// The rows of a device-day, ready to be written.
public struct DeviceDayRows: Sendable {
  public let device: DeviceKey
  public let content: DeviceDay
  /// A hash over all stored values: equal hashes write nothing.
  public let hash: [UInt8]

  public init(device: DeviceKey, content: DeviceDay, hash: [UInt8]) {
    self.device = device
    self.content = content
    self.hash = hash
  }
}

extension Warehouse {
  /// Lets one transaction at a time work on a device, because a new answer may rebuild several of its days.
  public func lock(_ device: DeviceKey, on db: isolated Connection) throws {
    _ = try db.query("select from warehouse.device where device_key = \(device) for no key update")
  }

  /// Notes on which days the routes of an answer depart.
  ///
  /// - Returns: every day whose rows may now differ, the asked day first; empty when a later answer for the asked day is already known.
  public func noteDays(
    of answer: DayAnswer, from archived: ArchivedResponse, of device: DeviceKey, on db: isolated Connection
  ) throws -> [UTCDay] {
    let known = try db.query(
      """
      select day, response_key, requested_at from etl.answer_day
      where device_key = \(device) and asked_day = \(answer.askedDay)
      """)
    if let latest = known.first {
      let order: (Date, Int64) = (try latest.decode("requested_at"), try latest.decode("response_key"))
      if order > (answer.requestedAt, archived.key.number) { return [] }
    }
    let former: [UTCDay] = try known.map { try $0.decode("day") }
    _ = try db.execute(
      "delete from etl.answer_day where device_key = \(device) and asked_day = \(answer.askedDay)")
    let days = Set(answer.routes.map(\.day)).union([answer.askedDay])
    for day in days.sorted() {
      _ = try db.execute(
        """
        insert into etl.answer_day (device_key, asked_day, day, response_key, requested_at)
        values (\(device), \(answer.askedDay), \(day), \(archived.key.number), \(answer.requestedAt))
        """)
    }
    let others = days.union(former).subtracting([answer.askedDay])
    return [answer.askedDay] + others.sorted()
  }

  /// The kept answers for other days that carry routes which depart on `day`.
  public func otherAnswers(
    for day: UTCDay, of device: DeviceKey, besides asked: UTCDay, on db: isolated Connection
  ) throws -> [ArchivedResponse] {
    try db.query(
      """
      select response_key, asked_day from etl.answer_day
      where device_key = \(device) and day = \(day) and asked_day <> \(asked)
      order by asked_day
      """
    ).map {
      try response(ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("asked_day")), on: db)
    }
  }

  /// Replaces device-days as a whole: what stood there goes, what is given comes. Days whose content is unchanged are left alone.
  /// Their partitions are there, see ``ensurePartition(of:for:on:)``.
  ///
  /// - Returns: the days that were written.
  public func replace(_ days: [DeviceDayRows], on db: isolated Connection) throws -> [UTCDay] {
    let changed = try days.filter { try !isUnchanged($0, on: db) }
    guard !changed.isEmpty else { return [] }
    for rows in changed {
      let (device, day) = (rows.device, rows.content.day)
      _ = try db.execute("delete from warehouse.route_point where device_key = \(device) and day = \(day)")
      _ = try db.execute("delete from warehouse.route where device_key = \(device) and day = \(day)")
      _ = try db.execute(
        "delete from etl.finding where device_key = \(device) and day = \(day) and response_key is null")
    }
    try copyRoutes(changed, on: db)
    try copyPoints(changed, on: db)
    try copyPauses(changed, on: db)
    for rows in changed {
      try add(rows.content.findings, device: rows.device, response: nil, on: db)
      _ = try db.execute(
        """
        insert into etl.checkpoint (device_key, day, state, route_count, point_count, content_hash)
        values (\(rows.device), \(rows.content.day), 'pending', \(Int32(rows.content.routes.count)),
                \(Int32(rows.content.pointCount)), \(rows.hash))
        on conflict (device_key, day) do update
        set route_count = excluded.route_count, point_count = excluded.point_count, content_hash = excluded.content_hash
        """)
    }
    return changed.map(\.content.day)
  }

  private func isUnchanged(_ rows: DeviceDayRows, on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from etl.checkpoint
      where device_key = \(rows.device) and day = \(rows.content.day) and content_hash = \(rows.hash)
      """
    ).isEmpty
  }

  private func copyRoutes(_ days: [DeviceDayRows], on db: isolated Connection) throws {
    _ = try db.copyIn(
      """
      copy warehouse.route (
        device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km,
        origin_latitude_e7, origin_longitude_e7, destination_latitude_e7, destination_longitude_e7,
        average_speed_kmh, average_speed_distance_kmh, pause_s, pause_count, point_count,
        top_speed_kmh, south_e7, west_e7, north_e7, east_e7)
      from stdin (format binary)
      """
    ) { copy in
      for rows in days {
        for (index, route) in rows.content.routes.enumerated() {
          let extent = RouteExtent(of: route.points)
          try copy.beginRow(columns: 21)
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
        }
      }
    }
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
