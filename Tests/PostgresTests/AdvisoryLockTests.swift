import Postgres
import TestSupport
import Testing

@Suite struct `An advisory lock` {
  @Test func `is held by one connection at a time`() async throws {
    try await withTestDatabase { url in
      let (one, other) = (try await openForTest(url), try await openForTest(url))
      #expect(try await one.tryAdvisoryLock("lock"))
      #expect(try await !other.tryAdvisoryLock("lock"))
      #expect(try await one.advisoryUnlock("lock"))
      #expect(try await other.tryAdvisoryLock("lock"))
      #expect(try await !one.advisoryUnlock("lock"))
      #expect(try await one.tryAdvisoryLock("lock of another name"))
    }
  }

  @Test func `of two numbers depends on their order`() async throws {
    try await withTestDatabase { url in
      let (one, other) = (try await openForTest(url), try await openForTest(url))
      #expect(try await one.tryAdvisoryLock(-1, 7))
      #expect(try await !other.tryAdvisoryLock(-1, 7))
      #expect(try await other.tryAdvisoryLock(7, -1))
      #expect(try await one.advisoryUnlock(-1, 7))
      #expect(try await other.tryAdvisoryLock(-1, 7))
    }
  }

  @Test func `is free when its connection is closed or dropped`() async throws {
    try await withTestDatabase { url in
      let other = try await openForTest(url)
      func takenWithinASecond(_ name: String) async throws -> Bool {
        for _ in 0..<100 {
          if try await other.tryAdvisoryLock(name) { return true }
          try await Task.sleep(for: .milliseconds(10))
        }
        return false
      }
      let closed = try await openForTest(url)
      #expect(try await closed.tryAdvisoryLock("1"))
      await closed.close()
      await closed.close()
      #expect(try await takenWithinASecond("1"))
      let error = await #expect(throws: PostgresError.self) { try await closed.query("select 1") }
      #expect(error?.message == "the connection was closed")
      var dropped: Connection? = try await openForTest(url)
      #expect(try await dropped?.tryAdvisoryLock("2") == true)
      dropped = nil
      #expect(try await takenWithinASecond("2"))
    }
  }
}
