import FleetModel
import FoundationEssentials
import Load
import Pipeline

/// What `run` and `backfill` print: the plan, and after a run what was done. Its JSON is a contract, see docs/json-output.md.
struct SyncReport: Encodable {
  struct Device: Encodable {
    var deviceID: Int64
    var calls: Int
    var skipped: Int
  }

  var account: String
  var askedDays: Int
  var plannedCalls: Int
  /// Device-days to call, by reason.
  var toFetch: [String: Int]
  /// Device-days that need or get no call, by reason.
  var skipped: [String: Int]
  var callsLeft: Int?
  var callsAvailable: Int?
  var reserve: Int?
  var devices: [Device]?
  var done: Done?

  struct Done: Encodable {
    var calls: Int
    var loaded: Int
    var unchanged: Int
    var failed: Int
    var left: Int
    var exitCode: Int32
    var stopped: String?
  }

  init(account: String, plan priced: PricedPlan, isVerbose: Bool) {
    self.init(account: account, plan: priced.plan, plannedCalls: priced.calls)
    callsLeft = priced.callsLeft
    callsAvailable = priced.callsAvailable
    reserve = priced.reserve
    guard isVerbose else { return }
    var devices: [DeviceID: Device] = [:]
    for call in priced.plan.calls {
      devices[call.device, default: Device(deviceID: call.device.value, calls: 0, skipped: 0)].calls += 1
    }
    for day in priced.plan.skipped {
      devices[day.device, default: Device(deviceID: day.device.value, calls: 0, skipped: 0)].skipped += 1
    }
    self.devices = devices.values.sorted { $0.deviceID < $1.deviceID }
  }

  init(account: String, result: SyncResult, exitCode: Int32) {
    self.init(account: account, plan: result.plan ?? Plan(), plannedCalls: result.plan?.calls.count ?? 0)
    done = Done(
      calls: result.totals.calls, loaded: result.totals.loaded, unchanged: result.totals.unchanged,
      failed: result.totals.failed, left: result.left, exitCode: exitCode,
      stopped: result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" })
  }

  private init(account: String, plan: Plan, plannedCalls: Int) {
    self.account = account
    self.plannedCalls = plannedCalls
    askedDays = plan.askedDays
    toFetch = Dictionary(grouping: plan.calls, by: \.reason.rawValue).mapValues(\.count)
    skipped = Dictionary(grouping: plan.skipped, by: \.reason.rawValue).mapValues(\.count)
  }
}

extension SyncReport: TextResult {
  var text: String {
    func listed(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.replacing("_", with: " "))" }.joined(
        separator: ", ")
    }
    var lines = ["account \(account): \(askedDays) device-days asked"]
    if !toFetch.isEmpty { lines.append("  to fetch: \(listed(toFetch))") }
    if !skipped.isEmpty { lines.append("  no call:  \(listed(skipped))") }
    if let done {
      lines.append(
        "  done:     \(done.calls) calls, \(done.loaded) device-days loaded, \(done.unchanged) unchanged, "
          + "\(done.failed) failed, \(done.left) left")
    } else {
      lines.append(
        "  price:    \(plannedCalls) calls; \(callsLeft ?? 0) left in this 24 h, \(callsAvailable ?? 0) of them for this "
          + "(\(reserve ?? 0) are kept for the coming night)")
    }
    for device in devices ?? [] {
      lines.append("    device \(device.deviceID): \(device.calls) calls, \(device.skipped) without")
    }
    return lines.joined(separator: "\n")
  }
}
