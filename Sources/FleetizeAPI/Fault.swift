/// Why a call did not produce a usable response.
///
/// ``consequence`` groups the faults by what the caller does next. Source: the document's "API-Restrictions".
public enum Fault: Error, Hashable, Sendable {
  /// Vendor error 1000.
  case tokenRefused
  /// Vendor error 1002.
  case tokenBlocked
  /// Vendor error 1055.
  case tooFast
  /// Any other `ERROR #NNNN`, with its text.
  case vendorError(code: Int, text: String)
  /// Nothing was sent: the name was not found, the connection refused, or the TLS handshake failed.
  case unreachable(String)
  /// No complete response within the request timeout.
  case timedOut(seconds: Double)
  /// The connection ended before the response was complete.
  case connectionLost(String)
  /// The body is larger than the limit.
  case tooLarge(limitBytes: Int)
  /// A status other than 200 whose body is not a vendor error, such as a proxy's HTML page.
  case httpStatus(Int)
  case emptyBody
  /// A device list without devices: the user of the token may see none.
  case emptyList
  /// The body was cut.
  case truncated(bytes: Int)
  /// Status 200 and complete, but not JSON.
  case notJSON(String)
  /// JSON that does not have the documented shape.
  case wrongShape(String)
  /// The response is for a device that was not asked for.
  case wrongDevice(answered: String)
  /// The response is for a day that was not asked for.
  case wrongDay(answered: String)
  /// Routes of the response could not be used, although it is a day's response otherwise.
  case routesUnusable(count: Int)

  public enum Consequence: Hashable, Sendable {
    /// The same call may succeed later.
    case retryLater
    /// This device-day cannot be fetched now; others can.
    case skipDeviceDay
    /// No call of this run will succeed.
    case stopRun
    /// No call of any run will succeed until somebody runs `unblock`.
    case stopEverything
  }

  public var consequence: Consequence {
    switch self {
    case .tokenBlocked: .stopEverything
    case .tokenRefused: .stopRun
    case .vendorError, .tooLarge, .routesUnusable, .emptyList, .httpStatus(401...404): .skipDeviceDay
    case .tooFast, .unreachable, .timedOut, .connectionLost, .httpStatus, .emptyBody, .truncated, .notJSON, .wrongShape,
      .wrongDevice, .wrongDay:
      .retryLater
    }
  }

  /// Whether the API as a whole seems to fail, rather than this device-day.
  public var isOutage: Bool {
    switch self {
    case .httpStatus(401...404): false
    case .unreachable, .timedOut, .connectionLost, .httpStatus, .emptyBody, .truncated: true
    case .tokenRefused, .tokenBlocked, .tooFast, .vendorError, .tooLarge, .emptyList, .notJSON, .wrongShape,
      .wrongDevice,
      .wrongDay, .routesUnusable:
      false
    }
  }

  /// In which way the API does not answer as its document says; nil for what the document describes, and for outages.
  ///
  /// If calls for several devices have the same deviation, no other call will fare better.
  public var deviation: String? {
    switch self {
    case .vendorError(let number, _): "vendor error \(number)"
    case .httpStatus(let status) where !isOutage: "HTTP status \(status)"
    case .notJSON, .wrongShape, .wrongDevice, .wrongDay, .routesUnusable: code
    case .tokenRefused, .tokenBlocked, .tooFast, .tooLarge, .emptyList, .unreachable, .timedOut, .connectionLost,
      .httpStatus,
      .emptyBody,
      .truncated:
      nil
    }
  }

  /// How many calls in a row with the same deviation show that it is the API's. A vendor error is explicit.
  public var deviationsInARow: Int {
    if case .vendorError = self { 2 } else { 5 }
  }

  /// Stable snake_case code, shown by findings, the ledger and logs.
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
    case .emptyList: "list_empty"
    case .truncated: "response_truncated"
    case .notJSON: "response_not_json"
    case .wrongShape: "response_wrong_shape"
    case .wrongDevice: "response_wrong_device"
    case .wrongDay: "response_wrong_day"
    case .routesUnusable: "response_routes_unusable"
    }
  }

  /// The codes of faults that findings can have: a response was received. The other faults leave only a row in the ledger.
  public static let responseCodes = [
    "token_refused", "token_blocked", "too_fast", "vendor_error", "http_status", "response_empty", "list_empty",
    "response_truncated",
    "response_not_json", "response_wrong_shape", "response_wrong_device", "response_wrong_day",
  ]

  /// The vendor's error number, if it sent one.
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
  /// What happened, as a clause without a full stop. Never contains the token or customer data.
  public var description: String {
    switch self {
    case .tokenRefused: "the API refused the token (vendor error 1000)"
    case .tokenBlocked: "the API has blocked the token (vendor error 1002)"
    case .tooFast: "the API rejected the call as too early (vendor error 1055)"
    case .vendorError(let code, let text): "the API answered with vendor error \(code): \(text)"
    case .unreachable(let why): "the API could not be reached: \(why)"
    case .timedOut(let seconds): "no complete response within \(seconds) s"
    case .connectionLost(let why): "the connection ended before the response was complete: \(why)"
    case .tooLarge(let limit): "the response is larger than the limit of \(limit) bytes"
    case .httpStatus(let status): "the API answered with HTTP status \(status)"
    case .emptyBody: "the response is empty"
    case .emptyList: "the device list is empty"
    case .truncated(let bytes): "the response was cut off after \(bytes) bytes"
    case .notJSON(let why): "the response is not JSON: \(why)"
    case .wrongShape(let why): "the response does not have the documented shape: \(why)"
    case .wrongDevice(let answered): "the response is for device \(answered)"
    case .wrongDay(let answered): "the response is for the day \(answered)"
    case .routesUnusable(1): "a route of the response could not be used"
    case .routesUnusable(let count): "\(count) routes of the response could not be used"
    }
  }

  /// What to do about it; nil if only waiting helps.
  public var hint: String? {
    switch self {
    case .tokenRefused:
      "set FLEETIZE_API_TOKEN to the API token of your user (My Account > Administration in FLEETIZE)"
    case .tokenBlocked:
      "contact FLEETIZE support; when they have lifted the block, run `fleetize-etl unblock --confirm`"
    case .tooFast:
      "stop any other program that calls the API from this IP address, or raise FLEETIZE_REQUEST_INTERVAL"
    case .httpStatus(404): "check FLEETIZE_API_URL"
    case .emptyList: "check in FLEETIZE which vehicles the user of the token may see"
    case .tooLarge: "raise FLEETIZE_MAX_RESPONSE_BYTES if a device-day can be this large"
    case .unreachable: "check FLEETIZE_API_URL, the network and the clock of this machine"
    case .timedOut: "check the network, and set FLEETIZE_REQUEST_TIMEOUT to more than the 30 s that the vendor may take"
    default: nil
    }
  }
}
