import Hummingbird
import NIOCore

/// Turns HTTP requests into calls, and simulated responses into HTTP responses, including faults of the connection.
struct VendorResponder: HTTPResponder {
  let simulator: Simulator
  let clock: SimulatedClock
  /// If set, replaces the address of all callers.
  let address: String?

  private static let largestForm = 65_536

  func respond(to request: Request, context: CallContext) async throws -> Response {
    guard let action = action(of: request.uri.path) else {
      return Response(status: .notFound, body: .init(byteBuffer: ByteBuffer(string: "<h1>404</h1>")))
    }
    let call = Simulator.Call(
      action, parameters: try await parameters(of: request),
      address: address ?? context.channel.remoteAddress?.ipAddress ?? Simulator.Call.defaultAddress)
    let simulated = simulator.answer(call, at: clock.now, arrival: clock.arrival)
    if simulated.delay > 0 { try await Task.sleep(for: .seconds(simulated.delay)) }
    return try await deliver(simulated, over: context.channel)
  }

  private func action(of path: String) -> Simulator.Call.Action? {
    let parts = path.split(separator: "/")
    guard parts.count == 2, parts[0] == "v2" else { return nil }
    return Simulator.Call.Action(rawValue: String(parts[1]))
  }

  /// Only a POST form counts: a token in a URL is ignored.
  private func parameters(of request: Request) async throws -> [String: String] {
    let type = request.headers[.contentType] ?? ""
    guard request.method == .post, type.hasPrefix("application/x-www-form-urlencoded") else { return [:] }
    let body = try await request.body.collect(upTo: Self.largestForm)
    return FormFields.read(Array(body.readableBytesView))
  }

  private func deliver(_ simulated: SimulatedResponse, over channel: any Channel) async throws -> Response {
    switch simulated.delivery {
    case .silence:
      try await Task.sleep(for: .seconds(86_400))
    case .reset(afterBytes: 0):
      try await reset(channel)
      throw CancellationError()
    default: break
    }
    var response = Response(status: .init(code: simulated.status), body: body(of: simulated, over: channel))
    response.headers[.contentType] = simulated.contentType
    response.headers[.location] = simulated.location
    response.headers[.retryAfter] = simulated.retryAfter
    response.headers[.contentEncoding] = simulated.contentEncoding
    return response
  }

  private func body(of simulated: SimulatedResponse, over channel: any Channel) -> ResponseBody {
    let bytes = simulated.body
    switch simulated.delivery {
    case .whole, .silence: return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    case .drip(let rate):
      return ResponseBody(contentLength: bytes.count) { writer in
        for start in stride(from: 0, to: bytes.count, by: rate) {
          try await writer.write(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + rate)]))
          try await Task.sleep(for: .seconds(1))
        }
        try await writer.finish(nil)
      }
    case .cut(let count): return broken(bytes.prefix(count), length: bytes.count) { throw CutShort() }
    case .chunkedCut(let count): return broken(bytes.prefix(count), length: nil) { throw CutShort() }
    case .reset(let count):
      return broken(bytes.prefix(count), length: bytes.count) {
        try await reset(channel)
        throw CutShort()
      }
    }
  }

  private func broken(
    _ bytes: ArraySlice<UInt8>, length: Int?, end: @escaping @Sendable () async throws -> Void
  ) -> ResponseBody {
    ResponseBody(contentLength: length) { writer in
      try await writer.write(ByteBuffer(bytes: bytes))
      try await end()
    }
  }

  /// Closing a socket with a linger time of zero sends a reset.
  private func reset(_ channel: any Channel) async throws {
    if let socket = channel as? any SocketOptionProvider {
      try await socket.unsafeSetSocketOption(level: .socket, name: .so_linger, value: NoLinger()).get()
    }
    try await channel.close()
  }

  /// C's `struct linger`, enabled, with 0 seconds.
  private struct NoLinger: Sendable {
    var isOn: CInt = 1
    var seconds: CInt = 0
  }

  /// Thrown within a body, closes the connection.
  private struct CutShort: Error {}
}
