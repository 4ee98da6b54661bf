import FleetModel
import FoundationEssentials

/// A call and its outcome, without the token.
public struct LoggedCall: Sendable {
  /// 1 for the first call.
  public var number: Int
  /// When it arrived, by the clock of the limits.
  public var arrival: Date
  /// The fleet's time.
  public var time: Date
  public var address: String
  /// Nil for an unknown token.
  public var account: String?
  public var action: Simulator.Call.Action
  public var device: DeviceID?
  public var day: UTCDay?
  public var outcome: Outcome

  /// The vendor's error; nil if the call was admitted.
  public var refusal: VendorError? {
    if case .refused(let error) = outcome { error } else { nil }
  }

  public enum Outcome: Sendable {
    case answered
    case refused(VendorError)
    case faulted(Simulator.Fault)
  }
}
