import Extract
import FleetModel
import FoundationEssentials

/// When a number of calls will have been made, if somebody keeps the work going: the interval, the sliding quota and the nights in
/// between played through without a call.
struct Forecast: Sendable {
  let pacing: Pacing
  /// Calls kept free for each night.
  let reserve: Int
  /// Calls that a night takes.
  let nightCalls: Int

  /// Seconds that a call is taken to last.
  private static let callDuration = 1.0

  /// - Parameters:
  ///   - night: when the reserved calls are needed next.
  /// - Returns: the end of the last call; nil when it never comes: nothing is left beside the nights, or the account is blocked.
  func end(of calls: Int, from snapshot: LedgerSnapshot, night: Date, now: Date) -> Date? {
    var ends = snapshot.accountEnds
    var lastEnd = snapshot.lastEndOnEgress
    var (time, left, night) = (now, calls, night)
    func call() {
      time += Self.callDuration
      ends = Array((ends + [time]).suffix(pacing.dailyCalls))
      lastEnd = time
    }
    // Ten years of nights: past that there is no answer worth giving.
    while left > 0, time < now.addingTimeInterval(3_650 * 86_400) {
      if time >= night {
        for _ in 0..<nightCalls {
          time = max(time, (lastEnd ?? time) + pacing.requestInterval)
          call()
        }
        night = UTCDay(containing: time).end
      }
      let ledger = LedgerSnapshot(
        lastEndOnEgress: lastEnd, accountEnds: ends, blockedSince: snapshot.blockedSince,
        tooFastInARow: 0, lastTooFast: nil)
      switch pacing.permit(ledger, at: time, reserving: reserve, until: night) {
      case .send:
        left -= 1
        call()
      case .wait(let until):
        time = max(min(until, night), time + 0.001)
      case .exhausted(let until):
        time = max(min(until, night), time + 1)
      case .blocked, .tooFastTwice:
        return nil
      }
    }
    return left == 0 ? time : nil
  }
}
