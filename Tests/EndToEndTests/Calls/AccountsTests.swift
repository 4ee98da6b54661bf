import FleetModel
import FleetizeSimulator
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct `Several accounts and users` {
  let yesterday = UTCDay(containing: Date()).previous

  private func config(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "fleetize-\(UUID().uuidString).yaml").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  private func rows(_ query: String, _ url: String) async throws -> [String] {
    try await withTestConnection(url) { try await $0.lines(query) }
  }

  @Test func `share an egress and its interval, and one's bad token does not stop the others`() async throws {
    let fleet = { (seed: UInt64, first: Int64) in
      GeneratedFleet(
        seed: seed, kinds: [.delivery, .sales], firstDevice: DeviceID(first), calendarShift: Days.sinceMonday,
        pointInterval: 300)
    }
    let simulator = Simulator(
      .init(
        accounts: [
          .init(name: "north", fleet: fleet(1, 100), token: "north-token"),
          .init(name: "south", fleet: fleet(2, 200), token: "south-token"),
        ], limits: .init(interval: 0.2, quota: 100)))
    let file = try config(
      """
      request_interval: 0.25
      accounts: [north, south, east]
      north: {api_token: north-token, time_zone: Europe/Berlin}
      south: {api_token: south-token, time_zone: America/Chicago, daily_calls: 50}
      east: {api_token: wrong-token}
      """)
    try await withTestDatabase { url in
      try await withServer(simulator) { port in
        let environment = ["DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2"]
        #expect(try await Program.run(["migrate", "--config", file], environment).code == 0)
        // Only the account of a configuration with one is added by migrate.
        #expect(try await rows("select name as line from warehouse.account", url) == [])
        let add = ["account", "add", "north", "south", "east", "--config", file]
        #expect(try await Program.run(add, environment).code == 0)
        // The fleet's Monday to Friday: no day is empty, whatever the time is now.
        let range = ["--from", "\(yesterday.advanced(by: -6))", "--to", "\(yesterday.advanced(by: -2))"]
        let outcome = try await Program.run(["backfill", "--config", file] + range, environment)
        #expect(outcome.code == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("account east: the API refused the token"))

        // The bad token was sent once; nobody called too fast.
        #expect(simulator.log.refusals.count == 1)
        #expect(try #require(simulator.log.shortestInterval) >= 0.2)
        // They take turns: none waits until another has done most of its calls. On a busy machine one may oversleep its turn.
        let order = simulator.log.calls.compactMap(\.account)
        let changes = zip(order, order.dropFirst()).count { $0 != $1 }
        #expect(order.count > 20 && changes >= 10, "\(order)")
        let zones = try await rows("select name || ' ' || time_zone as line from warehouse.account order by 1", url)
        #expect(zones == ["east UTC", "north Europe/Berlin", "south America/Chicago"])
        let open = try await rows(
          "select account || device_id || day as line from bi.data_coverage where state in ('pending', 'failed')", url)
        #expect(open == [])
        let accounts = try await rows("select distinct account as line from bi.logbook order by 1", url)
        #expect(accounts == ["north", "south"])

        // A device is replayed for the account that has it.
        let replay = ["replay", "--config", file, "--device"]
        let one = try await Program.run(replay + ["200"], environment)
        #expect(one.code == 0 && one.output.contains("account south: 0 device-days written, 5 unchanged"), "\(one)")
        #expect(!one.output.contains("north") && !one.output.contains("east"))
        let both = try await Program.run(replay + ["200", "--device", "101", "--check"], environment)
        #expect(both.code == 0 && both.output.contains("north") && both.output.contains("south"), "\(both)")
        let none = try await Program.run(replay + ["200", "--device", "7"], environment)
        #expect(none.code == 64 && none.errors.contains("no device list contains device 7"), "\(none)")

        let only = try await Program.run(["run", "--config", file, "--account", "east"], environment)
        #expect(only.code == 77)
        #expect(try await Program.run(["run", "--config", file, "--account", "west"], environment).code == 64)
      }
    }
  }

  @Test func `that all fail give their common exit code, else 2`() async throws {
    let fleet = GeneratedFleet(seed: 1, kinds: [.delivery], firstDevice: DeviceID(100), pointInterval: 300)
    let simulator = Simulator(.init(accounts: [.init(fleet: fleet, token: "right-token")], limits: .unlimited))
    let file = try config(
      """
      request_interval: 0
      accounts: [north, south]
      north: {api_token: wrong-token}
      south: {api_token: another-wrong-token, daily_calls: 50}
      """)
    try await withTestDatabase { url in
      try await withServer(simulator) { port in
        let environment = ["DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2"]
        #expect(try await Program.run(["migrate", "--config", file], environment).code == 0)
        let add = ["account", "add", "north", "south", "--config", file]
        #expect(try await Program.run(add, environment).code == 0)
        let refused = try await Program.run(["run", "--config", file], environment)
        #expect(refused.code == 77, "\(refused.errors)")
        for account in ["north", "south"] {
          #expect(refused.errors.contains("account \(account): the API refused the token"), "\(refused.errors)")
        }
        #expect(simulator.log.calls.count == 2)

        // One is refused, the other may make no call.
        let different = environment.merging(["FLEETIZE_SOUTH_DAILY_CALLS": "1"]) { $1 }
        let mixed = try await Program.run(["run", "--config", file], different)
        #expect(mixed.code == 2, "\(mixed.errors)")
        #expect(simulator.log.calls.count == 3)
      }
    }
  }

  @Test func `of one account see their devices, share its quota and give one row a device`() async throws {
    let fleet = GeneratedFleet(
      seed: 3, kinds: [.delivery, .delivery, .sales], firstDevice: DeviceID(300), calendarShift: Days.sinceMonday,
      pointInterval: 300)
    let simulator = Simulator(
      .init(
        accounts: [
          .init(
            name: "default", fleet: fleet,
            users: [
              .init(token: "first-user-token", devices: [DeviceID(300), DeviceID(301)]),
              .init(token: "second-user-token", devices: [DeviceID(301), DeviceID(302)]),
            ])
        ], limits: .unlimited))
    let folder = FileManager.default.temporaryDirectory.path
    let tokens = try ["first-user-token", "second-user-token"].map { token in
      let path = "\(folder)/\(UUID().uuidString)"
      try Data(token.utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      return path
    }
    let file = try config("request_interval: 0\napi_token_files: [\(tokens.joined(separator: ", "))]\n")
    try await withTestDatabase { url in
      try await withServer(simulator) { port in
        let environment = ["DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2"]
        #expect(try await Program.run(["migrate", "--config", file], environment).code == 0)
        let day = "\(yesterday.advanced(by: -7))"
        let outcome = try await Program.run(["backfill", "--config", file, "--from", day, "--to", day], environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let devices = try await rows("select device_id::text as line from bi.device order by 1", url)
        #expect(devices == ["300", "301", "302"])
        let state = try await rows(
          "select device_id || ' ' || state as line from bi.data_coverage where state in ('pending', 'failed')", url)
        #expect(state == [])
        #expect(simulator.log.refusals.isEmpty)

        // A dry run prices what the backfill then does: the lists of both users are young enough.
        let otherDay = "\(yesterday.advanced(by: -8))"
        let backfill = ["backfill", "--config", file, "--from", otherDay, "--to", otherDay]
        let price = try await Program.run(backfill + ["--dry-run", "--format", "json"], environment)
        #expect(price.output.contains("\"planned_calls\" : 3"), "\(price.output)")
        let before = simulator.log.calls.count
        #expect(try await Program.run(backfill, environment).code == 0)
        #expect(simulator.log.calls.count - before == 3)
        let used = try await rows("select calls_used::text as line from bi.api_budget", url)
        #expect(used == ["\(simulator.log.calls.count)"])
      }
    }
  }

  /// Runs `body` with an account of three vehicles and these sub-users.
  private func withUsers(
    _ users: [Simulator.User],
    _ body: (_ simulator: Simulator, _ etl: ([String]) async throws -> Program.Outcome) async throws -> Void
  ) async throws {
    let fleet = GeneratedFleet(
      seed: 3, kinds: [.delivery, .delivery, .delivery], firstDevice: DeviceID(300), calendarShift: Days.sinceMonday,
      pointInterval: 300)
    let simulator = Simulator(.init(accounts: [.init(fleet: fleet, users: users)], limits: .unlimited))
    try await withTemporaryFolder { folder in
      let paths = try users.enumerated().map { try folder.file("token\($0)", $1.token) }
      let file = try folder.file(
        "config.yaml", "request_interval: 0\napi_token_files: [\(paths.joined(separator: ", "))]\n")
      try await withTestDatabase { url in
        try await withServer(simulator) { port in
          let environment = [
            "DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2", "FLEETIZE_CONFIG": file,
          ]
          #expect(try await Program.run(["migrate"], environment).code == 0)
          try await body(simulator) { try await Program.run($0, environment) }
        }
      }
    }
  }

  @Test func `go on without a sub-user who is refused or sees nothing`() async throws {
    let users: [Simulator.User] = [
      .init(token: "first-user-token", devices: [DeviceID(300)], isRefused: true),
      .init(token: "second-user-token", devices: []), .init(token: "third-user-token", devices: [DeviceID(302)]),
    ]
    try await withUsers(users) { simulator, etl in
      let outcome = try await etl(Days.backfill(from: 9, to: 7, "--format", "json"))
      #expect(outcome.code == 2, "\(outcome)")
      #expect(outcome.errors.contains("token 1 of api_token_files: the API refused the token"), "\(outcome.errors)")
      #expect(outcome.errors.contains("token 2 of api_token_files: the device list is empty"), "\(outcome.errors)")
      #expect(outcome.output.contains(#""token" : 2"#), "\(outcome.output)")
      #expect(simulator.log.calls.count == 3 + 3)
      // The third one's list is young enough, and the price says so.
      let price = try await etl(Days.backfill(from: 12, to: 10, "--dry-run", "--format", "json"))
      #expect(price.output.contains(#""device_lists" : 2"#), "\(price.output)")
      #expect(try await etl(Days.backfill(from: 12, to: 10)).code == 2)
      #expect(simulator.log.calls.count == 6 + 2 + 3)
    }
  }

  @Test func `use young device lists again, each with the token that sees the device`() async throws {
    let users: [Simulator.User] = [
      .init(token: "first-user-token", devices: [DeviceID(300), DeviceID(301)]),
      .init(token: "second-user-token", devices: [DeviceID(302)]),
    ]
    try await withUsers(users) { simulator, etl in
      #expect(try await etl(Days.backfill(from: 7, to: 7)).code == 0)
      #expect(simulator.log.calls.count == 2 + 3)
      let price = try await etl(Days.backfill(from: 8, to: 8, "--dry-run", "--format", "json"))
      #expect(price.output.contains(#""planned_calls" : 3"#), "\(price.output)")
      #expect(try await etl(Days.backfill(from: 8, to: 8)).code == 0)
      #expect(simulator.log.calls.count == 5 + 3 && simulator.log.refusals.isEmpty)
    }
  }

  @Test func `without any device are fine, unless there was one`() async throws {
    try await withUsers([.init(token: "first-user-token", devices: [])]) { simulator, etl in
      let empty = try await etl(["run"])
      #expect(empty.code == 0 && empty.errors.contains("has no device yet"), "\(empty)")
      #expect(simulator.log.calls.count == 1)
    }
    let emptied = Switch()
    try await withStage([.delivery], fault: { _ in emptied.isOn ? .body(Array("[]".utf8)) : nil }) { stage in
      try await stage.succeed(["run"])
      let calls = stage.calls.count
      emptied.turnOn()
      let outcome = try await stage.etl(["run"])
      #expect(outcome.code == 69 && outcome.errors.contains("the device list is empty"), "\(outcome)")
      #expect(stage.calls.count == calls + 1)
    }
  }

  @Test func `wait for a database that goes away, when told to`() async throws {
    let fleet = GeneratedFleet(
      seed: 4, kinds: [.delivery, .delivery], firstDevice: DeviceID(400), calendarShift: Days.sinceMonday,
      pointInterval: 300)
    let simulator = Simulator(.init(accounts: [.init(fleet: fleet, token: "waiting-token")], limits: .unlimited))
    try await withTestDatabase { url in
      try await withServer(simulator) { port in
        let environment = [
          "DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2", "FLEETIZE_API_TOKEN": "waiting-token",
          "FLEETIZE_REQUEST_INTERVAL": "0.2",
        ]
        #expect(try await Program.run(["migrate"], environment).code == 0)
        let range = ["--from", "\(yesterday.advanced(by: -9))", "--to", "\(yesterday.advanced(by: -2))"]
        let outcome = try await Program.run(["backfill", "--wait"] + range, environment) { _ in
          while simulator.log.calls.count < 4 { try await Task.sleep(for: .milliseconds(20)) }
          _ = try await rows(
            """
            select pg_terminate_backend(pid)::text as line from pg_stat_activity
            where application_name = 'fleetize-etl' and datname = current_database()
            """, url)
        }
        #expect(outcome.code == 0, "\(outcome.errors)")
        let open = try await rows(
          "select device_id || ' ' || day as line from bi.data_coverage where state in ('pending', 'failed')", url)
        #expect(open == [])
        // The one call that may have been in flight is all that was paid twice.
        let repeated = Dictionary(grouping: simulator.log.calls.filter { $0.day != nil }) {
          "\($0.device?.value ?? 0) \($0.day?.number ?? 0)"
        }
        .values.filter { $0.count > 1 }
        #expect(repeated.count <= 1)
      }
    }
  }
}
