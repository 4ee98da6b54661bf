import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Logging
import Synchronization

let canary = "c4n4ry/t0ken+A1"
let someDay = Request.deviceDay(DeviceID(492), UTCDay(number: 16_395))
let noon = Date(timeIntervalSince1970: 1_416_571_200)

/// Makes one call with its own client. The timeout is long enough for a busy machine.
func ask(
  _ url: String, _ request: Request = .deviceList, token: String = canary, timeout: Double = 60,
  maxResponseBytes: Int = 1 << 20, logger: Logger = quiet
) async throws -> Result<Response, Fault> {
  let client = try FleetizeClient(
    baseURL: url, timeout: timeout, maxResponseBytes: maxResponseBytes, version: "1.2.3", logger: logger)
  let response = await client.send(request, token: try Token(token), now: { noon })
  await client.shutdown()
  return response
}

/// Keeps every line, at every level.
struct RecordingLog: LogHandler {
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  let lines: Lines
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension Result {
  var fault: Failure? {
    if case .failure(let fault) = self { fault } else { nil }
  }
}

/// One second later each time it is read.
final class TickingClock: Sendable {
  private let next: Mutex<Date>

  init(from start: Date) {
    next = Mutex(start)
  }

  func tick() -> Date {
    next.withLock { next in
      defer { next += 1 }
      return next
    }
  }
}
