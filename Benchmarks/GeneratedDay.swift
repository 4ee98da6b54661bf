import FleetModel
import FoundationEssentials
import TestSupport

/// A device-day's response in the vendor's format: ten routes with pauses, one point per second on a winding road.
struct GeneratedDay {
  var vehicle: Int
  var day: UTCDay
  var points: Int

  private static let routes = 10
  static let kilometresPerDay = 100

  var device: DeviceID { DeviceID(Int64(1_000 + vehicle)) }

  var response: Response {
    let requested = day.end.addingTimeInterval(600 + Double(vehicle) * 60)
    return Response(
      request: .deviceDay(device, day), requestedAt: requested, answeredAt: requested.addingTimeInterval(1),
      httpStatus: 200, contentType: "application/json; charset=utf-8", isComplete: true,
      body: body(requested: requested))
  }

  /// The nightly device list after `day`.
  static func list(after day: UTCDay, vehicles: Int, ordinal: Int) -> Response {
    let requested = day.end.addingTimeInterval(300)
    let heartbeat = Int(day.end.timeIntervalSince1970)
    let entries = (0..<vehicles).map { vehicle in
      """
      {"device_id":\(1_000 + vehicle),"device_imei":\(359_183_064_000_000 + vehicle),"device_type":"CAR",\
      "device_name":"Vehicle \(vehicle)","device_mileage":\(10_000 + (ordinal + 1) * kilometresPerDay),\
      "online_timestamp":\(heartbeat - 14_000),"heartbeat_timestamp":\(heartbeat),"error_code":0,"location":"48.1,9.1"}
      """
    }
    return Response(
      request: .deviceList, requestedAt: requested, answeredAt: requested.addingTimeInterval(1), httpStatus: 200,
      contentType: "application/json; charset=utf-8", isComplete: true,
      body: Array("[\(entries.joined(separator: ","))]".utf8))
  }

  private func body(requested: Date) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(vehicle) << 32 | UInt64(UInt32(bitPattern: day.number)))
    var track = Track(&random)
    let start = Int(day.start.timeIntervalSince1970)
    let mileage = 10_000 + Int(day.number % 100) * Self.kilometresPerDay
    var text = """
      {"device":{"timestamp":\(start),"device_id":\(device.value),"device_imei":\(359_183_064_000_000 + vehicle),\
      "device_type":"CAR","device_name":"Vehicle \(vehicle)","device_mileage":\(mileage + Self.kilometresPerDay),\
      "device_mileage_raw":\(mileage + 7),"device_distance":\(Self.kilometresPerDay),"device_speed":0,"device_upm":0,\
      "device_temp_engine":81,"device_voltage_external":12.\(Int(random.next() % 9)),"device_voltage_internal":4.1,\
      "device_angle":\(random.next() % 360),"online_timestamp":\(start + 72_000),\
      "heartbeat_timestamp":\(Int(requested.timeIntervalSince1970) - 60),"status_code":1,"status_text":"Parked","error_code":0},\
      "routes":[
      """
    for route in 0..<Self.routes {
      let departure = start + 18_000 + route * 5_400
      let count = points / Self.routes
      let step = Self.kilometresPerDay / Self.routes
      text += """
        \(route == 0 ? "" : ","){"origin_timestamp":\(departure),"origin_mileage":\(mileage + route * step),\
        "origin_location":"\(track.place)","destination_timestamp":\(departure + count),
        """
      var line = ""
      line.reserveCapacity(22 * count)
      for point in 0..<count {
        if point > 0 { line += ";" }
        track.drive(&random)
        line += "\(track.place),\(track.speed)"
      }
      text += """
        "destination_mileage":\(mileage + (route + 1) * step),"destination_location":"\(track.place)",\
        "average_speed":\(70 + random.next() % 5),"average_speed_distance":72,"pause_duration":60,\
        "route_pause":[{"grouped":0,"type":1,"start_timestamp":\(departure + 60),"end_timestamp":\(departure + 120),\
        "mileage":\(mileage + route * step + 1),"location":"\(track.place)"}],"route_points":"\(line)"}
        """
    }
    return Array((text + "]}").utf8)
  }
}

/// A drive at varying speed along a winding road, with positions to five decimals of a degree.
private struct Track {
  private var latitude: Double
  private var longitude: Double
  private var heading: Double
  private(set) var speed = 30

  init(_ random: inout SeededGenerator) {
    latitude = 47.5 + random.unit() * 6
    longitude = 7 + random.unit() * 6
    heading = random.unit() * 360
  }

  mutating func drive(_ random: inout SeededGenerator) {
    speed = min(130, max(0, speed + Int(random.next() % 7) - 3))
    heading += (random.unit() - 0.5) * 12
    // Triangle waves approximate sine and cosine well enough.
    let turn = (heading / 90).truncatingRemainder(dividingBy: 4)
    let metres = Double(speed) / 3.6
    let north = abs(2 - abs(turn)) - 1
    let east = 1 - abs(abs(turn) - 1).truncatingRemainder(dividingBy: 2)
    latitude += north * metres / 111_000
    longitude += east * metres / 73_000
  }

  var place: String { "\(Self.degrees(latitude)),\(Self.degrees(longitude))" }

  private static func degrees(_ value: Double) -> String {
    let scaled = Int((value.magnitude * 100_000).rounded())
    let digits = String(scaled % 100_000)
    return "\(value < 0 ? "-" : "")\(scaled / 100_000).\(String(repeating: "0", count: 5 - digits.count))\(digits)"
  }
}

extension SeededGenerator {
  fileprivate mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
