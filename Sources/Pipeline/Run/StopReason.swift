import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Why a run ended before its work was done.
public enum StopReason: Error, Hashable, Sendable {
  /// No call fits before `until`, the reserve for the night included.
  case quotaSpent(until: Date)
  /// The limit given with `--max-calls`.
  case callLimitReached
  /// Vendor error 1000.
  case tokenRefused
  /// Vendor error 1002, now or earlier; nothing is sent until `unblock`.
  case blocked(since: Date)
  /// A second vendor error 1055 in a row.
  case tooFastTwice
  /// Several calls in a row failed.
  case unreachable(Fault)
  /// No usable device list.
  case noDeviceList(Fault)
  /// Several responses in a row were not as the API's document says. The sample is the start of the last one, without what it says.
  case protocolViolated(Fault, sample: String?)
  /// The API asked for no call before this time.
  case notBefore(Date)
  case interrupted
  /// The API answers days before this one without routes, and so it did when probed further back.
  case historyEnds(before: UTCDay, notAsked: Int)
  /// For a second night in a row no listed device could be judged, from this day on.
  case nobodyJudged(since: UTCDay)
}

extension StopReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .quotaSpent(let until): "the quota of calls in 24 h is used up; the next call is possible at \(until.utcText)"
    case .callLimitReached: "the limit of --max-calls is reached"
    case .tokenRefused: Fault.tokenRefused.description
    case .blocked(let since): "the account has been blocked since \(since.utcText) (vendor error 1002)"
    case .tooFastTwice: "the API reported twice in a row that calls come too fast (vendor error 1055)"
    case .unreachable(let fault): "five calls in a row failed; the last error: \(fault)"
    case .noDeviceList(let fault): "no usable device list: \(fault)"
    case .protocolViolated(let fault, let sample):
      "the API does not answer as its document says: \(fault)" + (sample.map { "; the response begins: \($0)" } ?? "")
    case .notBefore(let date): "the API asked for no call before \(date.utcText)"
    case .interrupted: "interrupted"
    case .historyEnds(let day, let count):
      "the API's history seems to end before \(day): \(count) older device-days were not asked for"
    case .nobodyJudged(let day):
      "no device in the device list has been heard from since the end of \(day), for the second night in a row"
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .tokenRefused: Fault.tokenRefused.hint
    case .blocked: Fault.tokenBlocked.hint
    case .tooFastTwice: Fault.tooFast.hint
    case .unreachable(let fault), .noDeviceList(let fault): fault.hint
    case .protocolViolated:
      "check the settings and ask FLEETIZE support whether the API has changed; the next run tries a single call"
    case .notBefore(let date): "run the same command again after \(date.utcText); it continues where it stopped"
    case .historyEnds: "to fetch them anyway, name a range that ends before that day"
    case .nobodyJudged:
      "check in FLEETIZE whether the vehicles are online; if they are, the API may no longer answer as documented"
    case .quotaSpent(let until): "run the same command again after \(until.utcText); it continues where it stopped"
    case .callLimitReached, .interrupted: "run the same command again; it continues where it stopped"
    }
  }
}

extension StopReason {
  /// When a job that waits should continue; nil where waiting does not help.
  func nextAttempt(now: Date) -> Date? {
    switch self {
    case .quotaSpent(let until): max(until, now.addingTimeInterval(1))
    case .notBefore(let date): max(date, now.addingTimeInterval(1))
    case .unreachable, .noDeviceList: now.addingTimeInterval(600)
    case .tooFastTwice: now.addingTimeInterval(3_600)
    case .callLimitReached, .tokenRefused, .blocked, .protocolViolated, .interrupted, .historyEnds, .nobodyJudged: nil
    }
  }
}

extension Date {
  /// ISO 8601 to the second, in UTC.
  public var utcText: String { formatted(.iso8601) }
}
