import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Synchronization
import Testing

@testable import Pipeline

/// `backfill --wait` together with nightly runs, with the real pipeline and a real database.
@Suite struct `A backfill that waits for calls` {
  @Test func `goes on over quota windows until it is done, and reports its progress`() async throws {
    var scenario = Scenario(seed: 11, kinds: [.delivery, .commuter, .sales], nights: 16)
    (scenario.historyDays, scenario.quota) = (40, 20)
    try await Stage.set(scenario) { [scenario] stage in
      let history = scenario.firstDay.advanced(by: -40)...scenario.firstDay.previous
      let heard = ProgressLog(stage.clock)
      let end = Mutex<(result: SyncResult, at: Date)?>(nil)
      let backfill = StageClock.Part(at: scenario.firstDay.advanced(by: 1).start + 43_200) {
        let host = Host(number: 9, of: stage, progress: heard, waits: true)
        let clock = stage.clock.pipelineClock
        let result = await WaitingLoop(clock: clock, interruption: Interruption(), progress: heard)
          .run(maxCalls: nil) { _ in
            try await host.run(.backfill(history, devices: nil, refetch: false), mayDie: false)
          }
        await host.leave()
        end.withLock { $0 = (result, clock.now()) }
      }
      let nights = try await stage.playNights(calmNights: 3, alongside: [backfill])
      for night in nights { #expect(night.result.stop == nil && night.result.left == 0, "\(night)") }
      let (result, endedAt) = try #require(end.withLock { $0 })
      #expect(result.stop == nil && result.failure == nil && result.left == 0)
      #expect(try await stage.faults(until: scenario.lastDay) == [])

      let plans = heard.plans
      let asked = try #require(plans.first?.plan.plan.calls.count)
      #expect(asked > 100 && result.totals.loaded == asked)
      // Twenty calls per day, of which the nights need four.
      #expect(plans.count >= 7, "only \(plans.count) windows")
      #expect(heard.waits.count >= plans.count - 1)
      for (earlier, later) in zip(plans, plans.dropFirst()) {
        #expect(later.plan.plan.calls.count <= earlier.plan.plan.calls.count)
      }
      for plan in plans {
        #expect(plan.plan.plan.calls.count == asked - plan.loadedBefore)
        let (earliest, latest) = (try #require(plan.plan.earliestEnd), try #require(plan.plan.latestEnd))
        #expect(
          earliest - 86_400 <= endedAt && endedAt <= latest + 86_400,
          "predicted at \(plan.at): \(earliest) to \(latest), ended at \(endedAt)")
      }
      let lastPlan = try #require(plans.last?.plan.expectedEnd)
      #expect(abs(lastPlan.timeIntervalSince(endedAt)) < 3_600)
    }
  }
}

/// Collects what a run reports of its progress.
private final class ProgressLog: ProgressReporter {
  struct Planned {
    var at: Date
    var plan: PricedPlan
    var loadedBefore: Int
  }

  private struct State {
    var plans: [Planned] = []
    var loaded = 0
    var waits: [Date] = []
  }

  private let state = Mutex(State())
  private let clock: StageClock

  init(_ clock: StageClock) {
    self.clock = clock
  }

  var plans: [Planned] { state.withLock { $0.plans } }
  var waits: [Date] { state.withLock { $0.waits } }

  func report(_ event: ProgressEvent) {
    let now = clock.now
    state.withLock { state in
      switch event {
      case .planned(let plan, _): state.plans.append(Planned(at: now, plan: plan, loadedBefore: state.loaded))
      case .loaded: state.loaded += 1
      case .waiting(let until, _) where until.timeIntervalSince(now) > 3_600: state.waits.append(until)
      default: break
      }
    }
  }
}
