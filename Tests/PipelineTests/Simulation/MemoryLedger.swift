import Extract
import FleetModel
import FleetizeAPI
import Foundation

/// The ledger of an account's calls, without a database, as every process sees it.
struct MemoryLedger {
  private struct Call {
    var egress: String
    var start: Date
    /// Nil while in flight and if the caller died.
    var end: Date?
    var counts = true
    var isTooFast = false
  }

  private var calls: [Call] = []
  private(set) var blockedSince: Date?

  /// Ends the open rows of callers that died. The caller holds the lock of the egress.
  mutating func endDeadCalls(of egress: String, at now: Date) {
    for place in calls.indices.suffix(4) where calls[place].egress == egress && calls[place].end == nil {
      calls[place].end = now
    }
  }

  func snapshot(for egress: String, at now: Date) -> LedgerSnapshot {
    // In the order of their ends, except for calls in flight on another egress.
    let recent = calls.suffix(while: { $0.start > now - 2 * 86_400 })
    let mine = recent.filter { $0.egress == egress }
    let ends = recent.filter(\.counts).map { $0.end ?? now }.filter { $0 > now - 86_400 }
    return LedgerSnapshot(
      lastEndOnEgress: mine.compactMap(\.end).max(), accountEnds: ends, blockedSince: blockedSince,
      tooFastInARow: mine.reversed().lazy.filter { $0.end != nil && $0.counts }.prefix(while: \.isTooFast).count,
      lastTooFast: mine.filter(\.isTooFast).compactMap(\.end).max())
  }

  /// - Returns: the call's number.
  mutating func begin(on egress: String, at now: Date) -> Int {
    calls.append(Call(egress: egress, start: now))
    return calls.count - 1
  }

  mutating func end(_ number: Int, at now: Date, fault: Fault?) {
    calls[number].end = now
    if case .unreachable = fault { calls[number].counts = false }
    calls[number].isTooFast = fault == .tooFast
    if fault == .tokenBlocked { blockedSince = blockedSince ?? now }
  }

  mutating func unblock() {
    blockedSince = nil
  }
}

extension Array {
  /// The elements at the end that all satisfy `condition`.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    var start = endIndex
    while start > startIndex, condition(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}
