import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct `A stream of rows` {
  /// Resident memory of this process in bytes.
  private var residentMemory: Int {
    get throws {
      let text = try String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8)
      return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
    }
  }

  @Test func `of a million keeps memory flat`() async throws {
    try await withTestConnection { connection in
      let before = try residentMemory
      // 200 MB when held at once.
      let (count, sum, peak) = try await connection.run { connection in
        var count = 0
        var sum = 0
        var peak = 0
        try connection.stream("select generate_series(1, 1000000), repeat('x', 100)") { row in
          count += 1
          sum += try row.decode(0, as: Int.self)
          if count.isMultiple(of: 100_000) { peak = try max(peak, residentMemory) }
        }
        return (count, sum, peak)
      }
      #expect(count == 1_000_000)
      #expect(sum == 500_000_500_000)
      #expect(peak - before < 100_000_000)
    }
  }

  @Test(.timeLimit(.minutes(30))) func `ends when its body throws, and the connection goes on`() async throws {
    try await withTestConnection { connection in
      await #expect(throws: Abandoned.self) {
        try await connection.run { connection in
          // Too many rows for the limit of time.
          try connection.stream("select generate_series(1, 10000000000)") { row in
            if try row.decode(0, as: Int.self) == 1000 { throw Abandoned() }
          }
        }
      }
      try await connection.execute("select 1")
    }
  }

  @Test func `that fails midway throws after the rows before`() async throws {
    try await withTestConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          var count = 0
          defer { #expect(count == 9) }
          try connection.stream("select 1 / (10 - i) from generate_series(1, 20) as i") { _ in count += 1 }
        }
      }
      #expect(error?.sqlState == "22012")
      try await connection.execute("select 1")
    }
  }

  @Test func `allows no other statement meanwhile`() async throws {
    try await withTestConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.stream("select generate_series(1, 3)") { _ in
            try connection.execute("select 1")
          }
        }
      }
      #expect(error?.kind == .usage)
      try await connection.execute("select 1")
    }
  }

  @Test func `without rows is none`() async throws {
    try await withTestConnection { connection in
      try await connection.run { connection in
        try connection.stream("select 1 where false") { _ in Issue.record("a row") }
      }
    }
  }
}
