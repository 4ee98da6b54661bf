import AsyncHTTPClient
import NIOCore
import NIOHTTPCompression
import NIOSSL

/// The HTTP client, configured for this program.
final class Transport: Sendable {
  private let client: HTTPClient

  init(timeout: Double, maxResponseBytes: Int, trustRoots: NIOSSLTrustRoots) {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: .verifying(with: trustRoots), redirectConfiguration: .disallow,
      timeout: .init(connect: .nanoseconds(Int64(min(timeout, 10) * 1e9))),
      decompression: .enabled(limit: .size(maxResponseBytes)))
    configuration.httpVersion = .http1Only
    configuration.maximumUsesPerConnection = 1
    // The caller retries, because each retry must be paced and written to the ledger.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(1)
    // No logger: the client's messages would show responses before the token is removed from them.
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
  }

  deinit {
    client.shutdown { _ in }
  }

  /// - Returns: nil if the response is complete, else why it is not.
  func execute(
    _ request: HTTPClient.Request, collecting response: ResponseCollector, deadline: NIODeadline
  ) async -> (any Error)? {
    let loop = client.eventLoopGroup.any()
    let task = client.execute(
      request: request, delegate: response, eventLoop: .delegateAndChannel(on: loop), deadline: deadline)
    do {
      try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
      return nil
    } catch {
      return error
    }
  }

  func shutdown() async {
    // Fails only if it was shut down before.
    try? await client.shutdown()
  }
}

extension TLSConfiguration {
  /// TLS 1.2 or newer, the server's certificate always verified.
  static func verifying(with trustRoots: NIOSSLTrustRoots) -> TLSConfiguration {
    var tls = makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .fullVerification
    tls.trustRoots = trustRoots
    return tls
  }
}
