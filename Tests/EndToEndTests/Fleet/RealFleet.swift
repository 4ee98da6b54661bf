import FleetModel
import Foundation

/// The folder of payloads made from real vehicle traces, with the true values next to them.
enum RealFleet {
  /// Nil where the folder is not there.
  static let folder: String? = {
    let beside = URL(fileURLWithPath: #filePath).appending(path: "../../../../../shared/real-fleet").standardized.path
    let path = ProcessInfo.processInfo.environment["FLEETIZE_REAL_FLEET"] ?? beside
    return FileManager.default.fileExists(atPath: "\(path)/fleet.jsonl.gz") ? path : nil
  }()

  struct Device: Decodable, Hashable {
    var device_id: Int64
    var device_imei: Int64
    var device_type: String
    var device_name: String
    var device_description: String
    var device_portrait: String
  }

  struct Route: Decodable {
    var device_id: Int64
    var origin_timestamp: Int64
    var origin_mileage: Int64
    var origin_location: [Double]
    var destination_timestamp: Int64
    var destination_mileage: Int64
    var destination_location: [Double]
    var average_speed: Double
    var average_speed_distance: Double
    var pause_duration: Int64
    var route_points: [[Double]]
    var route_pause: [Pause]
  }

  struct Pause: Decodable {
    var grouped: Int
    var type: Int32
    var start_timestamp: Int64
    var end_timestamp: Int64
    var mileage: Int64
    var location: [Double]
  }

  private struct Kind: Decodable {
    var kind: String
  }

  /// Reads `fleet.jsonl.gz`, one JSON object a line.
  static func truth(in folder: String) throws -> (devices: [Device], routes: [Route]) {
    let gzip = Process()
    let pipe = Pipe()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = ["-dc", "\(folder)/fleet.jsonl.gz"]
    gzip.standardOutput = pipe
    try gzip.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    gzip.waitUntilExit()
    var devices: [Device] = []
    var routes: [Route] = []
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      switch try decoder.decode(Kind.self, from: line).kind {
      case "device": devices.append(try decoder.decode(Device.self, from: line))
      default: routes.append(try decoder.decode(Route.self, from: line))
      }
    }
    return (devices, routes)
  }
}
