import FleetModel

/// Where an archived response lies.
public struct ResponseKey: Hashable, Sendable {
  public let number: Int64
  /// The asked day, for a list the day of the request: the archive is partitioned by it.
  public let day: UTCDay

  public init(number: Int64, day: UTCDay) {
    self.number = number
    self.day = day
  }
}

/// A response with its place in the archive.
public struct ArchivedResponse: Sendable {
  public let key: ResponseKey
  /// The device asked for; nil for a list.
  public let device: DeviceKey?
  /// The call that brought it; nil when it came from elsewhere.
  public let call: Int64?
  public private(set) var response: Response
  /// The latest erasure that it was checked for when it was read.
  public private(set) var erasedThrough: Int64 = 0

  /// Without the bytes, when they have been read: a batch need not hold them all.
  public var withoutBody: ArchivedResponse { with(body: []) }

  public func with(body: [UInt8]) -> ArchivedResponse {
    var changed = self
    changed.response.body = body
    return changed
  }
}
