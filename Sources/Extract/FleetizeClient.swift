import AsyncHTTPClient
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// Asks the API one question at a time, and says exactly what came back.
///
/// It neither paces nor retries: ``Pacing`` and ``RetryDelay`` decide that. Each call has a connection of its own,
/// because calls are a minute apart and a connection that was left open may be dead. TLS is 1.2 or newer and always
/// verified. Redirects are responses, never followed, so the token goes nowhere else.
public struct FleetizeClient: Sendable {
  let timeout: Double
  let maxResponseBytes: Int
  private let endpoint: Endpoint
  private let userAgent: String
  private let transport: Transport

  /// - Parameters:
  ///   - baseURL: Such as `https://api.fleetize.com/v2`. `http` is accepted on loopback.
  ///   - timeout: Seconds from sending to the end of the response, however slowly it drips. The vendor allows itself 30 s.
  ///   - maxResponseBytes: Largest body, counted after decompression.
  ///   - allowsPlainHTTP: Accepts `http` to another machine: whoever is on the way reads the token.
  ///   - version: Of this program, for the header `User-Agent`.
  public init(
    baseURL: String, timeout: Double = 45, maxResponseBytes: Int = 64 << 20, allowsPlainHTTP: Bool = false,
    version: String = "dev", logger: Logger
  ) throws(SettingError) {
    try self.init(
      baseURL: baseURL, timeout: timeout, maxResponseBytes: maxResponseBytes, allowsPlainHTTP: allowsPlainHTTP,
      version: version, trustRoots: .default, logger: logger)
  }

  init(
    baseURL: String, timeout: Double, maxResponseBytes: Int, allowsPlainHTTP: Bool = false, version: String = "dev",
    trustRoots: NIOSSLTrustRoots, logger: Logger
  ) throws(SettingError) {
    guard timeout > 0, timeout <= 86_400 else {
      throw SettingError(
        .timeout, "the request timeout is not between 0 and 86400 s",
        hint: "set FLEETIZE_REQUEST_TIMEOUT to seconds, such as 45")
    }
    guard maxResponseBytes > 0 else {
      throw SettingError(
        .maxResponseBytes, "the size limit for responses is not above 0",
        hint: "set FLEETIZE_MAX_RESPONSE_BYTES to bytes, such as 67108864")
    }
    endpoint = try Endpoint(baseURL, allowsPlainHTTP: allowsPlainHTTP)
    self.timeout = timeout
    self.maxResponseBytes = maxResponseBytes
    userAgent = "fleetize-etl/\(version)"
    transport = Transport(timeout: timeout, maxResponseBytes: maxResponseBytes, trustRoots: trustRoots)
    if timeout < 30 {
      logger.warning("the request timeout of \(timeout) s is shorter than the 30 s that the API allows itself")
    }
    if !endpoint.usesTLS && !endpoint.isLoopback {
      logger.warning("the API token travels unencrypted to \(endpoint.host)")
    }
  }

  /// Sends one request and waits for the end of its response.
  ///
  /// Whatever HTTP response came is a `Response`: any status, redirects, and bodies that were cut (`isComplete` is false,
  /// the body holds what had come). The token is struck out of the body, should the API repeat it.
  ///
  /// - Returns: A fault only when there is no response: `.unreachable` when nothing was sent, `.timedOut` and
  ///   `.connectionLost` when the request left and its effect is unknown, `.tooLarge`. Cancelling the task gives up at
  ///   once: `.connectionLost` or `.unreachable`.
  public func send(_ request: Request, token: Token, now: @Sendable () -> Date) async -> Result<Response, Fault> {
    let call: HTTPClient.Request
    let requestedAt = now()
    do {
      call = try HTTPClient.Request(
        url: endpoint.url(of: request), method: .POST, headers: headers,
        body: .string(request.form(token: token.secret)))
    } catch {
      return .failure(.unreachable("the URL of the call cannot be used"))
    }
    let response = ResponseCollector(maxBytes: maxResponseBytes)
    let ending = await transport.execute(
      call, collecting: response, deadline: .now() + .nanoseconds(Int64(timeout * 1e9)))
    return result(of: response.collected, ending, token).map { response in
      Response(
        request: request, requestedAt: requestedAt, answeredAt: now(), httpStatus: response.status,
        contentType: response.contentType, isComplete: response.isComplete, body: response.body)
    }
  }

  /// Closes what is open; a call in flight is given up. No call can be sent afterwards.
  public func shutdown() async {
    await transport.shutdown()
  }

  private var headers: HTTPHeaders {
    [
      "Content-Type": "application/x-www-form-urlencoded",
      "User-Agent": userAgent,
      "Accept": "*/*",
      "Accept-Encoding": "gzip",
      "Connection": "close",
    ]
  }
}
