import FleetModel

/// The primary key of a response in the archive.
public struct ResponseKey: Hashable, Sendable {
  public let number: Int64
  /// The asked day, or for a list the day of the request. The archive is partitioned by it.
  public let day: UTCDay

  public init(number: Int64, day: UTCDay) {
    self.number = number
    self.day = day
  }
}

/// A response in the archive.
public struct ArchivedResponse: Sendable {
  public let key: ResponseKey
  /// The asked device; nil for a list.
  public let device: DeviceKey?
  /// The call that it answered; nil if it was imported.
  public let call: Int64?
  public private(set) var response: Response
  /// The latest erasure that had been applied to it when it was read.
  public private(set) var erasedThrough: Int64 = 0

  /// The response without its body, so that a batch does not keep the bodies that it has parsed.
  public var withoutBody: ArchivedResponse { with(body: []) }

  public func with(body: [UInt8]) -> ArchivedResponse {
    var changed = self
    changed.response.body = body
    return changed
  }
}
