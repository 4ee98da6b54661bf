import FoundationEssentials

/// All calls in order of arrival.
///
/// The figures are computed from the arrivals alone, independently of the decisions of the limits.
public struct CallLog: Sendable {
  public private(set) var calls: [LoggedCall] = []

  /// Calls that the vendor refused for any reason.
  public var refusals: [LoggedCall] { calls.filter { $0.refusal != nil } }

  /// The shortest time between two calls from one address, in seconds; nil if no address made two calls.
  public var shortestInterval: Double? {
    Dictionary(grouping: calls, by: \.address).values
      .flatMap { calls in zip(calls, calls.dropFirst()).map { $1.arrival.timeIntervalSince($0.arrival) } }
      .min()
  }

  /// The largest number of calls of an account within any `seconds` (default 24 hours).
  public func mostCalls(of account: String, within seconds: Double = 86_400) -> Int {
    let arrivals = calls.filter { $0.account == account }.map(\.arrival)
    var first = 0
    var most = 0
    for (last, arrival) in arrivals.enumerated() {
      while arrival.timeIntervalSince(arrivals[first]) >= seconds { first += 1 }
      most = max(most, last - first + 1)
    }
    return most
  }

  mutating func append(
    _ call: Simulator.Call, account: String?, arrival: Date, now: Date, outcome: LoggedCall.Outcome
  ) -> Int {
    let number = calls.count + 1
    calls.append(
      LoggedCall(
        number: number, arrival: arrival, time: now, address: call.address, account: account, action: call.action,
        device: call.device, day: call.day, outcome: outcome))
    return number
  }

  mutating func setOutcome(_ outcome: LoggedCall.Outcome, of number: Int) {
    calls[number - 1].outcome = outcome
  }
}
