import FleetModel
import FoundationEssentials

/// A time of a device that is wrong in some responses.
public struct FalseTimestamp: Hashable, Sendable {
  public var tag: Tag
  public var deviation: Deviation
  /// Nil for all devices.
  public var device: DeviceID?
  /// By number; nil for all calls.
  public var calls: ClosedRange<Int>?

  public enum Tag: String, CaseIterable, Hashable, Sendable {
    case heartbeat
    case online

    var name: String { "\(rawValue)_timestamp" }
  }

  public enum Deviation: Hashable, Sendable {
    /// That many days after the request.
    case ahead(days: Double)
    /// 1,024 weeks after the true time, as after a rollover of the GPS week.
    case rollover
  }

  public init(_ tag: Tag, _ deviation: Deviation, device: DeviceID? = nil, calls: ClosedRange<Int>? = nil) {
    self.tag = tag
    self.deviation = deviation
    self.device = device
    self.calls = calls
  }

  /// From `heartbeat=3`, `online=rollover,device=493` or `heartbeat=0.5,call=1-4`.
  public init?(_ text: String) {
    let parts = text.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    guard parts.allSatisfy({ $0.count == 2 }), let first = parts.first, let tag = Tag(rawValue: first[0]) else {
      return nil
    }
    if first[1] == "rollover" {
      self.init(tag, .rollover)
    } else {
      guard let days = Double(first[1]) else { return nil }
      self.init(tag, .ahead(days: days))
    }
    for part in parts.dropFirst() {
      switch part[0] {
      case "device":
        guard let id = Int64(part[1]) else { return nil }
        device = DeviceID(id)
      case "call":
        guard let range = Simulator.Call.numbers(part[1]) else { return nil }
        calls = range
      default: return nil
      }
    }
  }

  func affects(_ device: DeviceID?, in call: Simulator.Call) -> Bool {
    (self.device == nil || self.device == device) && calls?.contains(call.number) ?? true
  }

  /// Nil if the time is absent and stays so.
  func value(insteadOf time: Date?, at now: Date) -> Date? {
    switch deviation {
    case .ahead(let days): now.addingTimeInterval(days * 86_400)
    case .rollover: time?.addingTimeInterval(1_024 * 7 * 86_400)
    }
  }
}
