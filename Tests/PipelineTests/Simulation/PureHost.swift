import Extract
import FleetModel
import FleetizeAPI
import Foundation
import TestSupport

@testable import Pipeline

/// One machine that runs the exporter in a ``PureStage``. Planner, agenda and pacing are the real ones; this adds clock, ledger and vendor.
final class PureHost: PureActor {
  /// What a nightly run did, or the part of a backfill between two waits.
  struct Result {
    var began: Date
    var ended: Date
    /// Planned device-days, and those of them that were not done.
    var planned: Int
    var left: Int
    var stop: StopReason?
  }

  private struct Run {
    var goal: Goal
    var result: Result
    /// The call of the run at which the host dies, and how.
    var death: (call: Int, kind: Death)?
    var agenda = Agenda()
    var calls = 0
    var hasPlan = false
    var reserve = 0
    var unreached = 0
    var inHand: PlannedCall?
  }

  private enum Death: CaseIterable { case inFlight, beforeLoad, afterLoad }

  private struct Flight {
    var call: Int
    var place: Int?
    var response: PureResponse
    var dies: Bool
  }

  private unowned let stage: PureStage
  private let egress: String
  private var random: SeededGenerator
  /// When each nightly run begins, or when the backfill begins.
  private var starts: ArraySlice<Date>
  private let backfill: Goal?
  private var run: Run?
  private var flight: Flight?
  private(set) var results: [Result] = []
  /// The result of a dry run before the first call of a backfill.
  private(set) var firstPlan: PricedPlan?

  /// - Parameter backfill: what to do from the first of `starts` until it is done; nil for a nightly run at each of them.
  init(number: Int, of stage: PureStage, starts: [Date], backfill: Goal? = nil) {
    self.stage = stage
    self.starts = starts[...]
    self.backfill = backfill
    egress = stage.scenario.hostsHaveOwnEgress ? "egress \(number)" : "egress"
    random = SeededGenerator(seed: stage.scenario.seed &* 65_537 &+ UInt64(number))
    super.init(at: starts.first ?? .distantFuture)
  }

  override func act() {
    if let flight {
      self.flight = nil
      land(flight)
    } else if run == nil {
      begin()
    }
    proceed()
  }

  private func begin() {
    let isDoomed = Double.random(in: 0..<100, using: &random) < stage.scenario.deathPercent
    let death = isDoomed ? (Int.random(in: 1...8, using: &random), Death.allCases.randomElement(using: &random)) : nil
    run = Run(
      goal: backfill ?? .nightly(firstDays: 1),
      result: Result(began: stage.now, ended: stage.now, planned: 0, left: 0, stop: nil),
      death: death.flatMap { call, kind in kind.map { (call, $0) } }, agenda: Agenda(isCanary: stage.deviates))
    if let backfill { firstPlan = firstPlan ?? priced(backfill) } else { stage.nightlyRuns.append(stage.now) }
    for response in stage.unloaded { load(response) }
    stage.unloaded = []
    if needsList == false { plan() }
  }

  private var needsList: Bool {
    guard backfill != nil, let answered = stage.warehouse.latestListAnswered else { return true }
    return stage.now.timeIntervalSince(answered) >= Planning.listLifetime
  }

  private func plan() {
    guard var run else { return }
    let (facts, now) = (stage.warehouse.facts, stage.now)
    let plan = Planner().plan(run.goal, facts: facts, now: now)
    stage.warehouse.commit(plan)
    // A range that begins with the first served day would never search.
    let history = backfill.map { _ in HistorySearch(facts, settlingDays: stage.scenario.settlingDays, now: now) }
    run.agenda.add(plan.calls, searching: stage.scenario.servedDays == nil ? nil : history)
    run.hasPlan = true
    run.reserve = Planner().reserve(for: run.goal, facts: facts, dailyCalls: stage.scenario.quota, now: now)
    run.result.planned = plan.calls.count
    self.run = run
  }

  /// The result of a dry run now.
  private func priced(_ goal: Goal) -> PricedPlan {
    let now = stage.now
    let facts = stage.warehouse.facts
    let planner = Planner()
    return PricedPlan(
      planner.plan(goal, facts: facts, now: now), lists: needsList ? 1 : 0, users: 1,
      reserve: planner.reserve(for: goal, facts: facts, dailyCalls: stage.scenario.quota, now: now),
      night: stage.nextNight, nights: stage.outlook, pacing: stage.pacing,
      snapshot: stage.ledger.snapshot(for: egress, at: now), now: now)
  }

  /// Sends the next call, or waits, or ends the run.
  private func proceed() {
    guard flight == nil, wakes <= stage.now else { return }
    while run != nil {
      if let until = stage.busy[egress], until >= stage.now {
        wakes = until + 0.2
        return
      }
      guard let request = nextRequest() else { return finish(nil) }
      stage.ledger.endDeadCalls(of: egress, at: stage.now)
      let reserve = run?.hasPlan == true ? run?.reserve ?? 0 : 0
      let permit = stage.pacing.permit(
        stage.ledger.snapshot(for: egress, at: stage.now), at: stage.now, reserving: reserve, until: stage.nextNight)
      guard permit != .send else { return send(request) }
      do throws(StopReason) {
        wakes = try Caller.waitingTime(permit, isPatient: backfill != nil || reserve == 0, now: stage.now)
        return
      } catch {
        return finish(error)
      }
    }
  }

  /// Nil when nothing is left to do. A device-day is claimed, and checked before each attempt whether it is still due.
  private func nextRequest() -> Request? {
    if run?.hasPlan == false {
      guard !needsList else { return .deviceList }
      plan()
    }
    while let planned = run?.inHand ?? (try? run?.agenda.next()) ?? nil {
      let asked = DeviceDayID(device: planned.device, day: planned.day)
      let isMine = run?.inHand != nil || stage.claims.insert(asked).inserted
      if isMine, planned.isDue(stage.warehouse[planned.device, planned.day]) {
        run?.inHand = planned
        return .deviceDay(planned.device, planned.day)
      }
      _ = run?.agenda.note(.notNeeded, of: planned, now: stage.now)
      if isMine { release(planned) }
    }
    return nil
  }

  private func release(_ planned: PlannedCall) {
    stage.claims.remove(DeviceDayID(device: planned.device, day: planned.day))
    run?.inHand = nil
  }

  private func send(_ request: Request) {
    run?.calls += 1
    let call = stage.ledger.begin(on: egress, at: stage.now)
    if backfill == nil { stage.nightlyCalls.append(stage.now) }
    let (response, seconds) = stage.send(request, from: egress)
    let isUnreached = if case .unreachable = response.fault { true } else { false }
    let place = isUnreached ? nil : stage.record.begin(request, from: egress, at: stage.now)
    let death = run?.death.flatMap { $0.call == run?.calls ? $0.kind : nil }
    flight = Flight(call: call, place: place, response: response, dies: death == .inFlight)
    wakes = stage.now + (death == .inFlight ? Double.random(in: 0...seconds, using: &random) : seconds)
    stage.busy[egress] = wakes
  }

  private func land(_ flight: Flight) {
    stage.busy[egress] = nil
    if let place = flight.place { stage.record.end(place, at: stage.now) }
    // The ledger row of a dead caller stays open until another process finds the lock free.
    if flight.dies { return die() }
    stage.ledger.end(flight.call, at: stage.now, fault: flight.response.fault)
    if flight.response.fault == .tokenBlocked { stage.unblock(after: .random(in: 3600...172_800, using: &random)) }
    if let death = run?.death, death.call == run?.calls {
      if death.kind == .beforeLoad { stage.unloaded.append(flight.response) } else { load(flight.response) }
      return die()
    }
    load(flight.response)
    if case .unreachable(let why) = flight.response.fault { return retryUnreached(.unreachable(why)) }
    run?.unreached = 0
    if let planned = run?.inHand { note(planned, flight.response.fault) } else { noteList(flight.response.fault) }
  }

  private func load(_ response: PureResponse) {
    stage.warehouse.load(response.interpretation, requestedAt: response.requestedAt, answeredAt: response.answeredAt)
  }

  private func die() {
    if let planned = run?.inHand { release(planned) }
    run = nil
    wakes = stage.now + Double.random(in: 1...1800, using: &random)
  }

  private func retryUnreached(_ fault: Fault) {
    run?.unreached += 1
    guard let delay = RetryDelay.afterUnreached(run?.unreached ?? 0, interval: stage.scenario.interval) else {
      return finish(.unreachable(fault))
    }
    wakes = stage.now + delay
  }

  private func noteList(_ fault: Fault?) {
    switch run?.agenda.noteList(fault, now: stage.now) {
    case .goOn: plan()
    case .stop(let reason, _): finish(reason)
    case .tryAgainLater, .giveUp, nil: break
    }
  }

  private func note(_ planned: PlannedCall, _ fault: Fault?) {
    release(planned)
    if fault == nil { stage.deviates = false }
    var rebuilt = DayRebuilder.Outcome()
    rebuilt.routeCount = stage.warehouse.devices[planned.device]?.routes[planned.day]?.count ?? 0
    switch run?.agenda.note(fault.map { .failed($0) } ?? .answered(rebuilt), of: planned, now: stage.now) {
    case .giveUp: noteFailure(planned)
    case .stop(let reason, let failed):
      for planned in failed { noteFailure(planned) }
      finish(reason)
    case .goOn, .tryAgainLater, nil: break
    }
  }

  private func noteFailure(_ planned: PlannedCall) {
    stage.warehouse.noteFailure(planned, now: stage.now, delay: RetryDelay.afterFailedDay)
  }

  private func finish(_ stop: StopReason?) {
    guard let run else { return }
    if let planned = run.inHand { release(planned) }
    self.run = nil
    if case .protocolViolated = stop { stage.deviates = true }
    var result = run.result
    (result.ended, result.left, result.stop) = (stage.now, run.agenda.left, stop)
    results.append(result)
    if backfill == nil {
      if stop == nil { stage.nightDone = UTCDay(containing: result.began) }
      _ = starts.popFirst()
      wakes = starts.first.map { max($0, stage.now) } ?? .distantFuture
    } else if case .blocked = stop {
      wakes = stage.now + 3600
    } else {
      wakes = stop?.nextAttempt(now: stage.now) ?? .distantFuture
    }
  }
}
