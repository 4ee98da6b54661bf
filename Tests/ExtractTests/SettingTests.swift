import Extract
import Logging
import TestSupport
import Testing

@Suite struct `The settings of a client` {
  private func client(
    _ url: String, timeout: Double = 45, maxResponseBytes: Int = 1_000, plain: Bool = false, logger: Logger = quiet
  ) throws {
    _ = try FleetizeClient(
      baseURL: url, timeout: timeout, maxResponseBytes: maxResponseBytes, allowsPlainHTTP: plain, logger: logger)
  }

  @Test(arguments: [
    "https://api.fleetize.com/v2", "https://api.fleetize.com/v2/", "HTTPS://API.FLEETIZE.COM",
    "https://10.0.0.1:8443/v2",
    "http://localhost:8080", "http://127.0.0.1/v2", "http://127.1.2.3:81/v2", "http://[::1]:8080/v2",
  ])
  func `take a URL that is safe to send a token to`(url: String) {
    #expect(throws: Never.self) { try client(url) }
  }

  @Test(arguments: [
    "", "api.fleetize.com/v2", "ftp://api.fleetize.com", "https://", "https:///v2", "https://user@api.fleetize.com/v2",
    "https://user:c4n4ry@api.fleetize.com/v2", "https://api.fleetize.com/v2?apitoken=c4n4ry",
    "https://api.fleetize.com/v2#c4n4ry", "https://api.fleetize.com:0/v2", "https://api.fleetize.com:99999/v2",
    "http+unix://socket/v2", "file:///etc/passwd", "http://localhost@evil.example/v2", "https://a b/v2",
    "http://%6cocalhost/v2", "https://api.fleetize.com%2eevil.example/v2", "https://fl\u{E9}\u{E9}tize.com",
    "https://api.fleetize.com/v2%AA", "https://us%AAer@api.fleetize.com/v2", "https://api.fleetize.com/v2?%AA",
    "https://api.fleetize.com/v2#%AA",
  ])
  func `refuse any other, without repeating its content`(url: String) throws {
    let error = try #require(throws: SettingError.self) { try client(url, plain: true) }
    #expect(!"\(error) \(error.hint ?? "")".contains("c4n4ry"))
  }

  @Test(arguments: [
    "http://api.fleetize.com/v2", "http://127.0.0.1.evil.example/v2", "http://localhost.evil.example",
    "http://127.1/v2",
    "http://0.0.0.0/v2", "http://10.0.0.1/v2", "http://[::2]/v2",
  ])
  func `refuse plain http to another machine unless told otherwise`(url: String) throws {
    let error = try #require(throws: SettingError.self) { try client(url) }
    #expect(error.hint?.contains("https") == true)
    #expect(throws: Never.self) { try client(url, plain: true) }
  }

  @Test func `take a short timeout with a warning`() throws {
    let lines = RecordingLog.Lines()
    let logger = Logger(label: "test") { _ in RecordingLog(lines: lines) }
    try client("https://api.fleetize.com", timeout: 30, logger: logger)
    #expect(lines.all.isEmpty)
    try client("https://api.fleetize.com", timeout: 29.9, logger: logger)
    try client("http://10.0.0.1", plain: true, logger: logger)
    #expect(lines.all.count == 2)
    #expect(lines.all.hasOnly { $0.hasPrefix("warning") })
  }

  @Test(arguments: [0, -1, .nan, .infinity, 1e9])
  func `refuse an invalid timeout`(timeout: Double) {
    #expect(throws: SettingError.self) { try client("https://api.fleetize.com", timeout: timeout) }
  }

  @Test func `refuse a size limit that lets nothing through`() {
    #expect(throws: SettingError.self) { try client("https://api.fleetize.com", maxResponseBytes: 0) }
  }

  @Test(arguments: [-0.1, .nan, .infinity, 86_401])
  func `refuse an invalid interval`(seconds: Double) {
    #expect(throws: SettingError.self) { try Pacing(requestInterval: seconds) }
  }

  @Test func `refuse a quota that allows nothing`() {
    #expect(throws: SettingError.self) { try Pacing(dailyCalls: 0) }
    #expect(throws: Never.self) { try Pacing(requestInterval: 0, dailyCalls: 1) }
  }
}
