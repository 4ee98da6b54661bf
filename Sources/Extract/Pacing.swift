import FleetModel
import FoundationEssentials

/// When calls may leave: the vendor's limits as a pure function of the calls made so far and the time.
///
/// - The interval counts from the end of the call before (answered or given up) on the same egress.
/// - The quota holds in every window of 24 h, because the vendor does not say when its day begins. A call counts until
///   24 h after its end.
/// - An end that lies in the future (a clock was set back) is waited for like any other: never is a call early.
///
/// Source: the document's "Billing & Usage-Limits" and "Request Rate Limits".
public struct Pacing: Hashable, Sendable {
  /// Seconds from the end of a call to the next one.
  public let requestInterval: Double
  /// Calls in any 24 h.
  public let dailyCalls: Int

  private static let window: Double = 86_400
  /// How long vendor error 1055 keeps the interval wide, and how long two in a row keep it closed.
  private static let wideFor: Double = 3_600

  /// - Throws: unless the interval is 0 or more (at most a day) and a call a day is allowed.
  public init(requestInterval: Double = 60, dailyCalls: Int = 100) throws(SettingError) {
    guard requestInterval >= 0, requestInterval <= Self.window else {
      throw SettingError(
        .requestInterval, "the request interval is not between 0 and 86400 s",
        hint: "set FLEETIZE_REQUEST_INTERVAL to seconds, such as 60")
    }
    guard dailyCalls > 0 else {
      throw SettingError(
        .dailyCalls, "the number of calls a day is not above 0",
        hint: "set FLEETIZE_DAILY_CALLS to the calls that your service plan allows, such as 100")
    }
    self.requestInterval = requestInterval
    self.dailyCalls = dailyCalls
  }

  public func permit(_ ledger: LedgerSnapshot, at now: Date) -> Permit {
    if let since = ledger.blockedSince { return .blocked(since: since) }
    if ledger.tooFastInARow >= 2, let last = ledger.lastTooFast, now < last + Self.wideFor {
      return .tooFastTwice(until: last + Self.wideFor)
    }
    let free = windowFree(for: 1, ledger, at: now)
    let rested = dateAfterInterval(ledger, at: now)
    if now < free { return .exhausted(until: max(free, rested)) }
    return now < rested ? .wait(until: rested) : .send
  }

  /// As ``permit(_:at:)``, but such that `reserved` calls still have room at `night`, for work that must not use up the night's.
  public func permit(_ ledger: LedgerSnapshot, at now: Date, reserving reserved: Int, until night: Date) -> Permit {
    let permit = permit(ledger, at: now)
    switch permit {
    case .send, .wait:
      guard reserved > 0, callsAvailable(ledger, at: now, reserving: reserved, at: night) == 0 else { return permit }
      return .exhausted(until: firstAvailable(ledger, after: now, reserving: reserved, at: night))
    case .exhausted, .blocked, .tooFastTwice:
      return permit
    }
  }

  /// Seconds to keep after a call that ended then: the interval, doubled and at least 1 s for the hour after vendor
  /// error 1055.
  public func interval(_ ledger: LedgerSnapshot, after end: Date) -> Double {
    guard let last = ledger.lastTooFast, end < last + Self.wideFor else { return requestInterval }
    return max(2 * requestInterval, 1)
  }

  /// Calls that the quota leaves, were they all made now.
  public func callsLeft(_ ledger: LedgerSnapshot, at now: Date) -> Int {
    max(0, dailyCalls - callsCounted(ledger, at: now))
  }

  /// The first moment, now or later, at which the window has room for `calls` more if none is made until then; nil when
  /// that is more than the quota. The interval is not looked at.
  public func date(whenFree calls: Int, _ ledger: LedgerSnapshot, at now: Date) -> Date? {
    calls > dailyCalls ? nil : windowFree(for: calls, ledger, at: now)
  }

  /// Calls that may be made from now on such that `reserved` calls still have room from `instant` on, one an interval, and the
  /// quota holds.
  ///
  /// The reserved calls of the night before leave the window one by one as those of this night come: they need no room of
  /// their own. Calls made from now on are taken to count all that while, which is so within 24 h, as up to the next 00:00 UTC.
  /// An instant that is not in the future reserves from what is left now.
  public func callsAvailable(
    _ ledger: LedgerSnapshot, at now: Date, reserving reserved: Int, at instant: Date
  ) -> Int {
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

  /// The first moment at which a call beside the reserve may leave, if nobody calls until then.
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
    ledger.openAccountCalls + ledger.accountEnds.count { $0 + Self.window > date }
  }

  private func windowFree(for calls: Int, _ ledger: LedgerSnapshot, at now: Date) -> Date {
    let ends = (ledger.accountEnds + repeatElement(now, count: ledger.openAccountCalls)).sorted()
    let mustLeave = ends.count + calls - dailyCalls
    return mustLeave <= 0 ? now : max(now, ends[mustLeave - 1] + Self.window)
  }

  private func dateAfterInterval(_ ledger: LedgerSnapshot, at now: Date) -> Date {
    guard let last = [ledger.lastEndOnEgress, ledger.isEgressBusy ? now : nil].compactMap(\.self).max() else {
      return now
    }
    return last + interval(ledger, after: last)
  }
}
