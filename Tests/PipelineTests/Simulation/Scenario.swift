import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport

/// A fleet, its nights and everything that goes wrong in them, drawn from a seed.
struct Scenario: Sendable {
  var seed: UInt64
  var kinds: [VehicleKind]
  var nights: Int
  /// The day before the first night.
  var firstDay = UTCDay("2025-01-01") ?? UTCDay(number: 0)
  /// Days of driving before the first day, which only a backfill can fetch.
  var historyDays = 0
  var quota = 100
  var interval = 60.0
  /// The days in which the vehicles get their trackers.
  var fittingDays = 0
  /// How often per year a vehicle loses contact to the vendor, for 1 h to 30 days each.
  var lateUploadsPerYear = 0.0
  /// Whether contact tends to be lost and regained just when a day ends and the run begins.
  var losesContactAtMidnight = false
  /// Percentage of nights in which the API is down when the run begins or soon after.
  var apiOutagePercent = 0.0
  /// Percentage of calls whose response is spoilt.
  var faultPercent = 0.0
  /// Calls per thousand that get vendor error 1002; a person lifts the block hours or days later. Only with a single host.
  var blockPerMille = 0.0
  /// Percentage of runs that die.
  var deathPercent = 0.0
  /// Calls per day that another program makes with the same token.
  var strangersCalls = 0
  var hosts = 1
  /// Whether each host has its own address.
  var hostsHaveOwnEgress = false
  var settlingDays = 14
  /// How many days back the API serves routes; nil for all.
  var servedDays: Int?
  /// The UTC days in which responses for a device have another format than documented.
  var formatChange: ClosedRange<UTCDay>?

  init(seed: UInt64, kinds: [VehicleKind], nights: Int) {
    self.seed = seed
    self.kinds = kinds
    self.nights = nights
  }

  /// Anything that may happen.
  static func drawn(from seed: UInt64, vehicles: Int, nights: Int) -> Scenario {
    var random = SeededGenerator(seed: seed &* 0x9e37_79b9)
    let inUse: [VehicleKind] = [.sales, .service, .pool, .reserve, .nightShift, .delivery, .commuter, .longHaul]
    let kinds = (0..<vehicles).map { index in
      index == 0 ? VehicleKind.neverMoved : inUse.randomElement(using: &random) ?? .sales
    }
    var scenario = Scenario(seed: seed, kinds: kinds, nights: nights)
    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    scenario.fittingDays = chance(0.5) ? nights / 3 : 0
    scenario.lateUploadsPerYear = chance(0.7) ? 12 : 0
    scenario.losesContactAtMidnight = chance(0.5)
    scenario.apiOutagePercent = chance(0.5) ? 10 : 0
    scenario.faultPercent = chance(0.6) ? 4 : 0
    scenario.deathPercent = chance(0.6) ? 25 : 0
    scenario.hosts = chance(0.4) ? 2 : 1
    scenario.hostsHaveOwnEgress = scenario.hosts == 2 && chance(0.3)
    // Tight, but enough overall.
    scenario.quota = chance(0.5) ? 100 : 3 * vehicles
    scenario.strangersCalls = chance(0.4) ? scenario.quota / 4 : 0
    scenario.settlingDays = chance(0.5) ? 14 : 40
    return scenario
  }

  var lastDay: UTCDay { firstDay.advanced(by: nights - 1) }

  var fleet: GeneratedFleet {
    let outages = Dictionary(
      uniqueKeysWithValues: kinds.indices.map { (DeviceID(492 + Int64($0)), lateUploads(of: $0)) })
    return GeneratedFleet(
      seed: seed, kinds: kinds, firstDay: firstDay.advanced(by: -historyDays), fittingDays: fittingDays,
      pointInterval: 300,
      outages: { outages[$0] ?? [] })
  }

  /// Whether a vehicle was offline for all of a day's settling time, except what two nights at each end may miss. Only then
  /// may the day be closed without proof.
  func isOutOfReachWhileSettling(_ device: DeviceID, _ day: UTCDay) -> Bool {
    let (from, until) = (day.end + 2 * 86_400, day.end + Double(settlingDays - 2) * 86_400)
    return lateUploads(of: Int(device.value) - 492).contains { outage in
      outage.from <= from && until <= outage.until ?? .distantFuture
    }
  }

  /// Long and short ones are equally likely, from 1 h to 30 days; all end before the last night.
  private func lateUploads(of vehicle: Int) -> [Outage] {
    guard lateUploadsPerYear > 0 else { return [] }
    var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(vehicle))
    var outages: [Outage] = []
    var time = firstDay.start
    while true {
      time += -log(Double.random(in: 0.0001..<1, using: &random)) * 365 / lateUploadsPerYear * 86_400
      var until = time + 3600 * pow(720, Double.random(in: 0..<1, using: &random))
      if losesContactAtMidnight {
        time = atMidnight(time, &random)
        until = atMidnight(until, &random) + 86_400
      }
      guard until < lastDay.start else { return outages }
      if time >= outages.last?.until ?? .distantPast { outages.append(Outage(from: time, until: until)) }
      time = until
    }
  }

  /// Some minutes before or after the run of the same day begins.
  private func atMidnight(_ time: Date, _ random: inout SeededGenerator) -> Date {
    UTCDay(containing: time).start + Double(Int.random(in: -1200...2400, using: &random))
  }

  /// When the other program calls: spread over the days.
  var strangersCallTimes: [Date] {
    guard strangersCalls > 0 else { return [] }
    return (1...nights).flatMap { night in
      let midnight = firstDay.advanced(by: night).start
      var time = midnight + 7
      return (1...strangersCalls).compactMap { call -> Date? in
        defer { time += call % 3 == 0 ? 5000 : 61 }
        return time < midnight + 80_000 ? time : nil
      }
    }
  }

  var apiOutages: [APIOutage] {
    var random = SeededGenerator(seed: seed &* 7_777_777)
    return (1...nights).compactMap { night in
      let isDown = Double.random(in: 0..<100, using: &random) < apiOutagePercent
      let from = firstDay.advanced(by: night).start + Double.random(in: 0..<1500, using: &random)
      let until = from + 60 * pow(1440, Double.random(in: 0..<1, using: &random))
      let kind = APIOutage.Kind.allCases.randomElement(using: &random) ?? .refused
      return isDown ? APIOutage(from: from, until: until, kind: kind) : nil
    }
  }

  /// Calls that get a spoilt response, by the number of the call.
  var fault: @Sendable (Simulator.Call) -> Simulator.Fault? {
    let (percent, blocks, seed, end) = (faultPercent, blockPerMille, seed, lastDay.end)
    let formatChange = formatChange
    let faults: [Simulator.Fault] = [
      .empty, .silence, .cut(afterBytes: 70), .reset(afterBytes: 0), .reset(afterBytes: 40), .otherShape,
      .otherDay(offset: 1), .page(status: 502), .late(seconds: 20), .late(seconds: 50), .error(.tooSoon),
      .body(Array("ERROR #1234 - OUT OF ORDER".utf8)),
    ]
    return { call in
      var random = SeededGenerator(seed: seed &* 31 &+ UInt64(call.number))
      if call.action == .device, formatChange?.contains(UTCDay(containing: call.time)) == true { return .otherShape }
      guard call.time < end else { return nil }
      if blocks > 0, Double.random(in: 0..<1000, using: &random) < blocks { return .error(.tokenBlocked) }
      guard Double.random(in: 0..<100, using: &random) < percent else { return nil }
      return faults.randomElement(using: &random)
    }
  }
}
