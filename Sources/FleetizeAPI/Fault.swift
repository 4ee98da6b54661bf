/// Why a call brought no usable response.
///
/// Reasons are grouped by what the caller does next, see ``consequence``. Source: the document's "API-Restrictions".
public enum Fault: Error, Hashable, Sendable {
  /// Vendor error 1000.
  case tokenRefused
  /// Vendor error 1002.
  case tokenBlocked
  /// Vendor error 1055.
  case tooFast
  /// Any other `ERROR #NNNN`, with its text.
  case vendorError(code: Int, text: String)
  /// Nothing was sent: name not found, connection refused, TLS handshake failed.
  case unreachable(String)
  /// No whole response within the request timeout.
  case timedOut(seconds: Double)
  /// The connection ended before a whole response.
  case connectionLost(String)
  /// The body is larger than the limit.
  case tooLarge(limitBytes: Int)
  /// A status other than 200 with a body that is no vendor error, such as a proxy's HTML page.
  case httpStatus(Int)
  case emptyBody
  /// The body was cut.
  case truncated(bytes: Int)
  /// Status 200 and whole, but not JSON.
  case notJSON(String)
  /// JSON of another shape than documented.
  case wrongShape(String)
  /// The response is for another device than the one asked for.
  case wrongDevice(answered: String)
  /// The response is for another day than the one asked for.
  case wrongDay(answered: String)

  public enum Consequence: Hashable, Sendable {
    /// A passing fault: the same call may succeed later.
    case retryLater
    /// This device-day cannot be had now; go on with the others.
    case skipDeviceDay
    /// No call of this run will succeed.
    case stopRun
    /// No call of any run will succeed until a person acts.
    case stopEverything
  }

  public var consequence: Consequence {
    switch self {
    case .tokenBlocked: .stopEverything
    case .tokenRefused: .stopRun
    case .vendorError, .tooLarge: .skipDeviceDay
    case .tooFast, .unreachable, .timedOut, .connectionLost, .httpStatus, .emptyBody, .truncated, .notJSON, .wrongShape,
      .wrongDevice, .wrongDay:
      .retryLater
    }
  }

  /// Whether it says that the API fails as a whole, rather than for the device-day that was asked for.
  public var isOutage: Bool {
    switch self {
    case .unreachable, .timedOut, .connectionLost, .httpStatus, .emptyBody, .truncated: true
    case .tokenRefused, .tokenBlocked, .tooFast, .vendorError, .tooLarge, .notJSON, .wrongShape, .wrongDevice,
      .wrongDay:
      false
    }
  }

  /// Stable snake_case code, as findings, the ledger and logs show it.
  public var code: String {
    switch self {
    case .tokenRefused: "token_refused"
    case .tokenBlocked: "token_blocked"
    case .tooFast: "too_fast"
    case .vendorError: "vendor_error"
    case .unreachable: "unreachable"
    case .timedOut: "timed_out"
    case .connectionLost: "connection_lost"
    case .tooLarge: "response_too_large"
    case .httpStatus: "http_status"
    case .emptyBody: "response_empty"
    case .truncated: "response_truncated"
    case .notJSON: "response_not_json"
    case .wrongShape: "response_wrong_shape"
    case .wrongDevice: "response_wrong_device"
    case .wrongDay: "response_wrong_day"
    }
  }

  /// The codes of faults of a response that came: these can be in findings. Of the others there is nothing to look at.
  public static let responseCodes = [
    "token_refused", "token_blocked", "too_fast", "vendor_error", "http_status", "response_empty", "response_truncated",
    "response_not_json", "response_wrong_shape", "response_wrong_device", "response_wrong_day",
  ]

  /// The vendor's error number, where it sent one.
  public var vendorCode: Int? {
    switch self {
    case .tokenRefused: 1000
    case .tokenBlocked: 1002
    case .tooFast: 1055
    case .vendorError(let code, _): code
    default: nil
    }
  }
}

extension Fault: CustomStringConvertible {
  /// What happened, as the middle of a sentence; without token or customer data.
  public var description: String {
    switch self {
    case .tokenRefused: "the API refused the token (vendor error 1000)"
    case .tokenBlocked: "the API has blocked the token (vendor error 1002)"
    case .tooFast: "the API says that calls come too fast (vendor error 1055)"
    case .vendorError(let code, let text): "the API answered with vendor error \(code): \(text)"
    case .unreachable(let why): "the API could not be reached: \(why)"
    case .timedOut(let seconds): "no whole response within \(seconds) s"
    case .connectionLost(let why): "the connection ended before a whole response: \(why)"
    case .tooLarge(let limit): "the response is larger than the limit of \(limit) bytes"
    case .httpStatus(let status): "the API answered with HTTP status \(status)"
    case .emptyBody: "the response is empty"
    case .truncated(let bytes): "the response was cut after \(bytes) bytes"
    case .notJSON(let why): "the response is not JSON: \(why)"
    case .wrongShape(let why): "the response has not the documented shape: \(why)"
    case .wrongDevice(let answered): "the response is for device \(answered)"
    case .wrongDay(let answered): "the response is for the day \(answered)"
    }
  }

  /// What a person can do about it; nil where waiting is all.
  public var hint: String? {
    switch self {
    case .tokenRefused:
      "set FLEETIZE_API_TOKEN to the API token of your user (My Account > Administration in FLEETIZE)"
    case .tokenBlocked:
      "contact FLEETIZE support; when they have lifted the block, run `fleetize-etl unblock`"
    case .tooFast:
      "is something else calling the API from this address? Raise FLEETIZE_REQUEST_INTERVAL or stop the other program"
    case .tooLarge: "raise FLEETIZE_MAX_RESPONSE_BYTES if the device-day is really this large"
    case .unreachable: "check FLEETIZE_API_URL, the network and the clock of this machine"
    case .timedOut: "the vendor allows itself 30 s; FLEETIZE_REQUEST_TIMEOUT should be above"
    default: nil
    }
  }
}
