import FoundationEssentials

/// One of the API's two useful calls, with its parameters.
public enum Request: Hashable, Sendable {
  /// `devicelist`, without scope or filter.
  case deviceList
  /// `device` for one whole UTC day.
  case deviceDay(DeviceID, UTCDay)

  /// `devicelist` or `device`, as in the URL and in the archive.
  public var action: String {
    switch self {
    case .deviceList: "devicelist"
    case .deviceDay: "device"
    }
  }
}

extension Request: CustomStringConvertible {
  public var description: String {
    switch self {
    case .deviceList: "devicelist"
    case .deviceDay(let device, let day): "device \(device), \(day)"
    }
  }
}

/// A response as received: everything needed to interpret it, and therefore everything the archive keeps.
public struct Response: Hashable, Sendable {
  public var request: Request
  /// When the request left, UTC.
  public var requestedAt: Date
  /// When the response ended, UTC.
  public var answeredAt: Date
  public var httpStatus: Int
  /// The header `Content-Type` with its charset; nil when absent.
  public var contentType: String?
  /// False if the connection closed before the end of the body.
  public var isComplete: Bool
  /// As sent, after decoding any content encoding.
  public var body: [UInt8]
  /// The header `Retry-After` in seconds; nil when absent. Not archived.
  public var retryAfter: Double?
  /// The only tags that the request asked for; empty for all.
  public var scope: [String]

  /// The day it is archived under: the asked day, or for a list the day of the request.
  public var day: UTCDay {
    switch request {
    case .deviceList: UTCDay(containing: requestedAt)
    case .deviceDay(_, let day): day
    }
  }

  public init(
    request: Request, requestedAt: Date, answeredAt: Date, httpStatus: Int, contentType: String?, isComplete: Bool,
    body: [UInt8], retryAfter: Double? = nil, scope: [String] = []
  ) {
    self.request = request
    self.requestedAt = requestedAt
    self.answeredAt = answeredAt
    self.httpStatus = httpStatus
    self.contentType = contentType
    self.isComplete = isComplete
    self.body = body
    self.retryAfter = retryAfter
    self.scope = scope
  }
}
