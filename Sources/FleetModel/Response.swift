import FoundationEssentials

/// What was asked of the API: one of its two useful calls.
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

/// A response as it came: everything that interpreting it needs, and so everything that the archive keeps.
public struct Response: Hashable, Sendable {
  public var request: Request
  /// When the request left, UTC.
  public var requestedAt: Date
  /// When the response ended, UTC.
  public var answeredAt: Date
  public var httpStatus: Int
  /// The header `Content-Type` with its charset; nil when absent.
  public var contentType: String?
  /// False when the body was cut: the connection closed early.
  public var isComplete: Bool
  /// As sent, after removal of a content encoding.
  public var body: [UInt8]

  /// The day it is archived under: the asked one, for a list that of the request.
  public var day: UTCDay {
    switch request {
    case .deviceList: UTCDay(containing: requestedAt)
    case .deviceDay(_, let day): day
    }
  }

  public init(
    request: Request, requestedAt: Date, answeredAt: Date, httpStatus: Int, contentType: String?, isComplete: Bool,
    body: [UInt8]
  ) {
    self.request = request
    self.requestedAt = requestedAt
    self.answeredAt = answeredAt
    self.httpStatus = httpStatus
    self.contentType = contentType
    self.isComplete = isComplete
    self.body = body
  }
}
