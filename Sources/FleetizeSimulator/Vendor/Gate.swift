import FleetModel
import FoundationEssentials

/// Decides whether a call is admitted. Has no clock but the arrivals that it is given.
struct Gate: Sendable {
  private let limits: Simulator.Limits
  private var lastCall: [String: Date] = [:]
  private var strikes: [String: Int] = [:]
  private var blocked: Set<String> = []
  private var spent: [String: [Date]] = [:]

  init(_ limits: Simulator.Limits) {
    self.limits = limits
  }

  /// Nil if the call is admitted.
  mutating func admit(_ call: Simulator.Call, of member: Simulator.Member?, at arrival: Date) -> VendorError? {
    // Simultaneous calls may be passed in the wrong order.
    let isTooSoon = lastCall[call.address].map { max(0, arrival.timeIntervalSince($0)) < limits.interval } ?? false
    restart(call.address, at: arrival)
    guard let member, !member.user.isRefused else { return .invalidToken }
    let token = member.user.token
    if blocked.contains(token) { return .tokenBlocked }
    if isTooSoon {
      if limits.countsRefusedCalls { spend(call: arrival, of: member.account) }
      return strike(token)
    }
    guard callsLeft(to: member.account, at: arrival) > 0 else { return .quotaExceeded }
    strikes[token] = nil
    spend(call: arrival, of: member.account)
    return nil
  }

  mutating func restart(_ address: String, at time: Date) {
    lastCall[address] = max(time, lastCall[address] ?? time)
  }

  mutating func unblock(_ token: String) {
    blocked.remove(token)
    strikes[token] = nil
  }

  private mutating func strike(_ token: String) -> VendorError {
    strikes[token, default: 0] += 1
    guard strikes[token, default: 0] > limits.patience else { return .tooSoon }
    blocked.insert(token)
    return .tokenBlocked
  }

  private mutating func spend(call: Date, of account: Simulator.Account) {
    spent[account.name, default: []].append(call)
  }

  private mutating func callsLeft(to account: Simulator.Account, at now: Date) -> Int {
    let windowStart: Date
    switch limits.window {
    case .sliding: windowStart = now.addingTimeInterval(-86_400)
    case .midnight: windowStart = UTCDay(containing: now).start.addingTimeInterval(-0.000_001)
    }
    let calls = spent[account.name, default: []].filter { $0 > windowStart }
    spent[account.name] = calls
    return (account.quota ?? limits.quota) - calls.count
  }
}
