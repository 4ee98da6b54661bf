import FleetModel
import Foundation
import Transform

@testable import Pipeline

/// What the tables would contain for one account, without a database.
struct MemoryWarehouse {
  let settlingDays: Int
  private(set) var devices: [DeviceID: MemoryDevice] = [:]
  private(set) var latestListAnswered: Date?
  /// Days that were answered with a route.
  private var served: [ServedDay] = []

  init(settlingDays: Int) {
    self.settlingDays = settlingDays
  }

  var facts: [DeviceFacts] {
    devices.values.map { device in
      var facts = device.facts
      facts.isListed = device.listAnswered == latestListAnswered
      return facts
    }
    .sorted { $0.device < $1.device }
  }

  subscript(device: DeviceID, day: UTCDay) -> DayFacts? { devices[device]?.facts.days[day] }

  mutating func load(_ interpretation: Interpretation, requestedAt: Date, answeredAt: Date) {
    let settlingDays = settlingDays
    if case .day(let response) = interpretation { extendReach(by: response) }
    let served = served
    switch interpretation {
    case .list(let list):
      latestListAnswered = max(answeredAt, latestListAnswered ?? answeredAt)
      for reading in list.readings {
        change(reading.device) { device in
          device.add(reading, isList: true, requestedAt: requestedAt, answeredAt: answeredAt)
          device.review(since: requestedAt, includingPending: true, served: served, settlingDays: settlingDays)
        }
      }
    case .day(let response):
      change(response.device) { device in
        if let reading = response.reading {
          device.add(reading, isList: false, requestedAt: requestedAt, answeredAt: answeredAt)
        }
        device.add(response)
        device.review(
          response.askedDay, since: requestedAt, includingPending: false, served: served, settlingDays: settlingDays)
      }
    case .rejected: break
    }
  }

  private mutating func extendReach(by response: DayResponse) {
    let (asked, settlingDays) = (response.askedDay, settlingDays)
    let age = Int(UTCDay(containing: response.requestedAt).number - asked.number)
    guard response.routes.contains(where: { $0.day == asked }),
      !served.contains(where: { $0.vouches(for: asked, ofAge: age) })
    else { return }
    served = ServedDay.telling(served + [ServedDay(day: asked, age: age)])
    let served = served
    for device in devices.keys {
      change(device) {
        $0.review(since: .distantFuture, includingPending: false, served: served, settlingDays: settlingDays)
      }
    }
  }

  /// Stores what a plan decided.
  mutating func commit(_ plan: Plan) {
    let (served, settlingDays) = (served, settlingDays)
    for new in plan.newlyFollowed { change(new.device) { $0.facts.followedFrom = new.day } }
    for covered in plan.coveredDays { change(covered.device) { $0.add(pending: covered.day) } }
    for device in Set(plan.skipped(.provenEmpty).map(\.device)) {
      change(device) {
        $0.review(since: .distantFuture, includingPending: true, served: served, settlingDays: settlingDays)
      }
    }
  }

  mutating func noteFailure(_ planned: PlannedCall, now: Date, delay: (Int) -> Double) {
    let attempts = (self[planned.device, planned.day]?.failedAttempts ?? 0) + 1
    change(planned.device) { $0.noteFailure(planned.day, attempts: attempts, retryAt: now + delay(attempts)) }
  }

  private mutating func change(_ device: DeviceID, _ change: (inout MemoryDevice) -> Void) {
    change(&devices[device, default: MemoryDevice(device)])
  }
}
