import FleetModel
import Foundation
import Synchronization

/// A call as it left a host, recorded by the simulation itself, independently of ledger and vendor.
struct RecordedCall: Sendable {
  var start: Date
  /// When the response was complete or the call was given up.
  var end: Date
  var address: String
  var request: Request
}

/// All calls that left, in order.
final class CallRecord: Sendable {
  private let state = Mutex<[RecordedCall]>([])

  var calls: [RecordedCall] { state.withLock { $0 } }

  /// - Returns: the call's place, for ``end(_:at:)``.
  func begin(_ request: Request, from address: String, at start: Date) -> Int {
    state.withLock { calls in
      calls.append(RecordedCall(start: start, end: start, address: address, request: request))
      return calls.count - 1
    }
  }

  func end(_ place: Int, at end: Date) {
    state.withLock { $0[place].end = end }
  }

  /// Violations of the vendor's rules, in words.
  func violations(interval: Double, quota: Int) -> [String] {
    let calls = calls
    var words: [String] = []
    for (address, calls) in Dictionary(grouping: calls, by: \.address) {
      for (earlier, later) in zip(calls, calls.dropFirst())
      where later.start.timeIntervalSince(earlier.end) < interval - 0.001 {
        words.append("\(later.start) from \(address): \(later.start.timeIntervalSince(earlier.end)) s after a call")
      }
    }
    var first = 0
    for (last, call) in calls.enumerated() {
      while call.start.timeIntervalSince(calls[first].start) >= 86_400 { first += 1 }
      if last - first + 1 > quota { words.append("\(call.start): call \(last - first + 1) within 24 h") }
    }
    return words
  }
}
