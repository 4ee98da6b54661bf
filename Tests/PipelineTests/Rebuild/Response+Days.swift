import FleetModel
import Foundation

/// `MM-DD HH:MM` or `MM-DD HH:MM:SS` in 2026, UTC.
func at(_ time: String) -> Date {
  let seconds = time.count == 11 ? ":00" : ""
  return (try? Date("2026-\(time.replacing(" ", with: "T"))\(seconds)Z", strategy: .iso8601)) ?? .distantPast
}

func utcDay(_ day: String) -> UTCDay { UTCDay("2026-\(day)") ?? UTCDay(number: 0) }

func route(
  _ departure: String, to arrival: String? = nil, points: Int = 0, mileages: (Int, Int)? = nil
) -> String {
  let start = Int(at(departure).timeIntervalSince1970)
  let end = Int((arrival.map(at) ?? at(departure).addingTimeInterval(1_800)).timeIntervalSince1970)
  let kilometres = mileages.map { #","origin_mileage":\#($0.0),"destination_mileage":\#($0.1)"# } ?? ""
  let text = Array(repeating: "48.1,9.1,5", count: points).joined(separator: ";")
  return #"[{"origin_timestamp":\#(start),"destination_timestamp":\#(end)\#(kilometres),"route_points":"\#(text)"}]"#
}

extension Response {
  static func list(
    _ time: String, online: Date?, heartbeat: Date?, mileage: Int? = nil, name: String = "My vehicle",
    device: Int64 = 492
  ) -> Response {
    let odometer = mileage.map { #","device_mileage":\#($0)"# } ?? ""
    let sensors = tags(online, heartbeat) + odometer
    return response(.deviceList, time, #"[{"device_id":\#(device),"device_name":"\#(name)"\#(sensors)}]"#)
  }

  /// Parked and heard from at the request unless said otherwise.
  static func day(
    _ day: String, at time: String, device: Int64 = 492, online: Date? = nil, heartbeat: Date? = nil, status: Int? = 1,
    routes: String = "[]", node: String? = nil, name: String? = nil,
    scope: [String] = []
  ) -> Response {
    let asked = utcDay(day)
    let sensors = tags(online ?? asked.start, heartbeat ?? at(time))
    let code = status.map { #","status_code":\#($0)"# } ?? ""
    let label = name.map { #","device_name":"\#($0)""# } ?? ""
    let beginning = Int(asked.start.timeIntervalSince1970)
    let content = #""timestamp":\#(beginning),"device_id":\#(device)\#(sensors)\#(code)\#(label)"#
    let rest = node ?? #","routes":\#(routes)"#
    var response = response(.deviceDay(DeviceID(device), asked), time, #"{"device":{\#(content)}\#(rest)}"#)
    response.scope = scope
    return response
  }

  private static func tags(_ online: Date?, _ heartbeat: Date?) -> String {
    [("online_timestamp", online), ("heartbeat_timestamp", heartbeat)].map { tag, time in
      time.map { #","\#(tag)":\#(Int($0.timeIntervalSince1970))"# } ?? ""
    }.joined()
  }

  private static func response(_ request: Request, _ time: String, _ body: String) -> Response {
    Response(
      request: request, requestedAt: at(time), answeredAt: at(time).addingTimeInterval(1), httpStatus: 200,
      contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
