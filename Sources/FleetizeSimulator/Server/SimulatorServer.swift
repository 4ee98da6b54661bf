import Hummingbird
import Logging
import NIOCore

/// The simulated vendor over HTTP, on 127.0.0.1 only.
public struct SimulatorServer: Sendable {
  private let responder: VendorResponder
  private let logger: Logger

  /// - Parameter clientAddress: Replaces the address of all callers. Two servers of one simulator with different addresses act as
  ///   two egresses, each with its own interval.
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
  ///   - port: 0 for any free port.
  ///   - onReady: Called with the port when connections are accepted.
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

/// Runs `body` with the port of 127.0.0.1 on which the simulated vendor listens meanwhile.
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
