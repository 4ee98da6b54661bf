import Extract
import FleetModel
import FoundationEssentials

/// When a number of calls will have been made if the work is kept going. Simulates the interval, the sliding quota, the nightly runs
/// in between and the device lists after long waits; makes no call.
struct Forecast: Sendable {
  let pacing: Pacing
  /// Calls kept free for each night.
  let reserve: Int
  let nights: NightlyDemand
  /// Users of the account, each with a device list of their own.
  var users = 1

  /// How long a call is assumed to take, in seconds.
  private static let callDuration = 1.2

  /// - Parameters:
  ///   - calls: device lists to take now included.
  ///   - night: when the reserved calls are needed next.
  /// - Returns: the end of the last call; nil if it never comes: nightly runs use the whole quota, or the account is blocked.
  func end(of calls: Int, from snapshot: LedgerSnapshot, night: Date, now: Date) -> Date? {
    var ledger = snapshot
    (ledger.tooFastInARow, ledger.lastTooFast) = (0, nil)
    var (time, left) = (now, calls)
    var nextRun = night > now ? night + nights.startAfterMidnight : nextRun(notBefore: now)
    var (listed, hasWaited, listsLeft, owedToNights) = (now, false, 0, 0.0)
    func call() {
      time += Self.callDuration
      ledger.accountEnds = Array((ledger.accountEnds + [time]).sorted().suffix(pacing.dailyCalls))
      ledger.lastEndOnEgress = time
    }
    // Ten years of nights: a later end is not worth predicting.
    while left > 0, time < now.addingTimeInterval(3_650 * 86_400) {
      if time >= nextRun {
        let day = UTCDay(containing: nextRun)
        owedToNights += nights.calls[Int(day.number) % 7]
        listed = time
        while owedToNights >= 1 {
          owedToNights -= 1
          time = max(time, (ledger.lastEndOnEgress ?? time) + pacing.requestInterval)
          call()
        }
        nextRun = day.end + nights.startAfterMidnight
      }
      let today = UTCDay(containing: time)
      let isTonightToCome = UTCDay(containing: nextRun) == today
      switch pacing.permit(ledger, at: time, reserving: reserve, until: isTonightToCome ? time : today.end) {
      case .send:
        // A backfill that goes on after a long wait takes new device lists, unless the last ones are recent.
        if hasWaited, time.timeIntervalSince(listed) >= Planning.listLifetime {
          (listed, listsLeft) = (time, users)
        }
        hasWaited = false
        if listsLeft > 0 { listsLeft -= 1 } else { left -= 1 }
        call()
      case .wait(let until):
        time = max(min(until, nextRun), time + 0.001)
      case .exhausted(let until):
        hasWaited = hasWaited || until.timeIntervalSince(time) > Caller.patience
        time = max(min(until, nextRun), time + 1)
      case .blocked, .tooFastTwice:
        return nil
      }
    }
    return left == 0 ? time : nil
  }

  /// Today's run if it is still to come; one that should have come by now is assumed to come at once.
  private func nextRun(notBefore now: Date) -> Date {
    max(now, UTCDay(containing: now).start + nights.startAfterMidnight)
  }
}
