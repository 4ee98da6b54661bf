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

  @Test func `stops the run when five responses in a row deviate from the document in the same way`() {
    var agenda = agenda(6)
    let log = finish(&agenda) { _ in .failed(.wrongDay(answered: "x"), sample: "{") }
    let reason = StopReason.protocolViolated(.wrongDay(answered: "x"), sample: "{")
    #expect(log.last?.verdict == .stop(reason, failed: Array(calls.prefix(5))))
    #expect(log.count == 5 && agenda.left == 6)
    // With two device-days, attempts count.
    agenda = self.agenda(2)
    #expect(finish(&agenda) { _ in .failed(.notJSON("x")) }.count == 5)
    // In different ways, or not in a row, they may be accidents.
    for others in [Fault.notJSON("x"), .timedOut(seconds: 45)] {
      agenda = self.agenda(6)
      let log = finish(&agenda) { $0 == calls[2] ? .failed(others) : .failed(.wrongDay(answered: "x")) }
      #expect(log.count > 5, "\(others)")
    }
    agenda = self.agenda(6)
    #expect(finish(&agenda) { $0 == calls[3] ? .answered(nil) : .failed(.wrongDay(answered: "x")) }.count == 9)
  }

  @Test func `stops the run at a second unknown vendor error with the same number`() {
    var agenda = agenda(6)
    let log = finish(&agenda) { _ in .failed(.vendorError(code: 1060, text: "x")) }
    #expect(log.map(\.verdict).first == .giveUp && log.count == 2)
    agenda = self.agenda(6)
    var code = 2_000
    let different = finish(&agenda) { _ in
      code += 1
      return .failed(.vendorError(code: code, text: "x"))
    }
    #expect(different.count == 6)
  }

  @Test func `does not take one poisoned vehicle for a changed API`() {
    let days = (0..<8).map { PlannedCall(device: DeviceID(1), day: UTCDay(number: 20_000 - $0), reason: .backfill) }
    for fault in [Fault.wrongShape("x"), .vendorError(code: 1060, text: "x")] {
      var agenda = Agenda()
      agenda.add(days + [calls[1]])
      #expect(finish(&agenda) { $0.device == DeviceID(1) ? .failed(fault) : .answered(nil) }.count >= 9, "\(fault)")
      // If the plan has no other one, there is nothing to compare with.
      agenda = Agenda()
      agenda.add(days)
      #expect(finish(&agenda) { _ in .failed(fault) }.count == fault.deviationsInARow, "\(fault)")
    }
  }

  @Test func `tries one call after a run that ended because the API has changed`() {
    var agenda = Agenda(isCanary: true)
    #expect(
      agenda.noteList(.notJSON("x"), now: now) == .stop(.protocolViolated(.notJSON("x"), sample: nil), failed: []))
    agenda = Agenda(isCanary: true)
    agenda.add(calls)
    #expect(finish(&agenda) { _ in .failed(.notJSON("x")) }.count == 1)
    agenda = Agenda(isCanary: true)
    agenda.add(calls)
    // One usable response ends the suspicion.
    #expect(finish(&agenda) { $0 == calls[0] ? .answered(nil) : .failed(.notJSON("x")) }.count == 6)
  }

  @Test(arguments: [401, 402, 403, 404]) func `does not repeat a call that HTTP forbids`(status: Int) {
    var agenda = agenda(2)
    let log = finish(&agenda) { $0 == calls[0] ? .failed(.httpStatus(status)) : .answered(nil) }
    #expect(log.map(\.verdict) == [.giveUp, .goOn])
    #expect(
      agenda.noteList(.httpStatus(status), now: now)
        == .stop(.protocolViolated(.httpStatus(status), sample: nil), failed: []))
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
