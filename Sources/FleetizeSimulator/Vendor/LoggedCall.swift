import FleetModel
import FoundationEssentials

/// A call that arrived, and what became of it. Tokens are not kept.
public struct LoggedCall: Sendable {
  /// 1 for the first one.
  public var number: Int
  /// When it arrived, on the clock of the limits.
  public var arrival: Date
  /// What the clock of the fleet showed.
  public var time: Date
  public var address: String
  /// Nil for an unknown token.
  public var account: String?
  public var action: Simulator.Call.Action
  public var device: DeviceID?
  public var day: UTCDay?
  public var outcome: Outcome

  /// The vendor's error; nil when the call was let in.
  public var refusal: VendorError? {
    if case .refused(let error) = outcome { error } else { nil }
  }

  public enum Outcome: Sendable {
    case answered
    case refused(VendorError)
    case faulted(Simulator.Fault)
  }
}
