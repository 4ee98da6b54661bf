import FleetModel
import FoundationEssentials
import Postgres

extension DeviceDays {
  func copyRoutes(_ days: [DeviceDayRows], on db: isolated Connection) throws {
    var localDates = try localDates(of: days, on: db).makeIterator()
    _ = try db.copyIn(
      """
      copy warehouse.route (
        device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km,
        origin_latitude_e7, origin_longitude_e7, destination_latitude_e7, destination_longitude_e7,
        average_speed_kmh, average_speed_distance_kmh, pause_s, pause_count, point_count,
        top_speed_kmh, south_e7, west_e7, north_e7, east_e7, track_km, local_date, local_arrival_date, asked_day)
      from stdin (format binary)
      """
    ) { copy in
      for rows in days {
        for (index, route) in rows.content.routes.enumerated() {
          let extent = RouteExtent(of: route.points)
          try copy.beginRow(columns: 25)
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
          copy.numeric(extent.trackLength)
          let dates = localDates.next()
          if let date = dates?.departure { copy.date(daysSince1970: date.number) } else { copy.null() }
          if let date = dates?.arrival { copy.date(daysSince1970: date.number) } else { copy.null() }
          copy.date(daysSince1970: rows.content.askedDays[index].number)
        }
      }
    }
  }

  /// The local dates of each route of `days`, in their order. From the server, by the zones that it computes other local times with.
  private func localDates(
    of days: [DeviceDayRows], on db: isolated Connection
  ) throws -> [(departure: UTCDay, arrival: UTCDay?)] {
    let trips = days.flatMap { rows in rows.content.routes.map { (rows.device, $0.departedAt, $0.arrivedAt) } }
    return try db.query(
      """
      select \(TimeZones.localDate(of: "trip.departed_at")) as departure,
             \(TimeZones.localDate(of: "trip.arrived_at")) as arrival
      from unnest(
        \(trips.map(\.0))::integer[], \(trips.map(\.1))::timestamptz[], \(trips.map(\.2))::timestamptz[]
      ) with ordinality as trip (device_key, departed_at, arrived_at, number)
      join warehouse.device using (device_key)
      join warehouse.account using (account_key)
      order by number
      """
    ).map { (departure: try $0.decode("departure"), arrival: try $0.decode("arrival")) }
  }

  func copyPoints(_ days: [DeviceDayRows], on db: isolated Connection) throws {
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

  func copyPauses(_ days: [DeviceDayRows], on db: isolated Connection) throws {
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
