import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// A server that goes away, or has no room, in the middle of the work.
@Suite(.serialized) struct `A server` {
  private static let command = CrashedCommand.backfill.arguments
  /// The response to the second device-day is with the program, and nothing of it with the server.
  private static let responseHasCome = Trigger(
    .before, "etl.ensure_partition", following: "insert into etl.api_call", occurrence: 3)

  @Test func `that dies in COPY costs no call, and all goes on when it is back`() async throws {
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withStage(CrashScene.kinds, interval: CrashScene.interval, database: server) { stage in
        try await DatabaseTap.run(to: server) { tap, url in
          tap.arm(.init(.inData(message: 1), "copy warehouse.route_point", occurrence: 2)) {
            (try? cluster.stopAtOnce()) != nil
          }
          let stopped = try await stage.etl(Self.command, with: ["DATABASE_URL": url])
          #expect(tap.hasFired)
          #expect(stopped.code == 69, "\(stopped.errors)")
          #expect(stopped.errors.contains("when the database is reachable"))
        }
        let calls = stage.calls.count
        for command in [Self.command, ["run"]] { #expect(try await stage.etl(command).code == 69) }
        #expect(stage.calls.count == calls, "a call was made while the database was away")

        try await cluster.start(port: port(of: server))
        try await expectUndisturbed(stage, Self.command, repeating: 0)
      }
    }
  }

  @Test func `that dies while a response is under way costs nothing, because the response is held until it is back`()
    async throws
  {
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withStage(CrashScene.kinds, interval: CrashScene.interval, database: server) { stage in
        try await DatabaseTap.run(to: server) { tap, url in
          tap.arm(Self.responseHasCome) { (try? cluster.stopAtOnce()) != nil }
          let outcome = try await stage.etl(Self.command, with: ["DATABASE_URL": url]) { _ in
            try await eventually("the server is dead") { tap.hasFired }
            let calls = stage.calls.count
            try await Task.sleep(for: .seconds(1))
            #expect(stage.calls.count == calls, "a call was made while the database was away")
            try await cluster.start(port: port(of: server))
          }
          #expect(outcome.code == 0, "\(outcome.errors)")
          expectHeld(outcome)
        }
        #expect(try await stage.rows("select from etl.api_call where outcome = 'unknown'") == [])
        try await expectUndisturbed(stage, Self.command, repeating: 0)
      }
    }
  }

  @Test func `that stays away while a response is held costs that call when somebody stops the program`() async throws {
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withStage(CrashScene.kinds, interval: CrashScene.interval, database: server) { stage in
        try await DatabaseTap.run(to: server) { tap, url in
          tap.arm(Self.responseHasCome) { (try? cluster.stopAtOnce()) != nil }
          let outcome = try await stage.etl(Self.command, with: ["DATABASE_URL": url]) { process in
            try await eventually("the server is dead") { tap.hasFired }
            try await Task.sleep(for: .seconds(2))
            #expect(isRunning(process), "the response was not held")
            kill(process, SIGTERM)
          }
          #expect(outcome.code == 69, "\(outcome.errors)")
          #expect(
            outcome.errors.contains(#/the response to device \d+, \d{4}-\d\d-\d\d could not be archived/#))
        }
        try await cluster.start(port: port(of: server))
        try await expectUndisturbed(stage, Self.command, repeating: 1)
        #expect(try await stage.rows("select from etl.api_call where outcome = 'unknown'").count == 1)
      }
    }
  }

  @Test func `that ends our session in COPY costs no call`() async throws {
    try await withStage(CrashScene.kinds, interval: CrashScene.interval) { stage in
      try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
        tap.arm(.init(.inData(message: 1), "copy warehouse.route_point", occurrence: 2)) { terminate(on: stage) }
        let stopped = try await stage.etl(Self.command, with: ["DATABASE_URL": url])
        #expect(tap.hasFired)
        #expect(stopped.code == 69, "\(stopped.errors)")
        #expect(stopped.errors.contains("when the database is reachable"))
      }
      try await expectUndisturbed(stage, Self.command, repeating: 0)
    }
  }

  /// Whether the archive's commit took effect is not known to the program when its session ends in or after it.
  @Test(arguments: [
    responseHasCome, Trigger(.during, "commit", within: "insert into etl.response", occurrence: 3),
    Trigger(.answered, "commit", within: "insert into etl.response", occurrence: 3),
    Trigger(.answered, "commit", within: "insert into etl.response"),
  ])
  func `that ends our session while a response is under way costs nothing, and all goes on`(moment: Trigger)
    async throws
  {
    try await withStage(CrashScene.kinds, interval: CrashScene.interval) { stage in
      try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
        tap.arm(moment) {
          _ = terminate(on: stage)
          return false
        }
        let outcome = try await stage.etl(Self.command, with: ["DATABASE_URL": url])
        #expect(outcome.code == 0, "\(outcome.errors)")
        expectHeld(outcome)
      }
      #expect(try await stage.rows("select from etl.api_call where outcome = 'unknown'") == [])
      try await expectUndisturbed(stage, Self.command, repeating: 0)
    }
  }

  @Test(.enabled(if: getuid() == 0, "SKIPPED: mounting a small disk takes root"))
  func `whose disk is full keeps what it has, and goes on when there is room`() async throws {
    let command = Days.backfill(from: 41, to: 40)
    try await withClusterFolder { cluster in
      let server = try await cluster.startWithSmallDisk(megabytes: 96)
      for statement in [
        "create tablespace small location '\(cluster.folder)/small'", "create database fleet tablespace small",
      ] {
        let outcome = try await Program.tool("psql", ["-Xqc", statement, server])
        #expect(outcome.code == 0, "\(outcome)")
      }
      let database = server.replacing("/postgres", with: "/fleet")
      let disk = try cluster.smallDisk()
      try await withStage(CrashScene.kinds, interval: CrashScene.interval, database: database) { stage in
        // The second partition of the archive, for the month of the first device-day, finds no room: its call was made for nothing.
        try await stopOnFullDisk(
          stage, command, disk,
          at: .init(.before, "etl.ensure_partition", following: "insert into etl.api_call", occurrence: 2)
        ) { $0.contains("could not be archived") }
        #expect(
          try await stage.rows("select detail from etl.api_call where outcome = 'unknown'").hasOnly {
            $0.contains("No space left on device")
          })
        #expect(try await stage.rows("select from etl.response where device_key is not null") == [])
        // The first points find none: their response is archived, and its call not repeated.
        try await stopOnFullDisk(stage, command, disk, at: .init(.before, "copy warehouse.route_point")) {
          !$0.contains("could not be archived")
        }
        #expect(try await stage.rows("select from etl.unloaded_response").count == 1)
        #expect(try await stage.rows("select from warehouse.route") == [])
        try await expectUndisturbed(stage, command, repeating: 1)
      }
    }
  }

  @Test func `that is a standby makes no call and exits 69`() async throws {
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withStage(CrashScene.kinds, interval: CrashScene.interval, database: server) { stage in
        try await withClusterFolder { other in
          let standby = try await other.startStandby(of: server)
          for command in [["run"], Self.command, ["migrate"], ["unblock", "--confirm"]] {
            let outcome = try await stage.etl(command, with: ["DATABASE_URL": standby])
            #expect(outcome.code == 69, "\(command): \(outcome)")
            #expect(outcome.errors.contains("read-only") && outcome.errors.contains("target_session_attrs=read-write"))
          }
          #expect(stage.calls.isEmpty)
          // As the hint says.
          let both =
            "postgresql://fleetize@127.0.0.1:\(try port(of: standby)),127.0.0.1:\(try port(of: server))/postgres"
          #expect(
            try await stage.etl(Self.command, with: ["DATABASE_URL": "\(both)?target_session_attrs=read-write"]).code
              == 0)
        }
      }
    }
  }

  private func expectHeld(_ outcome: Program.Outcome) {
    #expect(outcome.errors.contains("holding the response to "), "\(outcome.errors)")
    #expect(outcome.errors.contains(" is archived; continuing"), "\(outcome.errors)")
  }

  /// Fills the disk at the moment of `trigger`, expects the end of the run, and makes room again.
  private func stopOnFullDisk(
    _ stage: Stage, _ command: [String], _ disk: URL, at trigger: Trigger, isRight: (String) -> Bool
  ) async throws {
    let ballast = disk.appending(path: "ballast").path
    try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
      tap.arm(trigger) {
        fill(ballast)
        return true
      }
      let stopped = try await stage.etl(command, with: ["DATABASE_URL": url])
      #expect(tap.hasFired)
      #expect(stopped.code == 69, "\(stopped.errors)")
      #expect(
        stopped.errors.contains("No space left on device")
          && stopped.errors.contains("free what the server says it lacks"))
      #expect(isRight(stopped.errors), "\(stopped.errors)")
    }
    try FileManager.default.removeItem(atPath: ballast)
  }

  /// Runs the command to its end and compares with a run that nothing disturbed.
  private func expectUndisturbed(_ stage: Stage, _ command: [String], repeating calls: Int) async throws {
    try await stage.waitUntilServerKnows()
    try await stage.succeed(command)
    try await withStage(CrashScene.kinds, interval: CrashScene.interval) { twin in
      try await twin.succeed(command)
      try await Content(of: stage.databaseURL).expectSame(as: Content(of: twin.databaseURL), "after the fault")
      #expect(stage.calls.count == twin.calls.count + calls, "calls were repeated")
    }
    #expect(try await stage.rows("select from etl.api_call").count == stage.calls.count)
  }
}
