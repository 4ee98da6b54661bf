import FleetModel
import FoundationEssentials
import Postgres

/// A route as stored in its rows: read from the tables, or as expected there.
struct StoredRoute: Hashable {
  var number: Int16
  /// Without points, pauses and positions.
  var route: Route
  /// Latitude and longitude of the origin, then of the destination, 1e-7 degrees.
  var positions: [Int32?]
  var pauseCount: Int32
  var pointCount: Int32
  var extent: RouteExtent
  var askedDay: UTCDay

  /// - Parameter index: from 0, in the order of departure.
  init(_ route: Route, index: Int, askedDay: UTCDay) {
    number = Int16(index + 1)
    self.route = route
    self.route.points = []
    self.route.pauses = []
    (self.route.origin, self.route.destination) = (nil, nil)
    positions = [
      route.origin?.latitudeE7, route.origin?.longitudeE7, route.destination?.latitudeE7,
      route.destination?.longitudeE7,
    ]
    pauseCount = Int32(route.pauses.count)
    pointCount = Int32(route.points.count)
    extent = RouteExtent(of: route.points)
    self.askedDay = askedDay
  }

  init(_ row: Row) throws {
    number = try row.decode("route_no")
    route = Route(
      departedAt: try row.decode("departed_at"), arrivedAt: try row.decode("arrived_at"),
      originMileage: try row.decode("origin_mileage_km"), destinationMileage: try row.decode("destination_mileage_km"),
      averageSpeed: try row.decode("average_speed_kmh"),
      averageSpeedDistance: try row.decode("average_speed_distance_kmh"), pauseSeconds: try row.decode("pause_s"))
    positions = [
      try row.decode("origin_latitude_e7"), try row.decode("origin_longitude_e7"),
      try row.decode("destination_latitude_e7"), try row.decode("destination_longitude_e7"),
    ]
    pauseCount = try row.decode("pause_count")
    pointCount = try row.decode("point_count")
    let topSpeed: Decimal3? = try row.decode("top_speed_kmh")
    extent = RouteExtent(
      topSpeedTenths: topSpeed.map { Int16(clamping: $0.thousandths / 100) }, south: try row.decode("south_e7"),
      west: try row.decode("west_e7"), north: try row.decode("north_e7"), east: try row.decode("east_e7"),
      trackLength: try row.decode("track_km"))
    askedDay = try row.decode("asked_day")
  }

  /// A route's points in the binary form that the comparison requests from the server.
  static func bytes(of points: [RoutePoint]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(14 * points.count)
    for (index, point) in points.enumerated() {
      withUnsafeBytes(of: Int32(index + 1).bigEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: point.latitudeE7.bigEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: point.longitudeE7.bigEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: point.speedTenths.bigEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

/// A pause as stored in its row.
struct StoredPause: Hashable {
  var routeNumber: Int16
  var sequence: Int32
  /// Without its position.
  var pause: RoutePause
  var latitudeE7: Int32?
  var longitudeE7: Int32?

  /// Route and index count from 0.
  init(_ pause: RoutePause, route: Int, index: Int) {
    routeNumber = Int16(route + 1)
    sequence = Int32(index + 1)
    self.pause = pause
    self.pause.location = nil
    latitudeE7 = pause.location?.latitudeE7
    longitudeE7 = pause.location?.longitudeE7
  }

  init(_ row: Row) throws {
    routeNumber = try row.decode("route_no")
    sequence = try row.decode("seq")
    pause = RoutePause(
      typeCode: try row.decode("pause_type_code"), isGrouped: try row.decode("is_grouped"),
      startedAt: try row.decode("started_at"), endedAt: try row.decode("ended_at"),
      mileage: try row.decode("mileage_km"))
    latitudeE7 = try row.decode("latitude_e7")
    longitudeE7 = try row.decode("longitude_e7")
  }
}

extension Decimal3: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self.init(thousandths: try value.numeric(scale: 3)) }
}
