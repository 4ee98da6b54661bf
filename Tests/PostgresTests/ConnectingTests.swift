import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct `Connecting` {
  private func failure(_ conninfo: String) async -> PostgresError? {
    await #expect(throws: PostgresError.self) { try await openForTest(conninfo) }
  }

  private var openFiles: Int {
    get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
  }

  @Test func `sets UTF-8 and UTC whatever the database says`() async throws {
    try await withTestDatabase { url in
      let first = try await openForTest(url)
      let name: String = try await first.query("select current_database()")[0].decode(0)
      try await first.script("alter database \"\(name)\" set timezone to 'Asia/Kathmandu'")
      try await first.script("alter database \"\(name)\" set datestyle to 'SQL, DMY'")
      let second = try await openForTest(url)
      let settings = try await second.query(
        "select name, setting from pg_settings where name in ('TimeZone', 'client_encoding', 'DateStyle', 'application_name')"
      )
      let values = try Dictionary(
        settings.map { (try $0.decode(0, as: String.self), try $0.decode(1, as: String.self)) }
      ) { $1 }
      #expect(
        values == ["TimeZone": "UTC", "client_encoding": "UTF8", "DateStyle": "ISO, YMD", "application_name": "tests"])
      #expect(try await second.serverVersion >= 130_000)
    }
  }

  @Test func `turns TCP keepalives on`() async throws {
    try await withTestDatabase { url in
      let connection = try await openForTest(url)
      let sql: SQL = "select inet_client_port() as port where family(inet_client_addr()) = 4"
      guard let row = try await connection.query(sql).first else { return }
      let port: Int = try row.decode("port")
      let descriptor = try #require((0..<4096).first { localPort(of: $0) == port })
      #expect(option(SO_KEEPALIVE, level: SOL_SOCKET, of: descriptor) == 1)
      #expect(option(TCP_KEEPIDLE, level: Int32(IPPROTO_TCP), of: descriptor) == 60)
      #expect(option(TCP_KEEPINTVL, level: Int32(IPPROTO_TCP), of: descriptor) == 10)
      #expect(option(TCP_KEEPCNT, level: Int32(IPPROTO_TCP), of: descriptor) == 6)
    }
  }

  /// Nil for a descriptor that is not an IPv4 socket.
  private func localPort(of descriptor: Int32) -> Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard status == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private func option(_ name: Int32, level: Int32, of descriptor: Int32) -> Int32 {
    var value: Int32 = -1
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, level, name, &value, &size)
    return value
  }

  @Test func `takes a URI and key=value pairs`() async throws {
    try await withTestDatabase { url in
      let connection = try await openForTest("\(url)?application_name=my%20name")
      let row = try await connection.query(
        """
        select current_user::text as "user", current_database()::text as name, host(inet_server_addr()) as host,
          inet_server_port() as port, current_setting('application_name') as application
        """)[0]
      #expect(try row.decode("application", as: String.self) == "my name")
      let (user, name): (String, String) = (try row.decode("user"), try row.decode("name"))
      guard let host = try row.decode("host", as: String?.self) else { return }
      let port: Int = try row.decode("port")
      let same = try await openForTest("host=\(host) port=\(port) user=\(user) dbname=\(name)")
      #expect(
        try await same.query("select current_database()::text as name")[0].decode("name", as: String.self) == name)
    }
  }

  @Test func `to a closed port says where, and leaks nothing`() async throws {
    let error = await failure("postgresql://someone:hunter2@127.0.0.1:1/some_database")
    #expect(error?.kind == .connectFailed)
    #expect(error?.isUnavailable == true)
    let text = "\(String(describing: error))"
    #expect(error?.message.contains("host 127.0.0.1, port 1, database some_database, user someone") == true)
    #expect(error?.message.contains("Connection refused") == true)
    #expect(!text.contains("hunter2"))
    let before = try openFiles
    for _ in 0..<300 { _ = await failure("postgresql://someone:hunter2@127.0.0.1:1/some_database") }
    // Other tests open files at the same time.
    #expect(try openFiles < before + 150)
  }

  @Test func `with a wrong password does not repeat it, and leaks nothing`() async throws {
    let server = try LoginServer(.refusing)
    let uri = "postgresql://someone:hunter%402@127.0.0.1:\(server.port)/db?sslmode=disable&gssencmode=disable"
    let error = await failure(uri)
    #expect(server.passwords == ["hunter@2"])
    #expect(error?.kind == .wrongTarget)
    #expect(error?.message.contains("password authentication failed, you said …") == true)
    #expect(!"\(String(describing: error))".contains("hunter@2"))
    let before = try openFiles
    for _ in 0..<300 { _ = await failure(uri) }
    #expect(try openFiles < before + 150)
  }

  @Test(arguments: [
    "postgresql://someone:hun%ter2@localhost/db", "postgresql://someone:hunter2@half@127.0.0.1:1/db",
    "postgresql://someone:half/hunter2@127.0.0.1:1/db", "postgresql://someone:12/hunter2@127.0.0.1:1/db",
    "host=localhost password=half hunter2", "host=localhost password='hunter2", "hunter2", "pasword=hunter2",
    "postgresql://127.0.0.1:1/db?pasword=hunter2", "host=127.0.0.1 port=1 password=hunter2 \0",
    "postgresql://127.0.0.1:hunter2/db",
  ])
  func `with an implausible connection string quotes none of it`(conninfo: String) async throws {
    let error = await failure(conninfo)
    #expect(error?.kind == .wrongTarget)
    let text = "\(try #require(error))"
    #expect(!text.contains("hunter2"))
    #expect(!text.contains("half"))
  }

  @Test func `to a silent server gives up`() async throws {
    let server = try LoginServer(.silent)
    let elapsed = await ContinuousClock().measure {
      let error = await failure("postgresql://someone@127.0.0.1:\(server.port)/db")
      #expect(error?.message.contains("timeout expired") == true)
    }
    #expect(elapsed > .seconds(5))
  }

  @Test func `ends with its task`() async throws {
    let server = try LoginServer(.silent)
    let task = Task { try await openForTest("postgresql://someone@127.0.0.1:\(server.port)/db?connect_timeout=60") }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    // The timeout of libpq would be a different error.
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.isCancelled == true)
  }

  @Test func `to a missing database says so`() async throws {
    try await withTestDatabase { url in
      let error = await failure("\(url)_not")
      #expect(error?.message.contains("does not exist") == true)
    }
  }
}
