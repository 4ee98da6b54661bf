import Foundation
import Postgres

extension LogbookMonth {
  /// Reads the views of schema `bi`, or of `bi_limited` for a limited reader, all as of one moment.
  ///
  /// - Parameters:
  ///   - month: Such as `2026-10`.
  ///   - accounts: The accounts to search for the device; empty for all.
  ///   - now: Determines which days are not over yet.
  /// - Throws: ``LogbookError``.
  public init(of device: Int64, month: String, in accounts: [String], now: Date, on db: isolated Connection) throws {
    self = try db.readingViews {
      try db.transaction {
        try db.execute("set transaction isolation level repeatable read, read only")
        let schema = try db.viewSchema
        // For this transaction alone: a pooler may give the session to others after it.
        try db.execute("set local search_path to pg_catalog, \(identifier: schema), pg_temp")
        return try Self.read(device, month, in: accounts, now: now, on: db)
      }
    }
  }

  private static func read(
    _ device: Int64, _ month: String, in accounts: [String], now: Date, on db: isolated Connection
  ) throws -> LogbookMonth {
    let found = try db.query(
      """
      select account, name, description from device
      where device_id = \(device) and (\(accounts.isEmpty) or account = any(\(accounts))) order by account
      """)
    guard let row = found.first else {
      throw LogbookError.unknownDevice(device, accounts: accounts)
    }
    let account: String = try row.decode("account")
    guard found.count == 1 else {
      throw LogbookError.severalAccounts(device, accounts: try found.map { try $0.decode("account") })
    }
    let first = "\(month)-01"
    let own: SQL = "account = \(account) and device_id = \(device) and local_month = \(first)::date"
    let zones = try db.query(
      "select time_zone from local_day where \(own) union select time_zone from logbook where \(own)")
    guard let zone: String = try zones.first?.decode("time_zone") else {
      throw LogbookError.unknownMonth(month, device: device)
    }
    var logbook = LogbookMonth(
      account: account, deviceID: device, deviceName: try row.decode("name"),
      deviceDescription: try row.decode("description"), localMonth: month, timeZone: zone, readAt: now,
      totals: try totals(own, on: db), days: [], entries: [], tracks: try tracks(own, on: db))
    let gaps = try gaps(own, on: db)
    logbook.arrange(trips: try trips(own, on: db), gaps: gaps)
    logbook.days = try days(own, first: first, zone: zone, gaps: gaps, now: now, on: db)
    logbook.totals.dayCount = logbook.days.count
    logbook.totals.completeDayCount = logbook.days.count { $0.state == "complete" }
    return logbook
  }

  private static func totals(_ own: SQL, on db: isolated Connection) throws -> Totals {
    var totals = Totals()
    let rows = try db.query(
      """
      select trip_count, driving_day_count, trips_km::text as routes_km, driving_s, pause_s,
        average_speed_kmh::text as average_kmh, top_speed_kmh::text as top_kmh, gap_open_km::text as gap_open_km,
        to_char(started_local, 'YYYY-MM-DD"T"HH24:MI:SS') as started_local,
        to_char(ended_local, 'YYYY-MM-DD"T"HH24:MI:SS') as ended_local,
        extract(epoch from started_local - (gap_open_started_at at time zone 'UTC'))::integer as started_offset,
        extract(epoch from ended_local - (gap_open_ended_at at time zone 'UTC'))::integer as ended_offset
      from logbook_month
      cross join lateral (
        select gap_open_started_at at time zone time_zone as started_local, gap_open_ended_at at time zone time_zone as ended_local
      ) as open_gap
      where \(own)
      """)
    guard let row = rows.first else { return totals }
    totals.tripCount = try row.decode("trip_count")
    totals.drivingDayCount = try row.decode("driving_day_count")
    totals.routesDistanceKm = try row.decimal("routes_km") ?? 0
    totals.drivingS = try row.decode("driving_s")
    totals.pauseS = try row.decode("pause_s")
    totals.averageSpeedKmh = try row.decimal("average_kmh")
    totals.topSpeedKmh = try row.decimal("top_kmh")
    totals.gapOpenKm = try row.decimal("gap_open_km")
    totals.gapOpenStartedLocal = try row.localTime("started_local", offset: "started_offset")
    totals.gapOpenEndedLocal = try row.localTime("ended_local", offset: "ended_offset")
    return totals
  }

  private static func trips(_ own: SQL, on db: isolated Connection) throws -> [Trip] {
    try db.query(
      """
      select local_date::text as local_date, departed_at, arrived_at, duration_s, driving_s, pause_s,
        to_char(departed_local, 'YYYY-MM-DD"T"HH24:MI:SS') as departed_local,
        to_char(arrived_local, 'YYYY-MM-DD"T"HH24:MI:SS') as arrived_local,
        extract(epoch from departed_local - (departed_at at time zone 'UTC'))::integer as departed_offset,
        extract(epoch from arrived_local - (arrived_at at time zone 'UTC'))::integer as arrived_offset,
        origin_latitude, origin_longitude, destination_latitude, destination_longitude,
        origin_mileage_km::text as origin_km, destination_mileage_km::text as destination_km, distance_km::text as km,
        average_speed_kmh::text as average_kmh, top_speed_kmh::text as top_kmh
      from logbook where \(own) order by departed_at
      """
    ).map { row in
      Trip(
        localDate: try row.localDate("local_date"), departedAt: try row.decode("departed_at"),
        arrivedAt: try row.decode("arrived_at"),
        departedLocal: try row.required(row.localTime("departed_local", offset: "departed_offset")),
        arrivedLocal: try row.localTime("arrived_local", offset: "arrived_offset"),
        originLatitude: try row.decode("origin_latitude"), originLongitude: try row.decode("origin_longitude"),
        destinationLatitude: try row.decode("destination_latitude"),
        destinationLongitude: try row.decode("destination_longitude"), originMileageKm: try row.decimal("origin_km"),
        destinationMileageKm: try row.decimal("destination_km"), distanceKm: try row.decimal("km"),
        durationS: try row.decode("duration_s"), drivingS: try row.decode("driving_s"),
        pauseS: try row.decode("pause_s"), averageSpeedKmh: try row.decimal("average_kmh"),
        topSpeedKmh: try row.decimal("top_kmh"))
    }
  }

  private static func gaps(_ own: SQL, on db: isolated Connection) throws -> [Gap] {
    try db.query(
      """
      select local_date::text as local_date, departed_at, started_at, ended_at, likely_cause,
        to_char(started_local, 'YYYY-MM-DD"T"HH24:MI:SS') as started_local,
        to_char(ended_local, 'YYYY-MM-DD"T"HH24:MI:SS') as ended_local,
        extract(epoch from started_local - (started_at at time zone 'UTC'))::integer as started_offset,
        extract(epoch from ended_local - (ended_at at time zone 'UTC'))::integer as ended_offset,
        start_mileage_km::text as start_km, end_mileage_km::text as end_km, gap_km::text as gap_km
      from odometer_gap where \(own) order by departed_at
      """
    ).map { row in
      Gap(
        localDate: try row.localDate("local_date"), departedAt: try row.decode("departed_at"),
        startedAt: try row.decode("started_at"), endedAt: try row.decode("ended_at"),
        startedLocal: try row.required(row.localTime("started_local", offset: "started_offset")),
        endedLocal: try row.required(row.localTime("ended_local", offset: "ended_offset")),
        startMileageKm: try row.required(row.decimal("start_km")),
        endMileageKm: try row.required(row.decimal("end_km")),
        gapKm: try row.required(row.decimal("gap_km")), likelyCause: try row.decode("likely_cause"))
    }
  }

  /// Every day of the month, including days that were never asked for.
  private static func days(
    _ own: SQL, first: String, zone: String, gaps: [Gap], now: Date, on db: isolated Connection
  ) throws -> [Day] {
    let gapKm = Dictionary(grouping: gaps, by: \.localDate).mapValues { $0.map(\.gapKm).reduce(0, +) }
    return try db.query(
      """
      select date::date::text as local_date, coalesce(trip_count, 0) as trip_count, trips_km::text as km,
        case
          when date::date >= (\(now)::timestamptz at time zone \(zone))::date then 'not_over'
          else coalesce(state, 'missing')
        end as state
      from generate_series(\(first)::date::timestamp, \(first)::date + interval '1 month' - interval '1 day', interval '1 day')
        as date
      left join (select * from logbook_day where \(own)) as driven on driven.local_date = date::date
      left join (select * from local_day where \(own)) as known on known.local_date = date::date
      order by date
      """
    ).map { row in
      let date = try row.localDate("local_date")
      return Day(
        localDate: date, state: try row.decode("state"), tripCount: try row.decode("trip_count"),
        routesDistanceKm: try row.decimal("km"), gapKm: gapKm[date] ?? 0)
    }
  }

  private static func tracks(_ own: SQL, on db: isolated Connection) throws -> [Track] {
    let decoder = JSONDecoder()
    return try db.query(
      "select (geojson::jsonb -> 'coordinates')::text as positions from route_track where \(own) and geojson is not null"
    ).map { row in
      let text: String = try row.decode("positions")
      return Track(positions: try decoder.decode([[Double]].self, from: Data(text.utf8)))
    }
  }
}

extension Row {
  fileprivate func decimal(_ column: String) throws -> Decimal? {
    try decode(column, as: String?.self).flatMap { Decimal(string: $0) }
  }

  fileprivate func localDate(_ column: String) throws -> LocalDate {
    try required(LocalDate(try decode(column, as: String.self)))
  }

  fileprivate func localTime(_ column: String, offset: String) throws -> LocalTime? {
    guard let text: String = try decode(column), let offset: Int = try decode(offset) else { return nil }
    return LocalTime(text, utcOffset: offset)
  }

  fileprivate func required<Value>(_ value: Value?) throws -> Value {
    guard let value else {
      throw PostgresError(.decode, "a view of schema bi contains a value that a logbook cannot show")
    }
    return value
  }
}
