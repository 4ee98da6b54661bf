import FleetModel
import FoundationEssentials

extension Simulator {
  /// A request as received: the action of the URL and the fields of the form.
  public struct Call: Hashable, Sendable {
    public var action: Action
    /// The fields of the form by name.
    public var parameters: [String: String]
    /// The IP address of the caller. The interval applies per address.
    public var address: String
    /// 1 for a simulator's first call. Set by the simulator.
    public internal(set) var number = 0
    /// The vendor's time. Set by the simulator.
    public internal(set) var time = Date.distantPast

    public enum Action: String, CaseIterable, Hashable, Sendable {
      case deviceList = "devicelist"
      case device
    }

    public init(_ action: Action, parameters: [String: String], address: String = Call.defaultAddress) {
      self.action = action
      self.parameters = parameters
      self.address = address
    }

    public static let defaultAddress = "127.0.0.1"

    public static func deviceList(
      token: String, scope: String? = nil, activityAfter: Date? = nil, address: String = defaultAddress
    ) -> Call {
      var call = Call(.deviceList, parameters: ["apitoken": token], address: address)
      call.parameters["scope"] = scope
      call.parameters["activity_after"] = activityAfter.map { String($0.unixSeconds) }
      return call
    }

    public static func device(
      _ device: DeviceID, on day: UTCDay?, token: String, scope: String? = nil, address: String = defaultAddress
    ) -> Call {
      var call = Call(.device, parameters: ["apitoken": token, "device": device.description], address: address)
      call.parameters["time"] = day.map { String($0.unixStart) }
      call.parameters["scope"] = scope
      return call
    }

    public var token: String? { parameters["apitoken"] }

    public var scope: String? { parameters["scope"] }

    /// Nil if missing or not a number.
    public var device: DeviceID? { parameters["device"].flatMap { Int64($0) }.map { DeviceID($0) } }

    /// The day that contains `time`. Nil if it is missing, 0 or not a number, which asks for the latest day.
    public var day: UTCDay? {
      guard let seconds = parameters["time"].flatMap({ Int($0) }), (1...Call.lastSecond) ~= seconds else { return nil }
      return UTCDay(containing: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// From `5`, `5+` or `5-9`; nil for anything else.
    static func numbers(_ text: String) -> ClosedRange<Int>? {
      if text.last == "+" { return Int(text.dropLast()).flatMap { $0 > 0 ? $0...Int.max : nil } }
      let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1], first > 0,
        first <= last
      else { return nil }
      return first...last
    }

    public var activityAfter: Date? {
      parameters["activity_after"].flatMap { Int($0) }.map { Date(timeIntervalSince1970: Double($0)) }
    }

    /// 9999-12-31T23:59:59Z.
    private static let lastSecond = 253_402_300_799
  }
}
