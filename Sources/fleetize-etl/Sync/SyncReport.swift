import FleetModel
import FoundationEssentials
import Load
import Pipeline

/// What `run` and `backfill` print: the plan, and afterwards what was done. docs/json-output.md documents its JSON.
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
  /// Device-days without a call, by reason.
  var skipped: [String: Int]
  var callsLeft: Int?
  var callsAvailable: Int?
  var reserve: Int?
  /// Whether a device list comes first, which may change the plan.
  var needsList: Bool?
  /// How many, one per user of the account.
  var deviceLists: Int?
  /// Planned calls for days older than any known route. They are saved if the API's history ends before them.
  var uncertainCalls: Int?
  /// Calls left for the next nightly run when this work has used its share.
  var callsLeftTonight: Int?
  /// When the last call is expected, if the work goes on without a break.
  var expectedEnd: Date?
  /// The same if the nightly runs need as few calls as possible, and as many.
  var earliestEnd: Date?
  var latestEnd: Date?
  /// The nights from which these are estimated; nil where no night comes in between.
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
    /// Calls left of the quota at the end, and at the next 00:00 UTC.
    var callsLeft: Int?
    var callsLeftTonight: Int?
    var exitCode: Int32
    /// The stable word for an early end; nil for none.
    var reason: String?
    var stopped: String?
    /// Sub-users who could not be called as; nil when there are none.
    var failedUsers: [FailedUser]?
    /// Findings named with `--fail-on`; nil when there are none.
    var failingFindings: [FailingFinding]?
  }

  struct FailedUser: Encodable {
    /// The place of the token in the settings, from 1.
    var token: Int
    var problem: String
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

  init(account: String, result: SyncResult, exitCode: Int32, endedAt: Date) {
    self.init(account: account, result.plan)
    done = Done(
      endedAt: endedAt, calls: result.totals.calls, loaded: result.totals.loaded, unchanged: result.totals.unchanged,
      failed: result.totals.failed, left: result.left, callsLeft: result.callsLeft?.now,
      callsLeftTonight: result.callsLeft?.tonight, exitCode: exitCode, reason: StopReason.Word(result)?.rawValue,
      stopped: result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" })
    if !result.failedUsers.isEmpty {
      done?.failedUsers = result.failedUsers.map { FailedUser(token: $0.user + 1, problem: "\($0.fault)") }
    }
    guard !result.failingFindings.isEmpty else { return }
    done?.failingFindings = result.failingFindings.map {
      FailingFinding(
        deviceID: $0.device?.value, day: $0.day?.description, rule: $0.rule, severity: $0.severity,
        occurrences: $0.occurrences)
    }
  }

  /// Whether there was a plan, or anything was done without one.
  var hasContent: Bool { callsLeft != nil || (done?.calls ?? 0) > 0 || (done?.loaded ?? 0) > 0 }

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
    uncertainCalls = priced?.uncertainCalls
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
    func known(_ number: Int?) -> String { number.map(String.init) ?? "an unknown number" }
    var lines = ["account \(account): \(counted(askedDays, "device-day")) asked"]
    if !toFetch.isEmpty { lines.append("  to fetch: \(listed(toFetch))") }
    if !skipped.isEmpty { lines.append("  no call:  \(listed(skipped))") }
    let end = expectedEnd.map(\.utcText) ?? "unknown: nightly runs use the whole quota"
    if let done {
      lines.append(
        "  done:     \(counted(done.loaded, "device-day")) loaded, \(done.unchanged) unchanged, \(done.failed) failed, \(done.left) left"
      )
      // After an early end, a comparison with the plan means nothing.
      if plannedCalls > 0, done.stopped == nil {
        lines.append(
          "  calls:    \(plannedCalls) planned after the device list, \(done.calls) made including it; end expected \(end), "
            + "ended \(done.endedAt.utcText)")
        let expected = (callsLeft ?? 0) - min(plannedCalls, callsAvailable ?? 0)
        lines.append(
          "  left:     \(known(done.callsLeft)) calls now, \(expected) expected; for the next night "
            + "\(known(done.callsLeftTonight)), \(callsLeftTonight ?? 0) expected")
      }
      if let failing = done.failingFindings {
        let rules = Set(failing.map(\.rule)).sorted().joined(separator: ", ")
        lines.append("  findings: \(rules), named with --fail-on; see stderr")
      }
    } else {
      lines.append(
        "  price:    \(counted(plannedCalls, "call")); \(callsLeft ?? 0) left now, \(callsAvailable ?? 0) of them for this command "
          + "(\(reserve ?? 0) reserved for the night)")
      if let uncertainCalls, uncertainCalls > 0 {
        lines.append(
          "  at most:  \(uncertainCalls) of these calls are for days older than any known route; if the API's history ends "
            + "before them, the backfill stops after a few calls")
      }
      if let deviceLists, deviceLists > 0 {
        let lists = deviceLists == 1 ? "the device list, one of" : "\(deviceLists) device lists, among"
        lines.append("  first:    \(lists) these calls; the plan may change afterwards")
      }
      lines.append("  done at:  \(end)\(spread)")
      lines.append("  tonight:  \(counted(callsLeftTonight ?? 0, "call")) left for the nightly run")
    }
    for device in devices ?? [] {
      lines.append(
        "    device \(device.deviceID): \(counted(device.calls, "call")), \(counted(device.skipped, "day")) without a call"
      )
    }
    return lines.joined(separator: "\n")
  }

  /// How much earlier or later the end may be, where that matters.
  private var spread: String {
    guard let earliestEnd, let knownNights else { return "" }
    let isNarrow = latestEnd.map { $0.timeIntervalSince(earliestEnd) < 3_600 } ?? false
    guard !isNarrow else { return "" }
    let latest = latestEnd.map { "\($0.utcText) at the latest" } ?? "no latest time is known"
    let advice = knownNights < 7 ? "; more exact once a week of nights is known" : ""
    return
      ", \(earliestEnd.utcText) at the earliest, \(latest), estimated from \(counted(knownNights, "night"))\(advice)"
  }
}
