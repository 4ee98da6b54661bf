import Extract
import FleetModel
import FoundationEssentials
import TestSupport
import Testing

private let day: Double = 86_400

@Suite struct `Pacing, whatever happens,` {
  private struct Call {
    var account: Int
    var start: Date
    var end: Date
    var wasTooFast: Bool
  }

  /// The ledger as the calls so far would have it.
  private func ledger(of account: Int, _ calls: [Call]) -> LedgerSnapshot {
    LedgerSnapshot(
      lastEndOnEgress: calls.map(\.end).max(), accountEnds: calls.filter { $0.account == account }.map(\.end),
      tooFastInARow: calls.reversed().prefix(while: \.wasTooFast).count,
      lastTooFast: calls.filter(\.wasTooFast).map(\.end).max())
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `never breaks interval or quota, and lets the call leave when it promised`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let pacing = try Pacing(
      requestInterval: [0, 0.2, 1, 60, 900].randomElement(using: &dice) ?? 60,
      dailyCalls: .random(in: 1...20, using: &dice))
    let accounts = Int.random(in: 1...3, using: &dice)
    var now = noon
    var calls: [Call] = []
    for _ in 0..<300 {
      let account = Int.random(in: 0..<accounts, using: &dice)
      let ledger = ledger(of: account, calls)
      switch pacing.permit(ledger, at: now) {
      case .send:
        let end = now + .random(in: 0...45, using: &dice)
        calls.append(Call(account: account, start: now, end: end, wasTooFast: .random(in: 0..<10, using: &dice) == 0))
        now = end
      case .wait(let date), .exhausted(let date), .tooFastTwice(let date):
        #expect(date > now, "seed \(seed)")
        let after = pacing.permit(ledger, at: date)
        if case .tooFastTwice = pacing.permit(ledger, at: now) {} else { #expect(after == .send, "seed \(seed)") }
        // A shorter wait is less than what a date can tell apart.
        if date.timeIntervalSince(now) > 0.001 {
          #expect(pacing.permit(ledger, at: now + date.timeIntervalSince(now) * 0.999) != .send, "seed \(seed)")
        }
        // Sometimes the caller asks early.
        now = Bool.random(using: &dice) ? date : now + .random(in: 0...date.timeIntervalSince(now), using: &dice)
      case .blocked: Issue.record("seed \(seed): the account is not blocked")
      }
    }
    #expect(calls.count > 3, "seed \(seed)")
    check(calls, pacing, seed, &dice)
  }

  private func check(_ calls: [Call], _ pacing: Pacing, _ seed: UInt64, _ dice: inout SeededGenerator) {
    for (earlier, later) in zip(calls, calls.dropFirst()) {
      #expect(later.start >= earlier.end + pacing.requestInterval, "seed \(seed)")
      if earlier.wasTooFast { #expect(later.start >= earlier.end + max(1, 2 * pacing.requestInterval), "seed \(seed)") }
    }
    for (second, next) in zip(calls.dropFirst(), calls.dropFirst(2)) where second.wasTooFast {
      // Two in a row keep the next one for an hour.
      guard calls.prefix(while: { $0.start < second.start }).last?.wasTooFast == true else { continue }
      #expect(next.start >= second.end + 3_600, "seed \(seed)")
    }
    for account in Set(calls.map(\.account)) {
      // The vendor may count a call at any moment between its start and its end.
      let counted = calls.filter { $0.account == account }.map { call in
        call.start + .random(in: 0...1, using: &dice) * call.end.timeIntervalSince(call.start)
      }
      for (one, another) in zip(counted, counted.dropFirst(pacing.dailyCalls)) {
        #expect(another.timeIntervalSince(one) > day - 0.001, "seed \(seed)")
      }
    }
  }

  private func randomLedger(_ dice: inout SeededGenerator) -> LedgerSnapshot {
    let count = Int.random(in: 0...40, using: &dice)
    return LedgerSnapshot(
      accountEnds: (0..<count).map { _ in noon + .random(in: -1.5 * day...0, using: &dice) })
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `says exactly when the quota has room`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let pacing = try Pacing(requestInterval: 0, dailyCalls: .random(in: 1...40, using: &dice))
    let ledger = randomLedger(&dice)
    switch pacing.permit(ledger, at: noon) {
    case .send: #expect(pacing.callsLeft(ledger, at: noon) > 0, "seed \(seed)")
    case .exhausted(let date):
      #expect(pacing.callsLeft(ledger, at: noon) == 0, "seed \(seed)")
      #expect(pacing.callsLeft(ledger, at: date) > 0, "seed \(seed)")
      #expect(pacing.callsLeft(ledger, at: date - 0.001) == 0, "seed \(seed)")
    case .wait, .blocked, .tooFastTwice: Issue.record("seed \(seed): only the quota can delay this call")
    }
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `keeps the reserve and gives away everything else`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let pacing = try Pacing(requestInterval: 0, dailyCalls: .random(in: 1...40, using: &dice))
    let ledger = randomLedger(&dice)
    let midnight = noon + day / 2
    let reserve = Int.random(in: 0...pacing.dailyCalls, using: &dice)
    let available = pacing.callsAvailable(ledger, at: noon, reserving: reserve, at: midnight)
    func left(spending calls: Int, at date: Date) -> Int {
      let spent = (0..<calls).map { _ in noon + Double.random(in: 0...day / 2, using: &dice) }
      return pacing.callsLeft(LedgerSnapshot(accountEnds: ledger.accountEnds + spent), at: date)
    }
    #expect(available <= pacing.callsLeft(ledger, at: noon), "seed \(seed)")
    if available > 0 { #expect(left(spending: available, at: midnight) >= reserve, "seed \(seed)") }
    if available < pacing.callsLeft(ledger, at: noon) {
      #expect(left(spending: available + 1, at: midnight) < reserve, "seed \(seed)")
    }
  }
}
