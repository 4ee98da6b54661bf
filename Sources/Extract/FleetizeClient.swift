import AsyncHTTPClient
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// Sends single calls to the API and returns exactly what came back.
///
/// It neither paces nor retries: ``Pacing`` and ``RetryDelay`` decide that. Each call opens a new connection, because calls are a minute
/// apart and an idle connection may be dead. TLS is 1.2 or newer and always verified. Redirects are returned as responses and never
/// followed, so the token goes nowhere else.
public struct FleetizeClient: Sendable {
  let timeout: Double
  let maxResponseBytes: Int
  private let endpoint: Endpoint
  private let userAgent: String
  private let transport: Transport

  /// - Parameters:
  ///   - baseURL: such as `https://api.fleetize.com/v2`. `http` is accepted on loopback.
  ///   - timeout: seconds from sending to the end of the response, however slowly it arrives. The vendor allows itself 30 s.
  ///   - maxResponseBytes: the largest body, counted after decompression.
  ///   - allowsPlainHTTP: accepts `http` to other machines, which exposes the token on the network.
  ///   - version: this program's version, for the header `User-Agent`.
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
        "the request timeout is not between 0 and 86400 s",
        hint: "set FLEETIZE_REQUEST_TIMEOUT to seconds, such as 45")
    }
    guard maxResponseBytes > 0 else {
      throw SettingError(
        "the size limit for responses is not above 0",
        hint: "set FLEETIZE_MAX_RESPONSE_BYTES to bytes, such as 67108864")
    }
    endpoint = try Endpoint(baseURL, allowsPlainHTTP: allowsPlainHTTP)
    self.timeout = timeout
    self.maxResponseBytes = maxResponseBytes
    userAgent = "fleetize-etl/\(version)"
    transport = Transport(timeout: timeout, maxResponseBytes: maxResponseBytes, trustRoots: trustRoots)
    if timeout < 30 {
      logger.warning("the request timeout of \(timeout) s is shorter than the 30 s that the API may take to answer")
    }
    if !endpoint.usesTLS && !endpoint.isLoopback {
      logger.warning("the API token travels unencrypted to \(endpoint.host)")
    }
  }

  /// Sends one request and waits for the end of its response.
  ///
  /// Any HTTP response is a `Response`, whatever its status, including redirects and bodies that were cut: then `isComplete` is false
  /// and the body holds what had arrived. If the API repeats the token, it is replaced in the body.
  ///
  /// - Returns: a fault only if there is no response: `.unreachable` if nothing was sent, `.timedOut` and `.connectionLost` if the
  ///   request left and its effect is unknown, `.tooLarge`. Cancelling the task ends the call at once: `.connectionLost` or
  ///   `.unreachable`.
  public func send(
    _ request: Request, scope: [String] = [], token: Token, now: @Sendable () -> Date
  ) async -> Result<Response, Fault> {
    let call: HTTPClient.Request
    let requestedAt = now()
    do {
      call = try HTTPClient.Request(
        url: endpoint.url(of: request), method: .POST, headers: headers,
        body: .string(request.form(token: token.secret, scope: scope)))
    } catch {
      return .failure(.unreachable("the URL of the call is unusable"))
    }
    let response = ResponseCollector(maxBytes: maxResponseBytes)
    let ending = await transport.execute(
      call, collecting: response, deadline: .now() + .nanoseconds(Int64(timeout * 1e9)))
    return result(of: response.collected, ending, token).map { response in
      Response(
        request: request, requestedAt: requestedAt, answeredAt: now(), httpStatus: response.status,
        contentType: response.contentType, isComplete: response.isComplete, body: response.body,
        retryAfter: response.retryAfter.flatMap { RetryAfter.seconds($0, now: now()) }, scope: scope)
    }
  }

  /// Closes all connections and cancels a call in flight. No call can be sent afterwards.
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

extension FleetizeClient {
  private struct HTTPResponse {
    var status: Int
    var contentType: String?
    var isComplete: Bool
    var body: [UInt8]
    var retryAfter: String?
  }

  /// The result of a call, from what had been received when it ended.
  ///
  /// - Parameter error: nil if the response is complete.
  private func result(
    of collected: ResponseCollector.Collected, _ error: (any Error)?, _ token: Token
  ) -> Result<HTTPResponse, Fault> {
    if let error, let fault = fault(of: error, collected) { return .failure(fault) }
    guard let head = collected.head else { return .failure(.connectionLost("no response was received")) }
    let eraser = TokenEraser(token)
    return .success(
      HTTPResponse(
        status: Int(head.status.code),
        contentType: head.headers.first(name: "Content-Type").map { eraser.erase(in: String($0.prefix(256))) },
        isComplete: error == nil,
        body: eraser.erase(in: collected.body, isComplete: error == nil),
        retryAfter: head.headers.first(name: "Retry-After")))
  }

  /// Nil if the error only cut the body of a response.
  private func fault(of error: any Error, _ collected: ResponseCollector.Collected) -> Fault? {
    let failure = TransportFailure(error: error, timeout: timeout)
    return switch error {
    case is ResponseCollector.LimitExceeded, NIOHTTPDecompression.DecompressionError.limit:
      .tooLarge(limitBytes: maxResponseBytes)
    case _ where !collected.wasSent: .unreachable(failure.reasonForNoConnection)
    case _ where failure.isTimeout: .timedOut(seconds: timeout)
    case _ where failure.isCancellation: .connectionLost("the call was cancelled")
    case _ where collected.head == nil: .connectionLost(failure.reasonForNoResponse)
    default: nil
    }
  }
}
