import FoundationEssentials

/// Days of a device for which no data may be kept.
public struct Erasure: Hashable, Sendable {
  public var device: DeviceID
  public var days: ClosedRange<UTCDay>
  /// When the erasure was requested, UTC.
  public var erasedAt: Date

  public init(device: DeviceID, days: ClosedRange<UTCDay>, erasedAt: Date) {
    self.device = device
    self.days = days
    self.erasedAt = erasedAt
  }
}

/// Everything that was erased in one account.
public struct Erasures: Hashable, Sendable {
  public private(set) var days: [DeviceID: [ClosedRange<UTCDay>]] = [:]

  public init(_ erasures: some Sequence<Erasure> = []) {
    for erasure in erasures { days[erasure.device, default: []].append(erasure.days) }
  }

  public var isEmpty: Bool { days.isEmpty }

  public func cover(_ day: UTCDay, of device: DeviceID) -> Bool {
    days[device]?.contains { $0.contains(day) } ?? false
  }

  public func cover(_ moment: Date, of device: DeviceID) -> Bool {
    cover(UTCDay(containing: moment), of: device)
  }

  /// Whether a response requested at that time can contain data of an erased day. Allows for a vendor's clock up to a day ahead of ours.
  public func concern(responsesRequestedAt requestedAt: Date, of device: DeviceID) -> Bool {
    days[device]?.contains { $0.lowerBound.previous.start <= requestedAt } ?? false
  }

  /// Whether a device list requested at that time can contain data of an erased day of any device.
  public func concern(listsRequestedAt requestedAt: Date) -> Bool {
    days.keys.contains { concern(responsesRequestedAt: requestedAt, of: $0) }
  }
}
