import FleetizeAPI
import NIOHTTP1
import NIOHTTPCompression

extension FleetizeClient {
  struct HTTPResponse {
    var status: Int
    var contentType: String?
    var isComplete: Bool
    var body: [UInt8]
  }

  /// What a call came to, from what had been received when it ended.
  ///
  /// - Parameter error: nil when the response came to its end.
  func result(
    of collected: ResponseCollector.Collected, _ error: (any Error)?, _ token: Token
  ) -> Result<HTTPResponse, Fault> {
    if let error, let fault = fault(of: error, collected) { return .failure(fault) }
    guard let head = collected.head else { return .failure(.connectionLost("no response came")) }
    let eraser = TokenEraser(token)
    return .success(
      HTTPResponse(
        status: Int(head.status.code),
        contentType: head.headers.first(name: "Content-Type").map { eraser.erase(in: String($0.prefix(256))) },
        isComplete: error == nil,
        body: eraser.erase(in: collected.body, isComplete: error == nil)))
  }

  /// Nil when the error only cut the body of a response.
  private func fault(of error: any Error, _ collected: ResponseCollector.Collected) -> Fault? {
    let failure = TransportFailure(error: error, timeout: timeout)
    return switch error {
    case is ResponseCollector.LimitExceeded, NIOHTTPDecompression.DecompressionError.limit:
      .tooLarge(limitBytes: maxResponseBytes)
    case _ where !collected.wasSent: .unreachable(failure.reasonForNoConnection)
    case _ where failure.isTimeout: .timedOut(seconds: timeout)
    case _ where failure.isCancellation: .connectionLost("the call was given up")
    case _ where collected.head == nil: .connectionLost(failure.reasonForNoResponse)
    default: nil
    }
  }
}
