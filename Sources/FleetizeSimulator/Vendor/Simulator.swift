import FleetModel
import FoundationEssentials
import Synchronization

/// The vendor's API within this process: its two calls, limits and errors, and a log of all calls.
///
/// Does not read a clock, sleep or open a socket; ``SimulatorServer`` does. A year of nights takes seconds, because the body of a
/// response is made only when it is read.
public final class Simulator: Sendable {
  public let configuration: Configuration
  private let state: Mutex<State>

  private struct State {
    var gate: Gate
    var log = CallLog()
  }

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    state = Mutex(State(gate: Gate(configuration.limits)))
  }

  /// Every call so far, in order of arrival.
  public var log: CallLog { state.withLock { $0.log } }

  /// Lifts the block of a token, as the vendor's support does after `#1002`.
  public func unblock(_ token: String) {
    state.withLock { $0.gate.unblock(token) }
  }

  /// Answers a call as the vendor would.
  ///
  /// - Parameters:
  ///   - now: The vendor's time, which determines what has happened in the fleet.
  ///   - arrival: When the call arrived, for interval and quota; `now` unless the fleet's clock is stopped or fast.
  public func answer(_ call: Call, at now: Date, arrival: Date? = nil) -> SimulatedResponse {
    let arrival = arrival ?? now
    let member = configuration.member(with: call.token)
    let (number, verdict) = state.withLock { state in
      let verdict = state.gate.admit(call, of: member, at: arrival)
      let outcome: LoggedCall.Outcome = verdict.map { .refused($0) } ?? .answered
      let number = state.log.append(call, account: member?.account.name, arrival: arrival, now: now, outcome: outcome)
      return (number, verdict)
    }
    guard let member, verdict == nil else {
      return refusal(verdict ?? .invalidToken)
    }
    var call = call
    call.number = number
    call.time = now
    let response: SimulatedResponse
    if let fault = configuration.fault(call) {
      note(.faulted(fault), at: number)
      response = respond(to: call, of: member, at: now, with: fault)
    } else {
      let reply = reply(to: call, of: member, at: now)
      if case .refused(let error) = reply.content { note(.refused(error), at: number) }
      response = reply
    }
    if configuration.limits.countsInterval == .fromResponse, response.delay > 0 {
      state.withLock { $0.gate.restart(call.address, at: arrival.addingTimeInterval(response.delay)) }
    }
    return response
  }

  private func note(_ outcome: LoggedCall.Outcome, at number: Int) {
    state.withLock { $0.log.setOutcome(outcome, of: number) }
  }

  func refusal(_ error: VendorError) -> SimulatedResponse {
    SimulatedResponse(
      status: configuration.errorStatus, contentType: "text/plain; charset=utf-8", content: .refused(error)
    ) { Array(error.text.utf8) }
  }
}
