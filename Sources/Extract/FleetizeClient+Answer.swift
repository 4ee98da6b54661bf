import FleetizeAPI
import NIOHTTP1
import NIOHTTPCompression

extension FleetizeClient {
  struct Answer {
    var status: Int
    var contentType: String?
    var isComplete: Bool
    var body: [UInt8]
  }

  /// What a call came to, from what had been received when it ended.
  ///
  /// - Parameter error: nil when the answer came to its end.
  func result(
    of collected: AnswerCollector.Collected, _ error: (any Error)?, _ token: Token
  ) -> Result<Answer, Fault> {
    if let error, let fault = fault(of: error, collected) { return .failure(fault) }
    guard let head = collected.head else { return .failure(.connectionLost("no answer came")) }
    let eraser = TokenEraser(token)
    return .success(
      Answer(
        status: Int(head.status.code),
        contentType: head.headers.first(name: "Content-Type").map { eraser.erase(in: String($0.prefix(256))) },
        isComplete: error == nil,
        body: eraser.erase(in: collected.body, isComplete: error == nil)))
  }

  /// Nil when the error only cut the body of an answer.
  private func fault(of error: any Error, _ collected: AnswerCollector.Collected) -> Fault? {
    let failure = TransportFailure(error: error, timeout: timeout)
    return switch error {
    case is AnswerCollector.LimitExceeded, NIOHTTPDecompression.DecompressionError.limit:
      .tooLarge(limitBytes: maxAnswerBytes)
    case _ where !collected.wasSent: .unreachable(failure.reasonForNoConnection)
    case _ where failure.isTimeout: .timedOut(seconds: timeout)
    case _ where failure.isCancellation: .connectionLost("the call was given up")
    case _ where collected.head == nil: .connectionLost(failure.reasonForNoAnswer)
    default: nil
    }
  }
}
