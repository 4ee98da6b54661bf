/// The vendor's id of a device within an account (tag `device_id`).
public struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64

  public init(_ value: Int64) {
    self.value = value
  }

  public var description: String { String(value) }

  public static func < (left: DeviceID, right: DeviceID) -> Bool {
    left.value < right.value
  }
}
