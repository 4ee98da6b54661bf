import Hummingbird
import Logging
import NIOCore

/// The simulated vendor over HTTP, on 127.0.0.1 only.
public struct SimulatorServer: Sendable {
  private let responder: VendorResponder
  private let logger: Logger

  /// - Parameter clientAddress: the address that all callers of this server seem to have. Two servers of one simulator
  ///   with different addresses are two ways to reach the vendor, each with an interval of its own.
  public init(
    _ simulator: Simulator, clock: SimulatedClock = .system, clientAddress: String? = nil,
    logger: Logger = Logger(label: "fleetize-simulator") { _ in SwiftLogNoOpLogHandler() }
  ) {
    responder = VendorResponder(simulator: simulator, clock: clock, address: clientAddress)
    self.logger = logger
  }

  /// Listens until the task is cancelled.
  ///
  /// - Parameters:
  ///   - port: 0 takes a free one.
  ///   - onReady: called with the port as soon as connections are accepted.
  public func run(port: Int = 0, onReady: @escaping @Sendable (Int) -> Void) async throws {
    let application = Application(
      responder: responder,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "nginx"),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { onReady(port) }
      },
      logger: logger)
    try await application.run()
  }
}

/// Runs `body` while the simulated vendor listens on a free port of 127.0.0.1, given as the argument.
@discardableResult
public func withServer<Result: Sendable>(
  _ simulator: Simulator, clock: SimulatedClock = .system, clientAddress: String? = nil,
  isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> Result
) async throws -> Result {
  let server = SimulatorServer(simulator, clock: clock, clientAddress: clientAddress)
  let (ports, ready) = AsyncThrowingStream.makeStream(of: Int.self)
  let listening = Task {
    do {
      try await server.run { ready.yield($0) }
      ready.finish()
    } catch {
      ready.finish(throwing: error)
    }
  }
  defer { listening.cancel() }
  for try await port in ports {
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    listening.cancel()
    await listening.value
    return try result.get()
  }
  throw CancellationError()
}
