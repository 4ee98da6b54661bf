import Extract
import FleetModel
import FleetizeAPI
import FleetizeSimulator
import Foundation
import Load
import Transform

@testable import Pipeline

/// Vendor, hosts and clock of a simulation in one thread and without a database, fast enough for many years. Planner, agenda, pacing,
/// states and forecast are the real ones; tables and ledger are kept in memory.
final class PureStage {
  let scenario: Scenario
  let fleet: GeneratedFleet
  let simulator: Simulator
  let pacing: Pacing
  let record = CallRecord()
  private let apiOutages: [APIOutage]

  private(set) var now: Date
  private var actors: [PureActor] = []
  var warehouse: MemoryWarehouse
  var ledger = MemoryLedger()
  /// Responses that a dead host archived and did not load.
  var unloaded: [PureResponse] = []
  var claims: Set<DeviceDayID> = []
  /// Until when a call is in flight on an egress.
  var busy: [String: Date] = [:]
  /// Whether a run ended because the API does not answer as its document says, and no response was usable since.
  var deviates = false
  /// The last day whose nightly run is done.
  var nightDone: UTCDay?
  /// When nightly runs began, and when they called.
  var nightlyRuns: [Date] = []
  var nightlyCalls: [Date] = []
  private var violations: [String] = []

  init(_ scenario: Scenario) throws {
    self.scenario = scenario
    fleet = scenario.fleet
    apiOutages = scenario.apiOutages
    pacing = try Pacing(requestInterval: scenario.interval, dailyCalls: scenario.quota)
    warehouse = MemoryWarehouse(settlingDays: scenario.settlingDays)
    now = scenario.firstDay.end
    var configuration = Simulator.Configuration(
      accounts: [Simulator.Account(fleet: fleet, token: SimulatedVendor.token)],
      limits: Simulator.Limits(interval: scenario.interval, quota: scenario.quota), fault: scenario.fault)
    configuration.history = scenario.servedDays.map { .days($0) }
    simulator = Simulator(configuration)
  }

  /// Lets all actors act, each at its time, until none wants to.
  func play(_ parts: [PureActor]) {
    actors = parts + (scenario.strangersCalls > 0 ? [PureStranger(self)] : [])
    while let next = actors.min(by: { $0.wakes < $1.wakes }), next.wakes < .distantFuture {
      now = max(now, next.wakes)
      next.act()
    }
  }

  /// When the calls kept for the night are needed: at midnight, or from now on while tonight's run is not done.
  var nextNight: Date {
    let today = UTCDay(containing: now)
    return nightDone == today ? today.end : now
  }

  /// What the coming nights are expected to need.
  var outlook: NightlyForecast {
    NightlyForecast(
      facts: warehouse.facts, runs: CallLedger.NightlyRuns(starts: nightlyRuns, calls: nightlyCalls),
      isTonightDone: nextNight > now, now: now)
  }

  /// Sends a call; the response comes `seconds` later.
  func send(_ request: Request, from egress: String) -> (answer: PureResponse, seconds: Double) {
    let outage = apiOutages.first { $0.from <= now && now < $0.until }
    func failed(_ fault: Fault, after seconds: Double) -> (PureResponse, Double) {
      (PureResponse(requestedAt: now, answeredAt: now + seconds, interpretation: .rejected(fault, [])), seconds)
    }
    if outage?.kind == .refused { return failed(.unreachable("connection refused"), after: 0) }
    checkCall(request)
    let response = simulator.answer(.asking(request, from: egress), at: now)
    let seconds = SimulatedVendor.latency(at: now) + response.delay
    switch outage?.kind {
    case .silent:
      return failed(.timedOut(seconds: SimulatedVendor.requestTimeout), after: SimulatedVendor.requestTimeout)
    case .page: return failed(.httpStatus(503), after: seconds)
    case .refused, nil: break
    }
    guard seconds < SimulatedVendor.requestTimeout, response.delivery != .silence else {
      return failed(.timedOut(seconds: SimulatedVendor.requestTimeout), after: SimulatedVendor.requestTimeout)
    }
    return (PureResponse(response, to: request, at: now, after: seconds), seconds)
  }

  private func checkCall(_ request: Request) {
    if let since = ledger.blockedSince { violations.append("\(now): a call after the block of \(since)") }
    guard case .deviceDay(let device, let day) = request else { return }
    if warehouse[device, day]?.state.isClosed ?? false {
      violations.append("\(now): device \(device), \(day) is called for though it is closed")
    }
  }

  /// A person talks to the vendor's support and runs `unblock` some hours or days later.
  func unblock(after seconds: Double) {
    actors.append(PureDeed(at: now + seconds) { [self] in ledger.unblock() })
  }

  var devices: [DeviceID] {
    scenario.kinds.indices.map { DeviceID(492 + Int64($0)) }
  }

  /// Everything that is wrong in the end, in words; `days` must be complete.
  func faults(_ days: ClosedRange<UTCDay>) -> [String] {
    let refusals = simulator.log.refusals.filter {
      $0.address != "stranger" && $0.refusal != .tokenBlocked
        && !(scenario.strangersCalls > 0 && $0.refusal == .quotaExceeded)
    }
    return violations + record.violations(interval: scenario.interval, quota: scenario.quota)
      + refusals.map { "\($0.arrival): the vendor refused with \($0.refusal.map { "\($0)" } ?? "?")" }
      + devices.flatMap { device in days.flatMap { differences(device, $0) } }
  }

  private func differences(_ device: DeviceID, _ day: UTCDay) -> [String] {
    guard let installed = fleet.installed(device), installed <= day else { return [] }
    // Nightly runs cover a device from the day before they first see it, which an outage of the API may delay.
    if let first = warehouse.devices[device]?.facts.followedFrom, scenario.firstDay <= day, day < first,
      first <= installed.advanced(by: 2)
    {
      return []
    }
    let state = warehouse[device, day]?.state
    if state?.reason == "settled", scenario.isOutOfReachWhileSettling(device, day) { return [] }
    let truth = fleet.routes(of: device, departingOn: day).map(\.departedAt)
    if state == .beyondHistory, truth.isEmpty, let fetchedAt = warehouse[device, day]?.fetchedAt,
      !record.vouches(for: day, fetchedAt: fetchedAt, settlingDays: scenario.settlingDays, fleet)
    {
      return []
    }
    let known = warehouse.devices[device]?.routes[day] ?? []
    var words: [String] = []
    if state?.name != (truth.isEmpty ? "empty" : "final") {
      words.append("device \(device), \(day): \(state?.name ?? "not known"), with \(truth.count) routes in truth")
    }
    if known != truth {
      words.append(
        "device \(device), \(day): \(known.count) routes instead of \(truth.count), \(state?.reason ?? "open")")
    }
    return words
  }
}

/// Acts at times of its choice.
class PureActor {
  var wakes: Date

  init(at time: Date) {
    wakes = time
  }

  func act() {
    wakes = .distantFuture
  }
}

/// Acts once.
final class PureDeed: PureActor {
  private let deed: () -> Void

  init(at time: Date, _ deed: @escaping () -> Void) {
    self.deed = deed
    super.init(at: time)
  }

  override func act() {
    super.act()
    deed()
  }
}

/// Another program with the same token.
final class PureStranger: PureActor {
  private unowned let stage: PureStage
  private var calls: ArraySlice<Date>

  init(_ stage: PureStage) {
    self.stage = stage
    calls = stage.scenario.strangersCallTimes[...]
    super.init(at: calls.first ?? .distantFuture)
  }

  override func act() {
    _ = calls.popFirst()
    _ = stage.simulator.answer(.asking(.deviceList, from: "stranger"), at: stage.now)
    wakes = calls.first ?? .distantFuture
  }
}

/// A response; good ones are never encoded to text.
struct PureResponse {
  var requestedAt: Date
  var answeredAt: Date
  var interpretation: Interpretation

  var fault: Fault? {
    interpretation.fault
  }
}

extension PureResponse {
  init(_ response: SimulatedResponse, to request: Request, at time: Date, after seconds: Double) {
    requestedAt = time
    answeredAt = time + seconds
    switch (request, response.delivery, response.content) {
    case (.deviceList, .whole, .list(let devices)):
      interpretation = .list(
        FleetList(
          requestedAt: time, readings: devices.map { DeviceReading($0, isList: true) }, findings: []))
    case (.deviceDay(let device, let day), .whole, .day(let answered, let reading, let routes)) where answered == day:
      interpretation = .day(
        DayResponse(
          device: device, askedDay: day, requestedAt: time, reading: reading.map { DeviceReading($0, isList: false) },
          routes: routes.map { Route(departedAt: $0.departedAt, arrivedAt: $0.arrivedAt) }, findings: []))
    default:
      guard let (body, isComplete) = response.delivered else {
        interpretation = .rejected(.connectionLost("reset"), [])
        return
      }
      interpretation = interpret(
        Response(
          request: request, requestedAt: time, answeredAt: answeredAt, httpStatus: response.status,
          contentType: response.contentType, isComplete: isComplete, body: body))
    }
  }
}

extension DeviceReading {
  /// The tags that decide about states; the list's sample has no status code.
  fileprivate init(_ device: SimulatedDevice, isList: Bool) {
    self.init(device: device.id)
    (onlineAt, heartbeatAt) = (device.online, device.heartbeat)
    statusCode = isList ? nil : device.statusCode.map(Int32.init)
  }
}
