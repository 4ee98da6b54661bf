import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Describes errors of the HTTP client: short, without type names where possible, and never with the request in them.
struct TransportFailure {
  let error: any Error
  /// The timeout of the whole call, in seconds.
  let timeout: Double

  var isTimeout: Bool {
    guard let error = error as? HTTPClientError else { return false }
    return [.deadlineExceeded, .readTimeout, .writeTimeout].contains(error)
  }

  var isCancellation: Bool { error as? HTTPClientError == .cancelled }

  /// Why no connection was established.
  var reasonForNoConnection: String {
    switch error {
    case let error as HTTPClientError: error.reasonForNoConnection(timeout: timeout)
    case let error as NIOConnectionError: reason(of: error)
    case ChannelError.connectTimeout: "the server did not accept a connection in time"
    case is NIOSSLExtraError: "the server's TLS certificate is not for this host name"
    case NIOSSLError.handshakeFailed(let cause): cause.reasonForNoHandshake
    case is NIOSSLError: "TLS failed"
    case let error as IOError: error.reason
    default: "no connection (\(type(of: error)))"
    }
  }

  /// Why a request that was sent got no response.
  var reasonForNoResponse: String {
    switch error {
    case ChannelError.eof, ChannelError.inputClosed, HTTPParserError.invalidEOFState: "the server closed the connection"
    case let error as HTTPClientError where error == .remoteConnectionClosed: "the server closed the connection"
    case HTTPParserError.headerOverflow: "the response's headers are too large"
    case is HTTPParserError: "the response is not HTTP"
    case let error as IOError: error.reason
    case let error as HTTPClientError: error.shortDescription
    default: "\(type(of: error))"
    }
  }

  private func reason(of error: NIOConnectionError) -> String {
    guard !error.connectionErrors.isEmpty else { return "the name \(error.host) was not found" }
    var reasons: [String] = []
    for attempt in error.connectionErrors {
      let reason = TransportFailure(error: attempt.error, timeout: timeout).reasonForNoConnection
      if !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.joined(separator: ", ")
  }
}

extension HTTPClientError {
  fileprivate func reasonForNoConnection(timeout: Double) -> String {
    switch self {
    case .connectTimeout: "the server did not accept a connection in time"
    case .tlsHandshakeTimeout: "the TLS handshake did not complete in time"
    case .deadlineExceeded, .getConnectionFromPoolTimeout: "no connection within \(timeout) s"
    case .remoteConnectionClosed: "the server closed the connection before the request left"
    case .cancelled: "the call was cancelled"
    case .alreadyShutdown: "this client has been shut down"
    default: shortDescription
    }
  }
}

extension BoringSSLError {
  fileprivate var reasonForNoHandshake: String {
    switch "\(self)" {
    case let text where text.contains("CERTIFICATE_VERIFY_FAILED"):
      "the server's TLS certificate is not trusted (expired, not yet valid, or its issuer is unknown to this machine)"
    case let text where text.contains("PROTOCOL"): "the server offers no TLS 1.2 or newer"
    default: "the TLS handshake failed"
    }
  }
}

extension IOError {
  /// The system's words for the error number, such as "connection refused".
  fileprivate var reason: String {
    let text = String(cString: strerror(errnoCode))
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
