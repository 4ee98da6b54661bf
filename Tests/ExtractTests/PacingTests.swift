import Extract
import FleetModel
import FoundationEssentials
import Testing

private let hour: Double = 3_600

@Suite struct `The next call` {
  private let now = noon
  private let pacing: Pacing

  init() throws {
    pacing = try Pacing(requestInterval: 60, dailyCalls: 3)
  }

  @Test func `leaves at once if there was none before`() {
    #expect(pacing.permit(LedgerSnapshot(), at: now) == .send)
  }

  @Test func `leaves one interval after the end of the previous one`() {
    let ledger = LedgerSnapshot(lastEndOnEgress: now)
    #expect(pacing.permit(ledger, at: now) == .wait(until: now + 60))
    #expect(pacing.permit(ledger, at: now + 59.999) == .wait(until: now + 60))
    #expect(pacing.permit(ledger, at: now + 60) == .send)
  }

  @Test func `counts an end in the future as now: a clock was wrong`() {
    #expect(pacing.permit(LedgerSnapshot(lastEndOnEgress: now + 48 * hour), at: now) == .wait(until: now + 60))
    let future = LedgerSnapshot(accountEnds: [now - hour, now + 2 * hour, now + 48 * hour])
    #expect(pacing.permit(future, at: now) == .exhausted(until: now + 23 * hour))
    let tooFast = LedgerSnapshot(lastEndOnEgress: now, tooFastInARow: 2, lastTooFast: now + 48 * hour)
    #expect(pacing.permit(tooFast, at: now) == .tooFastTwice(until: now + hour))
  }

  @Test func `leaves 24 h after the end of the oldest one if the quota is used up`() {
    let ledger = LedgerSnapshot(accountEnds: [now - hour, now - 20 * hour, now - 2 * hour])
    #expect(pacing.permit(ledger, at: now) == .exhausted(until: now + 4 * hour))
    #expect(pacing.permit(ledger, at: now + 4 * hour - 0.001) == .exhausted(until: now + 4 * hour))
    #expect(pacing.permit(ledger, at: now + 4 * hour) == .send)
  }

  @Test func `waits for the later of quota and interval`() {
    let ledger = LedgerSnapshot(
      lastEndOnEgress: now, accountEnds: [now - 24 * hour + 10, now - hour, now])
    #expect(pacing.permit(ledger, at: now) == .exhausted(until: now + 60))
  }

  @Test func `never leaves while the account is blocked`() {
    let ledger = LedgerSnapshot(blockedSince: now - 100 * hour)
    #expect(pacing.permit(ledger, at: now) == .blocked(since: now - 100 * hour))
  }

  @Test func `waits for twice the interval in the hour after being too fast`() {
    let tooFast = LedgerSnapshot(lastEndOnEgress: now, tooFastInARow: 1, lastTooFast: now)
    #expect(pacing.permit(tooFast, at: now) == .wait(until: now + 120))
    let answeredSince = LedgerSnapshot(lastEndOnEgress: now + 300, lastTooFast: now)
    #expect(pacing.permit(answeredSince, at: now + 301) == .wait(until: now + 420))
    let later = LedgerSnapshot(lastEndOnEgress: now + hour, lastTooFast: now)
    #expect(pacing.permit(later, at: now + hour) == .wait(until: now + hour + 60))
  }

  @Test func `waits for at least a second after being too fast`() throws {
    let tooFast = LedgerSnapshot(lastEndOnEgress: now, tooFastInARow: 1, lastTooFast: now)
    #expect(try Pacing(requestInterval: 0).permit(tooFast, at: now) == .wait(until: now + 1))
    #expect(try Pacing(requestInterval: 0.2).permit(tooFast, at: now) == .wait(until: now + 1))
    #expect(try Pacing(requestInterval: 0).permit(LedgerSnapshot(lastEndOnEgress: now), at: now) == .send)
  }

  @Test func `does not leave in the hour after being too fast twice in a row`() {
    let ledger = LedgerSnapshot(lastEndOnEgress: now, tooFastInARow: 2, lastTooFast: now)
    #expect(pacing.permit(ledger, at: now + 600) == .tooFastTwice(until: now + hour))
    #expect(pacing.permit(ledger, at: now + hour) == .send)
  }
}

@Suite struct `The quota` {
  private let now = noon
  private let midnight = noon + 12 * 3_600
  private let pacing: Pacing

  init() throws {
    pacing = try Pacing(requestInterval: 60, dailyCalls: 10)
  }

  @Test func `has room again when calls leave the window`() {
    let ends = (1...8).map { now - Double($0) * hour }
    let ledger = LedgerSnapshot(accountEnds: ends)
    #expect(pacing.callsLeft(ledger, at: now) == 2)
    #expect(pacing.callsLeft(ledger, at: now + 16 * hour - 0.001) == 2)
    #expect(pacing.callsLeft(ledger, at: now + 16 * hour) == 3)
    #expect(pacing.callsLeft(ledger, at: now + 23 * hour) == 10)
  }

  @Test func `is kept for the night as the window will be then`() {
    // At 14:00 a call made at 13:00 still counts at midnight, one made at 23:00 the evening before does not.
    let ledger = LedgerSnapshot(accountEnds: [now - hour, now - 13 * hour])
    #expect(pacing.callsLeft(ledger, at: now) == 8)
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 4, at: midnight) == 5)
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 0, at: midnight) == 8)
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 10, at: midnight) == 0)
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 1_000, at: midnight) == 0)
  }

  @Test func `lets the calls of the previous night make room for those of this one`() throws {
    let pacing = try Pacing(requestInterval: 60, dailyCalls: 100)
    // Last night's 40 calls, a minute apart from 00:10 on; tonight's 43 begin at 00:00.
    let lastNight = (0..<40).map { midnight - 24 * hour + Double($0 + 10) * 60 }
    let ledger = LedgerSnapshot(accountEnds: lastNight)
    let available = pacing.callsAvailable(ledger, at: now, reserving: 43, at: midnight)
    #expect(available >= 45 && available <= 57)
    // With all of them spent, tonight's calls find room each minute.
    let spent = ledger.accountEnds + (0..<available).map { now + Double($0) * 60 }
    var ends = spent
    for position in 0..<43 {
      let time = midnight + Double(position) * 60
      #expect(pacing.callsLeft(LedgerSnapshot(accountEnds: ends), at: time) > 0, "call \(position)")
      ends.append(time)
    }
  }

  @Test func `is kept from what is left now if the night has begun`() {
    let ledger = LedgerSnapshot(accountEnds: [now - hour, now - 13 * hour])
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 4, at: now) == 4)
    #expect(pacing.callsAvailable(ledger, at: now, reserving: 4, at: now - hour) == 4)
  }
}
