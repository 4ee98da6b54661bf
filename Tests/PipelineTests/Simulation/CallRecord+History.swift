import FleetModel
import FleetizeSimulator
import Foundation

extension CallRecord {
  /// Whether anything shows that the API serves `day` as it was asked for at `fetchedAt`, so that no routes in the response mean none:
  /// the day's settling time was not over, or a day that is not older was asked for at no smaller age, and has a route.
  func vouches(for day: UTCDay, fetchedAt: Date, settlingDays: Int, _ fleet: GeneratedFleet) -> Bool {
    func age(of day: UTCDay, at time: Date) -> Int { day.distance(to: UTCDay(containing: time)) }
    return fetchedAt <= day.end + Double(settlingDays) * 86_400
      || calls.contains { call in
        guard case .deviceDay(let device, let asked) = call.request, asked <= day,
          age(of: asked, at: call.start) >= age(of: day, at: fetchedAt)
        else { return false }
        return !fleet.routes(of: device, departingOn: asked).isEmpty
      }
  }
}
