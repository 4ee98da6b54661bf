import AsyncHTTPClient
import FleetModel
import FleetizeSimulator
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// A response to `device`, read as strictly as the vendor's document and sample allow.
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
  /// One account with the token "fake", and no limits unless given.
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

/// The distance of two points on the globe in metres.
func metres(_ a: [Double], _ b: [Double]) -> Double {
  let radian = Double.pi / 180
  let north = sin((b[0] - a[0]) * radian / 2)
  let east = sin((b[1] - a[1]) * radian / 2)
  return 12_742_000 * asin((north * north + cos(a[0] * radian) * cos(b[0] * radian) * east * east).squareRoot())
}

func coordinates(_ location: String) -> [Double] { location.split(separator: ",").compactMap { Double($0) } }

/// A response received over a socket.
struct Received {
  var status: Int
  var retryAfter: String?
  var body: String

  func readDay() throws -> ReadDay { try JSONDecoder().decode(ReadDay.self, from: Data(body.utf8)) }
  func readList() throws -> [ReadListEntry] { try JSONDecoder().decode([ReadListEntry].self, from: Data(body.utf8)) }
  func object() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
  }
}

func post(
  _ form: String, to path: String = "/v2/devicelist", port: Int, timeout: TimeAmount = .seconds(60)
) async throws -> Received {
  var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
  request.method = .POST
  request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
  request.body = .bytes(ByteBuffer(string: form))
  let response = try await HTTPClient.shared.execute(request, timeout: timeout)
  let body = try await response.body.collect(upTo: 10_000_000)
  return Received(
    status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
    body: String(buffer: body))
}

/// Calls the two actions of a simulator over a socket.
struct SocketCaller {
  let port: Int

  func list(token: String = "fake") async throws -> Received { try await post("apitoken=\(token)", port: port) }

  func day(
    _ day: UTCDay, of device: Int64 = 493, token: String = "fake", scope: String = "",
    timeout: TimeAmount = .seconds(60)
  ) async throws -> Received {
    let time = Int(day.start.timeIntervalSince1970)
    let scope = scope.replacing(";", with: "%3B")
    return try await post(
      "apitoken=\(token)&device=\(device)&time=\(time)&scope=\(scope)", to: "/v2/device", port: port, timeout: timeout)
  }
}

/// Runs `body` while a simulator with one account, the token "fake" and no limits listens. Its clock is stopped at `now`.
@discardableResult
func withSocket<Result: Sendable>(
  _ fleet: any SimulatedFleet = GeneratedFleet(seed: 1), at now: Date = Date(timeIntervalSince1970: 1_793_491_800),
  changing configure: (inout Simulator.Configuration) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
  _ body: (SocketCaller) async throws -> Result
) async throws -> Result {
  var configuration = Simulator.Configuration(
    accounts: [Simulator.Account(fleet: fleet, token: "fake")], limits: .unlimited)
  configure(&configuration)
  return try await withServer(Simulator(configuration), clock: .fixed(now)) {
    try await body(SocketCaller(port: $0))
  }
}
