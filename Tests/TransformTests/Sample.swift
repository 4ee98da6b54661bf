import FleetModel
import FoundationEssentials
import Transform

/// Responses for device 492 and 23 September 2026.
enum Sample {
  static let device = DeviceID(492)
  static let day = UTCDay(number: 20_719)
  /// 00:00:00 of the day as Unix time.
  static let midnight = 1_790_121_600
  static let requestedAt = Date(timeIntervalSince1970: 1_790_208_600)

  static func response(
    _ body: [UInt8], to request: Request = .deviceDay(device, day), status: Int = 200, isComplete: Bool = true,
    contentType: String? = "application/json"
  ) -> Response {
    Response(
      request: request, requestedAt: requestedAt, answeredAt: requestedAt.addingTimeInterval(1), httpStatus: status,
      contentType: contentType, isComplete: isComplete, body: body)
  }

  /// The body of a day; routes as JSON objects without their braces.
  static func body(device tags: String = "", routes: [String] = []) -> String {
    let more = tags.isEmpty ? "" : "," + tags
    let routes = routes.map { "{\($0)}" }.joined(separator: ",")
    return #"{"device":{"timestamp":\#(midnight),"device_id":492\#(more)},"routes":[\#(routes)]}"#
  }

  /// The interpretation of such a body; nil if it is rejected.
  static func day(device tags: String = "", routes: [String] = []) -> DayResponse? {
    day(body(device: tags, routes: routes))
  }

  static func day(_ body: String) -> DayResponse? {
    guard case .day(let response) = interpret(response(Array(body.utf8))) else { return nil }
    return response
  }

  /// Nil if it is rejected.
  static func list(_ body: String) -> FleetList? {
    guard case .list(let list) = interpret(response(Array(body.utf8), to: .deviceList)) else { return nil }
    return list
  }

  /// The tag of a departure some seconds after midnight.
  static func departure(_ seconds: Int) -> String { #""origin_timestamp":"\#(midnight + seconds)""# }

  static func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: Double(midnight + seconds)) }

  static func fixture(_ name: String, beside file: String = #filePath) throws -> [UInt8] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
  }
}

extension [Finding] {
  /// `rule` or `rule x3`, in alphabetical order.
  var summary: [String] {
    map { $0.occurrences == 1 ? $0.rule : "\($0.rule) x\($0.occurrences)" }.sorted()
  }
}
