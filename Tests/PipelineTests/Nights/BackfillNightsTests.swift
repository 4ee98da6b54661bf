import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// A backfill of 90 days for 40 vehicles that goes on for weeks alongside nightly runs, compared with its dry run.
@Suite struct `A backfill of 90 days during the nights` {
  private static let kinds: [VehicleKind] = [.sales, .service, .pool, .delivery, .commuter, .reserve, .sales, .service]

  /// How many nights precede the dry run; the forecast is estimated from them.
  @Test(arguments: [1, 7, 28], SimulatedSpan.seeds(17...18))
  func `delays no night and ends when predicted`(knownNights: Int, seed: UInt64) throws {
    let span = SimulatedSpan.current(days: 90, vehicles: 40)
    let repetition = Comment(
      rawValue: "repeat with: \(span.command(seed: seed, filter: "BackfillNightsTests"))")
    var scenario = Scenario(
      seed: seed, kinds: (0..<span.vehicles).map { Self.kinds[$0 % Self.kinds.count] }, nights: knownNights + 63)
    scenario.historyDays = span.days
    let undisturbed = try PureStage(scenario)
    let nights = undisturbed.nightlyHosts(calmNights: 3)
    undisturbed.play(nights)

    let stage = try PureStage(scenario)
    let sameNights = stage.nightlyHosts(calmNights: 3)
    let history = scenario.firstDay.advanced(by: -span.days)...scenario.firstDay.previous
    let start = scenario.firstDay.advanced(by: knownNights).start + 12 * 3600
    let backfill = PureHost(
      number: 9, of: stage, starts: [start], backfill: .backfill(history, devices: nil, refetch: false))
    stage.play(sameNights + [backfill])

    for (night, same) in zip(nights[0].results, sameNights[0].results) {
      #expect(same.stop == nil && same.left == 0, repetition)
      #expect(same.ended.timeIntervalSince(night.ended) < 900, repetition)
    }
    let last = try #require(backfill.results.last)
    #expect(last.stop == nil && last.left == 0, repetition)
    #expect(stage.faults(history.lowerBound...scenario.lastDay) == [], repetition)
    let lists = stage.record.calls.filter { $0.request == .deviceList }
    for (earlier, later) in zip(lists, lists.dropFirst()) {
      #expect(later.start >= earlier.end + Planning.listLifetime, repetition)
    }
    let predicted = try #require(PredictedEnd(knownNights: knownNights, real: last.ended, plan: backfill.firstPlan))
    if knownNights == 28 { #expect(abs(predicted.error) <= 86_400, repetition) }
    #expect(predicted.beyond <= 86_400, repetition)
    #expect(backfill.firstPlan?.knownNights == knownNights, repetition)
    PredictedEnd.report(predicted, days: last.ended.timeIntervalSince(start) / 86_400, seed: seed)
  }
}

/// The end that a dry run predicted, and the real one.
private struct PredictedEnd {
  var knownNights: Int
  /// Seconds by which the end came later than predicted.
  var error: Double
  /// Seconds by which the end came before the earliest or after the latest predicted one.
  var beyond: Double

  /// With half a day of tolerance, because the calls of a day come together.
  var isWithinRange: Bool { beyond <= 43_200 }

  init?(knownNights: Int, real: Date, plan: PricedPlan?) {
    guard let plan, let expected = plan.expectedEnd, let earliest = plan.earliestEnd, let latest = plan.latestEnd else {
      return nil
    }
    self.knownNights = knownNights
    error = real.timeIntervalSince(expected)
    beyond = max(0, earliest.timeIntervalSince(real), real.timeIntervalSince(latest))
  }

  private static let all = Mutex<[PredictedEnd]>([])

  /// Prints the row, and a summary of all so far.
  static func report(_ predicted: PredictedEnd, days: Double, seed: UInt64) {
    func text(_ number: Double) -> String {
      number.formatted(.number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US_POSIX")))
    }
    let same = all.withLock { all in
      all.append(predicted)
      return all.filter { $0.knownNights == predicted.knownNights }
    }
    let errors = same.map { $0.error / 86_400 }
    let mean = errors.reduce(0, +) / Double(errors.count)
    print(
      """
      seed \(seed), nights known: \(predicted.knownNights): done after \(text(days)) days, \(text(predicted.error / 3600)) h later than predicted; so far \
      | \(predicted.knownNights) | \(same.count) | \(text(mean)) | \(text(errors.min() ?? 0)) to \(text(errors.max() ?? 0)) \
      | \(errors.count { abs($0) <= 1 }) | \(same.count(where: \.isWithinRange)) |
      """)
  }
}
