import FleetModel
import FoundationEssentials

/// When calls may leave: the vendor's limits as a pure function of the calls made so far and the time.
///
/// - The interval runs from the end of the previous call on the same egress, whether answered or given up.
/// - The quota holds in every 24 h window, because the vendor does not say when its day begins. A call counts until 24 h after its end.
/// - An end in the future (a clock was wrong) counts as now, so nothing waits longer than the interval or the window.
///
/// Source: the document's "Billing & Usage-Limits" and "Request Rate Limits".
public struct Pacing: Hashable, Sendable {
  /// Seconds from the end of a call to the start of the next one.
  public let requestInterval: Double
  /// Calls in any 24 h.
  public let dailyCalls: Int

  private static let window: Double = 86_400
  /// How long the interval stays doubled after vendor error 1055, and how long no call leaves after two in a row. In seconds.
  private static let wideFor: Double = 3_600

  /// - Throws: unless the interval is from 0 s to a day and the quota allows at least one call.
  public init(requestInterval: Double = 60, dailyCalls: Int = 100) throws(SettingError) {
    guard requestInterval >= 0, requestInterval <= Self.window else {
      throw SettingError(
        "the request interval is not between 0 and 86400 s",
        hint: "set FLEETIZE_REQUEST_INTERVAL to seconds, such as 60")
    }
    guard dailyCalls > 0 else {
      throw SettingError(
        "the number of calls per day is not above 0",
        hint: "set FLEETIZE_DAILY_CALLS to the calls that your service plan allows, such as 100")
    }
    self.requestInterval = requestInterval
    self.dailyCalls = dailyCalls
  }

  public func permit(_ ledger: LedgerSnapshot, at now: Date) -> Permit {
    let ledger = ledger.asKnown(at: now)
    if let since = ledger.blockedSince { return .blocked(since: since) }
    if ledger.tooFastInARow >= 2, let last = ledger.lastTooFast, now < last + Self.wideFor {
      return .tooFastTwice(until: last + Self.wideFor)
    }
    let free = dateAfterQuota(ledger, at: now)
    let rested = dateAfterInterval(ledger, at: now)
    if now < free { return .exhausted(until: max(free, rested)) }
    return now < rested ? .wait(until: rested) : .send
  }

  /// Like ``permit(_:at:)``, but keeps room for `reserved` calls at `night`.
  public func permit(_ ledger: LedgerSnapshot, at now: Date, reserving reserved: Int, until night: Date) -> Permit {
    let ledger = ledger.asKnown(at: now)
    let permit = permit(ledger, at: now)
    switch permit {
    case .send, .wait:
      guard reserved > 0, callsAvailable(ledger, at: now, reserving: reserved, at: night) == 0 else { return permit }
      return .exhausted(until: firstAvailable(ledger, after: now, reserving: reserved, at: night))
    case .exhausted, .blocked, .tooFastTwice:
      return permit
    }
  }

  /// Seconds to wait after a call that ended at `end`: the interval; in the hour after vendor error 1055 twice that, at least 1 s.
  public func interval(_ ledger: LedgerSnapshot, after end: Date) -> Double {
    guard let last = ledger.lastTooFast, end < last + Self.wideFor else { return requestInterval }
    return max(2 * requestInterval, 1)
  }

  /// Calls that fit into the quota if they were all made now.
  public func callsLeft(_ ledger: LedgerSnapshot, at now: Date) -> Int {
    max(0, dailyCalls - callsCounted(ledger, at: now))
  }

  /// How many calls may be made from now on so that the quota still has room for `reserved` calls from `instant` on, one per interval.
  ///
  /// The calls of the previous night leave the window one by one while those of this night are made, and so make room for them. Calls
  /// made from now on are assumed to count all that time, which is true up to 24 h ahead. If `instant` is not in the future, the
  /// reserve is taken from what is left now.
  public func callsAvailable(
    _ ledger: LedgerSnapshot, at now: Date, reserving reserved: Int, at instant: Date
  ) -> Int {
    let ledger = ledger.asKnown(at: now)
    let start = max(now, instant)
    var counted = callsCounted(ledger, at: start)
    var room = dailyCalls - counted
    var leaving = ledger.accountEnds.drop { $0 + Self.window <= start }
    for position in 0..<max(0, min(reserved, dailyCalls + 1)) {
      let time = start + Double(position) * requestInterval
      while let end = leaving.first, end + Self.window <= time {
        counted -= 1
        leaving = leaving.dropFirst()
      }
      room = min(room, dailyCalls - counted - position - 1)
    }
    return max(0, min(callsLeft(ledger, at: now), room))
  }

  /// The first moment at which a call in addition to the reserve may leave, if no other call is made before.
  private func firstAvailable(
    _ ledger: LedgerSnapshot, after now: Date, reserving reserved: Int, at night: Date
  ) -> Date {
    for end in ledger.accountEnds {
      let time = end + Self.window
      let nextNight = time < night ? night : UTCDay(containing: time).end
      if time > now, callsAvailable(ledger, at: time, reserving: reserved, at: nextNight) > 0 { return time }
    }
    return max(night, now + Self.window)
  }

  /// Calls that count in the window that ends at `date`.
  private func callsCounted(_ ledger: LedgerSnapshot, at date: Date) -> Int {
    ledger.accountEnds.count { $0 + Self.window > date }
  }

  /// When the window has room for one more call.
  private func dateAfterQuota(_ ledger: LedgerSnapshot, at now: Date) -> Date {
    let mustLeave = ledger.accountEnds.count + 1 - dailyCalls
    return mustLeave <= 0 ? now : max(now, ledger.accountEnds[mustLeave - 1] + Self.window)
  }

  private func dateAfterInterval(_ ledger: LedgerSnapshot, at now: Date) -> Date {
    ledger.lastEndOnEgress.map { $0 + interval(ledger, after: $0) } ?? now
  }
}
