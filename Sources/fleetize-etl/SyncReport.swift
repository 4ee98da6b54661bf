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
  /// Whether a device list is called first, which may change the plan.
  var needsList: Bool?
  /// How many, one per user of the account.
  var deviceLists: Int?
  /// Calls left for tonight's run when this has spent what it may now.
  var callsLeftTonight: Int?
  /// When the last call is expected, if the work is kept going.
  var expectedEnd: Date?
  /// The same with as few calls in the nights as may be, and with as many.
  var earliestEnd: Date?
  var latestEnd: Date?
  /// NightlyDemand that the ends are judged by; nil where none comes in between.
  var knownNights: Int?
  var devices: [Device]?
  var done: Done?

  struct Done: Encodable {
    var endedAt: Date
    var calls: Int
    var loaded: Int
    var unchanged: Int
    var failed: Int
    var left: Int
    /// Calls that the quota leaves in the end, and at the next 00:00 UTC.
    var callsLeft: Int?
    var callsLeftTonight: Int?
    var exitCode: Int32
    var stopped: String?
    /// Findings that make the run a failure, see `--fail-on`; nil when there are none.
    var failingFindings: [FailingFinding]?
  }

  struct FailingFinding: Encodable {
    var deviceID: Int64?
    var day: String?
    var rule: String
    var severity: String
    var occurrences: Int
  }

  init(account: String, plan priced: PricedPlan, isVerbose: Bool) {
    self.init(account: account, priced)
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
    self.init(account: account, result.plan)
    done = Done(
      endedAt: Date(), calls: result.totals.calls, loaded: result.totals.loaded, unchanged: result.totals.unchanged,
      failed: result.totals.failed, left: result.left, callsLeft: result.callsLeft?.now,
      callsLeftTonight: result.callsLeft?.tonight, exitCode: exitCode,
      stopped: result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" })
    guard !result.failingFindings.isEmpty else { return }
    done?.failingFindings = result.failingFindings.map {
      FailingFinding(
        deviceID: $0.device?.value, day: $0.day?.description, rule: $0.rule, severity: $0.severity,
        occurrences: $0.occurrences)
    }
  }

  private init(account: String, _ priced: PricedPlan?) {
    let plan = priced?.plan ?? Plan()
    self.account = account
    plannedCalls = priced?.calls ?? 0
    askedDays = plan.askedDays
    toFetch = Dictionary(grouping: plan.calls, by: \.reason.rawValue).mapValues(\.count)
    skipped = Dictionary(grouping: plan.skipped, by: \.reason.rawValue).mapValues(\.count)
    callsLeft = priced?.callsLeft
    callsAvailable = priced?.callsAvailable
    reserve = priced?.reserve
    needsList = priced?.needsList
    deviceLists = priced?.lists
    callsLeftTonight = priced?.callsLeftTonight
    expectedEnd = priced?.expectedEnd
    earliestEnd = priced?.earliestEnd
    latestEnd = priced?.latestEnd
    knownNights = priced?.knownNights
  }
}

extension SyncReport: TextResult {
  var text: String {
    func listed(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.replacing("_", with: " "))" }.joined(
        separator: ", ")
    }
    func known(_ number: Int?) -> String { number.map(String.init) ?? "not known how many" }
    var lines = ["account \(account): \(askedDays) device-days asked"]
    if !toFetch.isEmpty { lines.append("  to fetch: \(listed(toFetch))") }
    if !skipped.isEmpty { lines.append("  no call:  \(listed(skipped))") }
    let end = expectedEnd.map(\.utcText) ?? "cannot be told: the quota leaves nothing beside the nights"
    if let done {
      lines.append(
        "  done:     \(done.loaded) device-days loaded, \(done.unchanged) unchanged, \(done.failed) failed, \(done.left) left"
      )
      if plannedCalls > 0 {
        lines.append(
          "  calls:    \(plannedCalls) planned after the device list, \(done.calls) made with it; end expected \(end), "
            + "ended \(done.endedAt.utcText)")
        let expected = (callsLeft ?? 0) - min(plannedCalls, callsAvailable ?? 0)
        lines.append(
          "  left:     \(expected) calls expected in this 24 h, \(known(done.callsLeft)) left; for tonight "
            + "\(callsLeftTonight ?? 0) expected, \(known(done.callsLeftTonight)) left")
      }
      if let failing = done.failingFindings {
        let rules = Set(failing.map(\.rule)).sorted().joined(separator: ", ")
        lines.append("  findings: \(rules), which --fail-on names; stderr says where")
      }
    } else {
      lines.append(
        "  price:    \(plannedCalls) calls; \(callsLeft ?? 0) left in this 24 h, \(callsAvailable ?? 0) of them for this "
          + "(\(reserve ?? 0) are kept for the night)")
      if let deviceLists, deviceLists > 0 {
        let lists = deviceLists == 1 ? "the device list (one of" : "\(deviceLists) device lists (among"
        lines.append("  first:    \(lists) these calls), which may change the plan")
      }
      lines.append("  done at:  \(end)\(spread)")
      lines.append("  tonight:  \(callsLeftTonight ?? 0) calls are left for the nightly run")
    }
    for device in devices ?? [] {
      lines.append("    device \(device.deviceID): \(device.calls) calls, \(device.skipped) without")
    }
    return lines.joined(separator: "\n")
  }

  /// How far off the end may be, where that matters.
  private var spread: String {
    guard let earliestEnd, let knownNights else { return "" }
    let isNarrow = latestEnd.map { $0.timeIntervalSince(earliestEnd) < 3_600 } ?? false
    guard !isNarrow else { return "" }
    let latest = latestEnd.map { "\($0.utcText) at the latest" } ?? "no latest time can be told"
    let advice = knownNights < 7 ? "; ask again when a week of nights is known" : ""
    return ", \(earliestEnd.utcText) at the earliest, \(latest), judged by \(knownNights) nights\(advice)"
  }
}
