import FleetModel
import FleetizeAPI
import Foundation
import TestSupport
import Testing

@testable import Pipeline

@Suite struct `The agenda of a run` {
  private let now = Date(timeIntervalSince1970: 1_791_201_600)
  private let calls = (1...6).map { device in
    PlannedCall(device: DeviceID(Int64(device)), day: UTCDay(number: 20_000), reason: .newDay)
  }

  private func agenda(_ count: Int) -> Agenda {
    var agenda = Agenda()
    agenda.add(Array(calls.prefix(count)))
    return agenda
  }

  /// Makes all calls, each with the outcome that `outcome` gives for it.
  private func finish(
    _ agenda: inout Agenda, _ outcome: (PlannedCall) -> Agenda.Outcome
  ) -> [(call: PlannedCall, verdict: Agenda.Verdict)] {
    var log: [(call: PlannedCall, verdict: Agenda.Verdict)] = []
    while let call = (try? agenda.next()) ?? nil {
      let verdict = agenda.note(outcome(call), of: call, now: now)
      log.append((call, verdict))
      if case .stop = verdict { break }
    }
    return log
  }

  @Test func `has the calls of the plan in their order`() {
    var agenda = agenda(3)
    #expect(agenda.left == 3)
    let log = finish(&agenda) { $0 == calls[1] ? .notNeeded : .answered(nil) }
    #expect(log.map(\.call) == Array(calls.prefix(3)))
    #expect(log.hasOnly { $0.verdict == .goOn })
    #expect(agenda.left == 0)
  }

  @Test func `counts the call in hand among those that are left`() {
    var agenda = agenda(2)
    _ = try? agenda.next()
    #expect(agenda.left == 2)
  }

  @Test func `tries a failed call again after the others, three times in all`() {
    var agenda = agenda(2)
    let log = finish(&agenda) { $0 == calls[0] ? .failed(.notJSON("x")) : .answered(nil) }
    #expect(log.map(\.call) == [calls[0], calls[1], calls[0], calls[0]])
    #expect(log.map(\.verdict) == [.tryAgainLater, .goOn, .tryAgainLater, .giveUp])
    #expect(agenda.left == 0)
  }

  @Test(arguments: [Fault.vendorError(code: 1234, text: "x"), .tooLarge(limitBytes: 1)])
  func `gives up at once on a device-day that no retry can get`(fault: Fault) {
    var agenda = agenda(2)
    let log = finish(&agenda) { $0 == calls[0] ? .failed(fault) : .answered(nil) }
    #expect(log.map(\.verdict) == [.giveUp, .goOn])
  }

  @Test func `stops the run when the token is refused or blocked`() {
    for (fault, reason) in [(Fault.tokenRefused, StopReason.tokenRefused), (.tokenBlocked, .blocked(since: now))] {
      var agenda = agenda(3)
      let log = finish(&agenda) { _ in .failed(fault) }
      #expect(log.map(\.verdict) == [.stop(reason, failed: [])])
      #expect(agenda.left == 3)
      #expect(agenda.noteList(fault, now: now) == .stop(reason, failed: []))
    }
  }

  @Test func `stops the run when five device-days in a row fail by an outage`() {
    var agenda = agenda(6)
    let fault = Fault.timedOut(seconds: 45)
    let log = finish(&agenda) { _ in .failed(fault) }
    #expect(log.map(\.call) == Array(calls.prefix(5)))
    #expect(log.last?.verdict == .stop(.unreachable(fault), failed: Array(calls.prefix(5))))
    #expect(agenda.left == 6)
  }

  @Test func `counts outages in a row only since the last answer`() {
    var agenda = agenda(6)
    var answers = 0
    let log = finish(&agenda) { call in
      guard call == calls[2] else { return .failed(.emptyBody) }
      answers += 1
      return .answered(nil)
    }
    #expect(answers == 1)
    // After the answer to the third call: the fourth, fifth and sixth, then the first and second again.
    #expect(log.last?.verdict == .stop(.unreachable(.emptyBody), failed: [3, 4, 5, 0, 1].map { calls[$0] }))
  }

  @Test func `does not take unusable responses for an outage`() {
    var agenda = agenda(6)
    let log = finish(&agenda) { _ in .failed(.wrongDay(answered: "x")) }
    #expect(log.count == 18)
    #expect(log.count { $0.verdict == .giveUp } == 6)
  }

  @Test func `does not take one device-day that fails again and again for an outage`() {
    var agenda = agenda(2)
    let log = finish(&agenda) { _ in .failed(.emptyBody) }
    #expect(log.map(\.verdict).suffix(2) == [.giveUp, .giveUp])
  }

  @Test func `allows no call beyond the limit`() {
    let agenda = Agenda(maxCalls: 3)
    #expect(throws: Never.self) { try agenda.checkLimit(callsMade: 2) }
    #expect(throws: StopReason.callLimitReached) { try agenda.checkLimit(callsMade: 3) }
    #expect(throws: Never.self) { try Agenda().checkLimit(callsMade: 1_000) }
  }

  @Test func `asks for each device list three times`() {
    var agenda = agenda(0)
    for _ in 0..<2 {
      #expect(agenda.noteList(.emptyBody, now: now) == .tryAgainLater)
      #expect(agenda.noteList(.emptyBody, now: now) == .tryAgainLater)
      #expect(agenda.noteList(nil, now: now) == .goOn)
    }
    for _ in 0..<2 { #expect(agenda.noteList(.emptyBody, now: now) == .tryAgainLater) }
    #expect(agenda.noteList(.emptyBody, now: now) == .stop(.noDeviceList(.emptyBody), failed: []))
  }

  @Test func `asks only once for a device list that no retry can get`() {
    var agenda = agenda(0)
    let fault = Fault.tooLarge(limitBytes: 1)
    #expect(agenda.noteList(fault, now: now) == .stop(.noDeviceList(fault), failed: []))
  }
}
