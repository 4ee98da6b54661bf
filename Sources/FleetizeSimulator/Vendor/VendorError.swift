/// The vendor's errors. Three of them are in the document, the others are made up in its style.
public enum VendorError: Int, Hashable, Sendable {
  case invalidToken = 1000
  case tokenBlocked = 1002
  case tooSoon = 1055
  /// Not in the document: a device that does not exist, or that the user may not see.
  case unknownDevice = 1010
  /// Not in the document: more calls than the day allows.
  case quotaExceeded = 1060

  public var text: String {
    let words =
      switch self {
      case .invalidToken: "INVALID API TOKEN"
      case .tokenBlocked: "QUERY-THRESHOLD EXCEEDED - API TOKEN BLOCKED"
      case .tooSoon:
        "QUERY-THRESHOLD EXCEEDED - PLEASE REDUCE QUERY-INTERVAL, OTHERWISE YOUR TOKEN WILL BE BLOCKED"
      case .unknownDevice: "DEVICE NOT FOUND"
      case .quotaExceeded: "DAILY QUERY-LIMIT EXCEEDED"
      }
    return "ERROR #\(rawValue) - \(words)"
  }
}
