import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization

/// Responses for device 492 as the vendor writes them, over a week: every evening's route continues after midnight and is in two
/// responses, one of which has it cut; a longer one is in three. Asked a second time, the vendor answers differently in part.
final class MidnightFleet: Sendable {
  static let device = DeviceID(492)
  /// All of them before the week's end, so that no device list proves a day empty.
  static let days = (0...6).map { Days.ago(10 - $0) }
  static let backfill = Days.backfill(from: 10, to: 4)

  private let timesAsked = Mutex<[UTCDay: Int]>([:])

  /// What takes the place of the simulator's response; nil for other devices and for lists.
  func response(to call: Simulator.Call) -> Simulator.Fault? {
    guard call.device == Self.device, let day = call.day, let index = Self.days.firstIndex(of: day) else { return nil }
    let times = timesAsked.withLock { counts in
      counts[day, default: 0] += 1
      return counts[day, default: 0]
    }
    return .body(Array(Self.body(index, isFirst: times == 1).utf8))
  }

  /// Departure, arrival and number of points of each route, as the table has to show them in the end.
  static var routes: [String] {
    var routes: [String] = []
    for index in days.indices {
      if ![2, 3].contains(index) {
        routes.append(line(noon(index), noon(index) + 1_800, points: index.isMultiple(of: 3) ? 4 : 3))
        // The response for the day after the fifth withdraws what it contained; the day after the last is never asked for.
        let isWhole = ![4, 6].contains(index)
        routes.append(line(evening(index), isWhole ? evening(index) + 9_000 : end(index) - 1, points: isWhole ? 5 : 2))
      }
    }
    routes.append(line(noon(2), end(3) + 7_200, points: 6))
    return routes.sorted()
  }

  private static func line(_ from: Int, _ to: Int, points: Int) -> String { "(\(from),\(to),\(points))" }

  private static func start(_ index: Int) -> Int { Int(days[index].start.timeIntervalSince1970) }
  private static func end(_ index: Int) -> Int { start(index) + 86_400 }
  private static func noon(_ index: Int) -> Int { start(index) + 43_200 }
  private static func evening(_ index: Int) -> Int { start(index) + 82_800 }

  private static func body(_ index: Int, isFirst: Bool) -> String {
    var routes: [String] = []
    switch index {
    case 2: routes = [route(noon(2), end(2) - 1, points: 2)]
    case 3: routes = [route(noon(2), end(3) - 1, points: 4)]
    default:
      let isLonger = !isFirst && index.isMultiple(of: 3)
      routes = [
        route(noon(index), noon(index) + 1_800, points: isLonger ? 4 : 3),
        // Now this response has it whole, now that for the next day.
        route(
          evening(index), index.isMultiple(of: 2) ? end(index) - 1 : evening(index) + 9_000,
          points: index.isMultiple(of: 2) ? 2 : 5),
      ]
    }
    switch index {
    case 0:
      // Of a day that nobody asks for; taken back.
      if isFirst { routes.append(route(evening(0) - 86_400, start(0) + 9_000, points: 3)) }
    case 3: break
    case 4: routes.append(route(noon(2), end(3) + 7_200, points: 6))
    case 5 where !isFirst: break
    default:
      let before = evening(index - 1)
      let isWhole = (index - 1).isMultiple(of: 2)
      routes.append(route(before, isWhole ? before + 9_000 : end(index - 1) - 1, points: isWhole ? 5 : 2))
    }
    return """
      {"device":{"timestamp":"\(start(index))","device_id":492,"device_name":"Van \(index / 3)","device_mileage":"\(900 + index)",
        "online_timestamp":\(end(index) + 9_000),"heartbeat_timestamp":\(end(index) + 10_000),"status_code":1,},
       "routes":[\(routes.joined(separator: ","))]}
      """
  }

  private static func route(_ from: Int, _ to: Int, points: Int) -> String {
    let track = (0..<points).map { "48.\(1_000 + $0),9.\(2_000 + from % 1_000 + $0),\(10 * $0)" }
    return """
      {"origin_timestamp":"\(from)","origin_mileage":100,"origin_location":"48.1,9.2","destination_timestamp":"\(to)",
       "destination_mileage":\(100 + points),"destination_location":"48.2,9.3","route_points":"\(track.joined(separator: ";"))",
       "route_pause":[{"grouped":0,"type":1,"start_timestamp":\(from + 60),"end_timestamp":\(from + 120),"mileage":101}]}
      """
  }
}
