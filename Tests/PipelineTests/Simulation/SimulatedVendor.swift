import Extract
import FleetModel
import FleetizeAPI
import FleetizeSimulator
import Foundation
import TestSupport

/// The connection from one host to the simulated vendor: responses take time, the API is sometimes down, and the host may die
/// while it waits.
struct SimulatedVendor: FleetSource {
  let simulator: Simulator
  let address: String
  let clock: StageClock
  let record: CallRecord
  let outages: [APIOutage]
  /// Whether the host dies now; asked while a call is in flight.
  let dies: @Sendable () async -> Bool

  static let token = "token"
  static let requestTimeout = 45.0

  var userCount: Int { 1 }

  func send(
    _ request: Request, scope: [String], as user: Int, now: @Sendable () -> Date
  ) async -> Result<Response, Fault> {
    let start = now()
    let outage = outages.first { $0.from <= start && start < $0.until }
    if outage?.kind == .refused { return .failure(.unreachable("connection refused")) }
    let place = record.begin(request, from: address, at: start)
    defer { record.end(place, at: now()) }
    let response = simulator.answer(.asking(request, scope: scope, from: address), at: start)
    if await dies() { return .failure(.connectionLost("dead")) }
    if outage?.kind == .silent { return await timeOut(from: start) }
    let passed = outage?.kind == .page ? outagePage : response
    return await pass(passed, of: request, since: start).map { response in
      var response = response
      response.scope = scope
      return response
    }
  }

  private func pass(_ response: SimulatedResponse, of request: Request, since start: Date) async -> Result<
    Response, Fault
  > {
    let seconds = Self.latency(at: start) + response.delay
    guard seconds < Self.requestTimeout, response.delivery != .silence else { return await timeOut(from: start) }
    try? await clock.sleep(until: start + seconds)
    guard let (body, isComplete) = response.delivered else { return .failure(.connectionLost("reset")) }
    return .success(
      Response(
        request: request, requestedAt: start, answeredAt: clock.now, httpStatus: response.status,
        contentType: response.contentType, isComplete: isComplete, body: body))
  }

  private func timeOut(from start: Date) async -> Result<Response, Fault> {
    try? await clock.sleep(until: start + Self.requestTimeout)
    return .failure(.timedOut(seconds: Self.requestTimeout))
  }

  /// 0.2 to 2.2 s, a function of the moment.
  static func latency(at moment: Date) -> Double {
    var random = SeededGenerator(seed: UInt64(moment.timeIntervalSince1970 * 1000))
    return Double.random(in: 0.2...2.2, using: &random)
  }

  private var outagePage: SimulatedResponse {
    SimulatedResponse(status: 503, contentType: "text/html") { Array("<html>503</html>".utf8) }
  }
}

/// A time in which the API does not work.
struct APIOutage: Sendable {
  enum Kind: CaseIterable, Sendable {
    /// Connections are refused.
    case refused
    /// Requests are read and never answered.
    case silent
    /// A proxy answers with an error page.
    case page
  }

  var from: Date
  var until: Date
  var kind: Kind
}

extension Simulator.Call {
  /// The request as the vendor receives it.
  static func asking(_ request: Request, scope: [String] = [], from address: String) -> Simulator.Call {
    switch request {
    case .deviceList: .deviceList(token: SimulatedVendor.token, address: address)
    case .deviceDay(let device, let day):
      .device(
        device, on: day, token: SimulatedVendor.token, scope: scope.isEmpty ? nil : scope.joined(separator: ";"),
        address: address)
    }
  }
}
