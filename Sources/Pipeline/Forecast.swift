import Extract
import FleetModel
import FoundationEssentials

/// When a number of calls will have been made, if somebody keeps the work going: the interval, the sliding quota, the nights in between
/// and the device lists after long waits played through without a call.
struct Forecast: Sendable {
  let pacing: Pacing
  /// Calls kept free for each night.
  let reserve: Int
  let nights: NightlyDemand

  /// Seconds that a call is taken to last.
  private static let callDuration = 1.2

  /// - Parameters:
  ///   - night: when the reserved calls are needed next.
  /// - Returns: the end of the last call; nil when it never comes: nothing is left beside the nights, or the account is blocked.
  func end(of calls: Int, from snapshot: LedgerSnapshot, night: Date, now: Date) -> Date? {
    var ends = snapshot.accountEnds
    var lastEnd = snapshot.lastEndOnEgress
    var (time, left) = (now, calls)
    var nextRun = night > now ? night + nights.startAfterMidnight : nextRun(notBefore: now)
    var (listed, needsList, owedToNights) = (now, false, 0.0)
    func call() {
      time += Self.callDuration
      ends = Array((ends + [time]).suffix(pacing.dailyCalls))
      lastEnd = time
    }
    // Ten years of nights: past that there is no response worth giving.
    while left > 0, time < now.addingTimeInterval(3_650 * 86_400) {
      if time >= nextRun {
        let day = UTCDay(containing: nextRun)
        owedToNights += nights.calls[Int(day.number) % 7]
        listed = time
        while owedToNights >= 1 {
          owedToNights -= 1
          time = max(time, (lastEnd ?? time) + pacing.requestInterval)
          call()
        }
        nextRun = day.end + nights.startAfterMidnight
      }
      let ledger = LedgerSnapshot(
        lastEndOnEgress: lastEnd, accountEnds: ends, blockedSince: snapshot.blockedSince,
        tooFastInARow: 0, lastTooFast: nil)
      let today = UTCDay(containing: time)
      let isTonightToCome = UTCDay(containing: nextRun) == today
      switch pacing.permit(ledger, at: time, reserving: reserve, until: isTonightToCome ? time : today.end) {
      case .send:
        // A backfill that begins again after a long wait takes a new device list.
        let takesList = needsList && time.timeIntervalSince(listed) >= Planning.listLifetime
        if takesList { listed = time } else { left -= 1 }
        needsList = false
        call()
      case .wait(let until):
        time = max(min(until, nextRun), time + 0.001)
      case .exhausted(let until):
        needsList = needsList || until.timeIntervalSince(time) > Caller.patience
        time = max(min(until, nextRun), time + 1)
      case .blocked, .tooFastTwice:
        return nil
      }
    }
    return left == 0 ? time : nil
  }

  /// The run of today, if it is still to come; one that should have come is taken to come now.
  private func nextRun(notBefore now: Date) -> Date {
    max(now, UTCDay(containing: now).start + nights.startAfterMidnight)
  }
}
