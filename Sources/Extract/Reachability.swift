import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Whether the API can be reached: name lookup, connection, TLS. Sends only the handshake, so it does not count as a call.
public struct Reachability: Sendable {
  private let endpoint: Endpoint
  private let trustRoots: NIOSSLTrustRoots

  /// - Throws: ``SettingError`` if the token must not be sent to this URL.
  public init(baseURL: String, allowsPlainHTTP: Bool) throws(SettingError) {
    try self.init(baseURL: baseURL, allowsPlainHTTP: allowsPlainHTTP, trustRoots: .default)
  }

  init(baseURL: String, allowsPlainHTTP: Bool, trustRoots: NIOSSLTrustRoots) throws(SettingError) {
    endpoint = try Endpoint(baseURL, allowsPlainHTTP: allowsPlainHTTP)
    self.trustRoots = trustRoots
  }

  /// Name and port.
  public var address: String { "\(endpoint.host):\(endpoint.port)" }
  public var usesTLS: Bool { endpoint.usesTLS }
  public var isLoopback: Bool { endpoint.isLoopback }

  /// Connects, completes the TLS handshake and closes the connection.
  ///
  /// - Parameter timeout: seconds for the connection, and again for the handshake.
  /// - Returns: why a call would fail; nil if it would get through.
  public func failure(timeout: Double = 10) async -> String? {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let handshake = loop.makePromise(of: Void.self)
    let timer = loop.scheduleTask(in: .nanoseconds(Int64(2 * timeout * 1e9))) {
      handshake.fail(HTTPClientError.tlsHandshakeTimeout)
    }
    defer { timer.cancel() }
    do {
      let channel = try await connect(on: loop, timeout: timeout, handshake)
      defer { channel.close(promise: nil) }
      if !endpoint.usesTLS { handshake.succeed() }
      try await handshake.futureResult.get()
      return nil
    } catch {
      handshake.fail(error)
      return TransportFailure(error: error, timeout: timeout).reasonForNoConnection
    }
  }

  private func connect(
    on loop: any EventLoop, timeout: Double, _ handshake: EventLoopPromise<Void>
  ) async throws -> any Channel {
    let bare = endpoint.host.filter { !"[]".contains($0) }
    let context = endpoint.usesTLS ? try NIOSSLContext(configuration: .verifying(with: trustRoots)) : nil
    // For an IP address the certificate is checked against the connection's own address, not against a name.
    let isAddress = (try? SocketAddress(ipAddress: bare, port: endpoint.port)) != nil
    return try await ClientBootstrap(group: loop)
      .connectTimeout(.nanoseconds(Int64(timeout * 1e9)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let context else { return }
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : bare), Handshake(handshake),
          ])
        }
      }
      .connect(host: bare, port: endpoint.port).get()
  }

  private final class Handshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<Void>

    init(_ promise: EventLoopPromise<Void>) {
      self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case .handshakeCompleted = event as? TLSUserEvent { promise.succeed() }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.fail(error)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.fail(HTTPClientError.remoteConnectionClosed)
      context.fireChannelInactive()
    }
  }
}
