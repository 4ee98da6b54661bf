import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// A day's response, read as strictly as the vendor's document and sample allow.
struct ReadDay: Decodable {
  var device: Device
  var routes: [Route]

  struct Device: Decodable {
    var timestamp: Int
    var device_id: Int64
    var device_imei: Int
    var device_name: String
    var device_portrait: String
    var device_mileage: Int
    var online_timestamp: Int?
    var heartbeat_timestamp: Int
    var device_voltage_external: Double
    var status_code: Int
    var error_code: Int
    var location: String
  }

  struct Route: Decodable {
    var origin_timestamp: String
    var origin_mileage: Int
    var origin_location: String
    var destination_timestamp: String
    var destination_mileage: Int
    var destination_location: String
    var average_speed: Double
    var average_speed_distance: Double
    var pause_duration: Int
    var route_pause: [Pause]
    var route_points: String

    struct Pause: Decodable {
      var grouped: Int
      var type: Int
      var start_timestamp: String
      var end_timestamp: String
      var mileage: Int
      var location: String
    }

    var departure: Int { Int(origin_timestamp) ?? 0 }
    var arrival: Int { Int(destination_timestamp) ?? 0 }
    var points: [[Double]] {
      route_points.split(separator: ";").map { $0.split(separator: ",").map { Double($0) ?? .nan } }
    }
  }
}

struct ReadListEntry: Decodable {
  var device_id: Int64
  var device_name: String
  var device_mileage: Int
  var online_timestamp: Int?
  var heartbeat_timestamp: Int
  var status_text: String
}

extension SimulatedResponse {
  func readDay() throws -> ReadDay { try JSONDecoder().decode(ReadDay.self, from: Data(body)) }
  func readList() throws -> [ReadListEntry] { try JSONDecoder().decode([ReadListEntry].self, from: Data(body)) }
  var text: String { String(decoding: body, as: UTF8.self) }
}

extension Simulator {
  /// One account, one token ("fake"), no limits unless given.
  convenience init(
    _ fleet: any SimulatedFleet, limits: Limits = .unlimited,
    fault: @escaping @Sendable (Call) -> Fault? = { _ in nil }
  ) {
    self.init(Configuration(accounts: [Account(fleet: fleet, token: "fake")], limits: limits, fault: fault))
  }

  func list(at now: Date) -> SimulatedResponse { answer(.deviceList(token: "fake"), at: now) }

  func day(_ day: UTCDay?, of device: DeviceID, at now: Date) -> SimulatedResponse {
    answer(.device(device, on: day, token: "fake"), at: now)
  }
}

/// A moment such as `2026-11-01T00:10:00Z`.
func instant(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

func day(_ text: String) throws -> UTCDay { try #require(UTCDay(text)) }

/// Metres between two points on a sphere.
func metres(_ a: [Double], _ b: [Double]) -> Double {
  let radian = Double.pi / 180
  let north = sin((b[0] - a[0]) * radian / 2)
  let east = sin((b[1] - a[1]) * radian / 2)
  return 12_742_000 * asin((north * north + cos(a[0] * radian) * cos(b[0] * radian) * east * east).squareRoot())
}

func coordinates(_ location: String) -> [Double] { location.split(separator: ",").compactMap { Double($0) } }
