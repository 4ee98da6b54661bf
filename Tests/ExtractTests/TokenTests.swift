import Extract
import FleetModel
import Foundation
import TestSupport
import Testing

@Suite struct `A token` {
  @Test func `prints as redacted, however it is printed`() throws {
    let token = try Token(canary)
    struct Account { let token: Token }
    var dumped = ""
    dump(Account(token: token), to: &dumped)
    let texts = [
      "\(token)", String(describing: token), String(reflecting: token), "\(Account(token: token))",
      String(reflecting: Account(token: token)), "\([token])", "\(Optional(token) as Any)", dumped,
      Mirror(reflecting: token).children.map { "\($0.value)" }.joined(),
    ]
    #expect(texts.hasOnly { !$0.contains("c4n4ry") })
    #expect("\(token)" == "<redacted>")
  }

  @Test(arguments: ["", " ", "\r\n", "two words", "line\none", "t\u{F6}ken", "nul\0", "\u{FEFF}"])
  func `that cannot be one is refused without repeating it`(text: String) throws {
    let error = try #require(throws: SettingError.self) { try Token(text) }
    #expect(error.hint?.isEmpty == false)
    #expect(text.count < 3 || !"\(error)".contains(text))
  }

  @Test func `is read from a file of its owner, without the line end`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token").path()
      try write("  \(canary)\r\n", to: file, mode: 0o600)
      #expect(throws: Never.self) { try Token(contentsOf: file) }
      try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]) { server in
        let client = try FleetizeClient(baseURL: server.url, logger: quiet)
        _ = await client.send(.deviceList, token: try Token(contentsOf: file), now: { noon })
        await client.shutdown()
        #expect(server.requests.first?.hasSuffix("\r\n\r\napitoken=c4n4ry%2Ft0ken%2BA1") == true)
      }
    }
  }

  @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o660])
  func `is not read from a file that others can open`(mode: Int) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token").path()
      try write(canary, to: file, mode: mode)
      let error = try #require(throws: SettingError.self) { try Token(contentsOf: file) }
      #expect(error.hint?.contains("chmod 600") == true)
      #expect(!"\(error) \(error.hint ?? "")".contains("c4n4ry"))
    }
  }

  @Test func `is not read from a file that is missing, empty, a folder or too large`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token").path()
      #expect(
        try #require(throws: SettingError.self) { try Token(contentsOf: file) }.description.contains("No such file"))
      try write("\n", to: file, mode: 0o600)
      #expect(try #require(throws: SettingError.self) { try Token(contentsOf: file) }.description.contains("empty"))
      try write(String(repeating: "a", count: 65_537), to: file, mode: 0o600)
      #expect(try #require(throws: SettingError.self) { try Token(contentsOf: file) }.description.contains("larger"))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path())
      let error = try #require(throws: SettingError.self) { try Token(contentsOf: folder.path()) }
      #expect(error.description.contains("it is a folder") && error.hint?.contains("chmod") == false)
    }
  }

  private func write(_ text: String, to file: String, mode: Int) throws {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  }
}
