import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one response as it arrives, so that a call that fails still yields what was received.
final class ResponseCollector: HTTPClientResponseDelegate {
  struct Collected: Sendable {
    /// Whether any byte of the request may have been sent.
    var wasSent = false
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  struct LimitExceeded: Error {}

  private let maxBytes: Int
  private let state = Mutex(Collected())

  init(maxBytes: Int) {
    self.maxBytes = maxBytes
  }

  var collected: Collected { state.withLock { $0 } }

  func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
    state.withLock { $0.wasSent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { $0.head = head }
    let announced = head.headers.first(name: "Content-Length").flatMap(Int.init) ?? 0
    return announced > maxBytes
      ? task.eventLoop.makeFailedFuture(LimitExceeded()) : task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= maxBytes else { return false }
      state.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(LimitExceeded())
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}
}
