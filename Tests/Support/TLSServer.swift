import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A self-signed certificate and its key.
public struct TLSIdentity {
  public let certificatePath: String
  let keyPath: String

  public init(for name: String, in folder: URL) throws {
    certificatePath = folder.appending(path: "certificate.pem").path()
    keyPath = folder.appending(path: "key.pem").path()
    try Command.run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
      "-addext", "subjectAltName=DNS:\(name)", "-keyout", keyPath, "-out", certificatePath,
    ])
  }

  /// Issues the certificate again with another validity: `YYYYMMDDHHMMSSZ`.
  public func reissue(from start: String, until end: String, in folder: URL) throws {
    func path(_ name: String) -> String { folder.appending(path: name).path() }
    try Data().write(to: folder.appending(path: "index"))
    try Data("01\n".utf8).write(to: folder.appending(path: "serial"))
    let settings = """
      [ca]
      default_ca = here
      [here]
      database = \(path("index"))
      serial = \(path("serial"))
      new_certs_dir = \(folder.path())
      default_md = sha256
      policy = any
      copy_extensions = copy
      [any]
      commonName = supplied
      """
    try Data(settings.utf8).write(to: folder.appending(path: "ca.conf"))
    try Command.run([
      "openssl", "x509", "-x509toreq", "-copy_extensions", "copy", "-in", certificatePath, "-signkey", keyPath, "-out",
      path("request.pem"),
    ])
    try Command.run([
      "openssl", "ca", "-batch", "-notext", "-config", path("ca.conf"), "-selfsign", "-keyfile", keyPath, "-in",
      path("request.pem"), "-startdate", start, "-enddate", end, "-out", certificatePath,
    ])
  }
}

/// A TLS server on loopback that answers `[]` to everything.
public final class TLSServer: Sendable {
  /// The newest TLS version that it supports.
  public enum Version: Sendable {
    case tlsv11, tlsv12, tlsv13
  }

  public let port: Int
  private let heard: Heard
  /// Whether anything was received after the handshake.
  public var hasHeardPlainText: Bool { heard.count > 0 }

  private init(port: Int, heard: Heard) {
    self.port = port
    self.heard = heard
  }

  public static func run<R>(
    _ identity: TLSIdentity, newest: Version = .tlsv13, isolation: isolated (any Actor)? = #isolation,
    _ body: (TLSServer) async throws -> R
  ) async throws -> R {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificatePath).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.keyPath, format: .pem)))
    configuration.minimumTLSVersion = .tlsv1
    configuration.maximumTLSVersion =
      switch newest {
      case .tlsv11: .tlsv11
      case .tlsv12: .tlsv12
      case .tlsv13: .tlsv13
      }
    let context = try NIOSSLContext(configuration: configuration)
    let heard = Heard()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          try child.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: context), Answering(heard)])
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<R, any Error>
    do {
      result = .success(try await body(TLSServer(port: channel.localAddress?.port ?? 0, heard: heard)))
    } catch {
      result = .failure(error)
    }
    try await channel.close()
    return try result.get()
  }

  private final class Heard: Sendable {
    private let bytes = Mutex(0)
    var count: Int { bytes.withLock { $0 } }
    func add(_ count: Int) { bytes.withLock { $0 += count } }
  }

  private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let heard: Heard
    private var hasAnswered = false

    init(_ heard: Heard) {
      self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      heard.add(unwrapInboundIn(data).readableBytes)
      guard !hasAnswered else { return }
      hasAnswered = true
      let response = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
      context.writeAndFlush(wrapOutboundOut(response), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
