import FleetModel
import FoundationEssentials
import Postgres

/// Compares the tables with the archive, without writing anything.
public struct Comparison: Sendable {
  let devices: Devices
  let checkpoints: Checkpoints
  let odometer: Odometer
  let midnightCuts: MidnightCuts
  var account: AccountKey { devices.account }

  /// The differences between stored device-days and the given ones: routes, points, pauses, findings, checkpoints. The stored hash is no
  /// proof, because rows may have been edited by hand.
  ///
  /// - Parameter fetched: when the latest complete response for a day was requested.
  public func differences(
    from days: [DeviceDayRows], fetched: [DayKey: Date], on db: isolated Connection
  ) throws -> [Difference] {
    let checkpoints = try self.checkpoints.rows(of: Set(days.map(\.key)).union(fetched.keys), on: db)
    var differences: [Difference] = []
    for rows in days {
      differences += try routeDifferences(rows, on: db)
      let stored = checkpoints[rows.key]
      if stored == nil, rows.hash == nil { continue }
      var wanted = CheckpointRow()
      wanted.fetchedAt = fetched[rows.key] ?? stored?.fetchedAt
      wanted.routeCount = Int32(rows.content.routes.count)
      wanted.pointCount = Int32(rows.content.pointCount)
      wanted.contentHash = rows.hash
      if stored != wanted {
        differences.append(
          Difference(rows.key, stored == nil ? "the checkpoint is missing" : "the checkpoint does not match the rows"))
      }
    }
    return differences
  }

  private func routeDifferences(_ rows: DeviceDayRows, on db: isolated Connection) throws -> [Difference] {
    let (device, day, routes) = (rows.device, rows.content.day, rows.content.routes)
    var differences: [Difference] = []
    func note(_ what: String) { differences.append(Difference(rows.key, what)) }

    let storedRoutes = try db.query(
      "select * from warehouse.route where device_key = \(device) and day = \(day) order by route_no"
    ).map { try StoredRoute($0) }
    if storedRoutes.count != routes.count {
      note("\(storedRoutes.count) routes instead of \(routes.count)")
    } else {
      for (index, route) in routes.enumerated()
      where storedRoutes[index]
        != StoredRoute(route, index: index, askedDay: rows.content.askedDays[index])
      {
        note("the route departing \(route.departedAt.formatted(.iso8601)) differs")
      }
    }

    let storedPoints = try points(of: rows.key, on: db)
    let keepsPoints = try DeviceDays.firstDayWithPoints(on: db).map { day >= $0 } ?? true
    for (index, route) in routes.enumerated()
    where storedPoints[Int16(index + 1)] ?? [] != (keepsPoints ? StoredRoute.bytes(of: route.points) : []) {
      note("the points of the route departing \(route.departedAt.formatted(.iso8601)) differ")
    }
    if storedPoints.keys.contains(where: { !(1...max(1, routes.count)).contains(Int($0)) })
      || routes.isEmpty && !storedPoints.isEmpty
    {
      note("there are points that belong to no route")
    }

    let storedPauses = try db.query(
      "select * from warehouse.route_pause where device_key = \(device) and day = \(day) order by route_no, seq"
    ).map { try StoredPause($0) }
    let pauses = routes.enumerated().flatMap { number, route in
      route.pauses.enumerated().map { StoredPause($1, route: number, index: $0) }
    }
    if storedPauses != pauses { note("the pauses differ") }

    let storedFindings = try db.query(
      """
      select device_key, day, response_key, departed_at, rule, severity, occurrences, detail, sample from etl.finding
      where device_key = \(device) and day = \(day) and response_key is null
        and rule not in (\(Rule.odometerMismatch.code), \(Rule.tripCutAtMidnight.code))
      """
    ).map { try FindingRow($0) }
    let findings = rows.content.findings.map { FindingRow($0, device: device, response: nil) }
    if storedFindings.counted != findings.counted { note("the findings about the day differ") }
    return differences
  }

  /// The points of each route of a day, as ``StoredRoute/bytes(of:)`` writes them.
  private func points(of key: DayKey, on db: isolated Connection) throws -> [Int16: [UInt8]] {
    try db.query(
      """
      select route_no, string_agg(
        int4send(seq) || coalesce(int4send(latitude_e7), '\\x80000000') || coalesce(int4send(longitude_e7), '\\x80000000')
          || coalesce(int2send(speed_tenths), '\\x8000'), '' order by seq) as points
      from warehouse.route_point
      where device_key = \(key.device) and day = \(key.day)
      group by route_no
      """
    ).reduce(into: [:]) { $0[try $1.decode("route_no")] = try $1.decode("points", as: [UInt8].self) }
  }

  /// Readings that are missing or differ from the given ones.
  public func differences(
    from readings: [DatedReading], keys: [DeviceID: DeviceKey], on db: isolated Connection
  ) throws -> [Difference] {
    guard !readings.isEmpty else { return [] }
    return try db.query(
      "with \(Readings.differing(readings, keys: keys)) select device_key, source, read_at from differing"
    ).map { row in
      let readAt: Date = try row.decode("read_at")
      return Difference(
        device: try row.decode("device_key"),
        "the reading of \(readAt.formatted(.iso8601)) (\(try row.decode("source", as: String.self))) differs or is missing"
      )
    }
  }

  /// Findings about several days together that are missing or should not be.
  public func spanFindingDifferences(
    of days: some Collection<DayKey>, on db: isolated Connection
  ) throws -> [Difference] {
    guard !days.isEmpty else { return [] }
    return try [
      (odometer.differences(of: days), "the finding about its odometer differs"),
      (midnightCuts.differences(of: days), "the finding about a trip cut at midnight differs"),
    ].flatMap { differences, what in
      try db.query(
        """
        with \(differences)
        select device_key, day from missing union select device_key, day from surplus
        """
      ).map { Difference(device: try $0.decode("device_key"), day: try $0.decode("day"), what) }
    }
  }
}
