import Foundation
import Testing

/// A server that goes away, or has no room, under the commands that work on what is there and make no call.
@Suite(.serialized) struct `A command without calls` {
  static let commands: [CrashedCommand] = [.replay, .prune, .erase]

  /// Names of moments of the crash tests, the first one amid the work.
  private static func moments(of command: CrashedCommand) throws -> [Trigger] {
    let names: Set<String>
    let all: [CrashPoint]
    switch command {
    case .replay:
      names = ["in COPY", "before the commit of a batch", "before the commit of the devices"]
      all = CrashPoint.inReplaying
    case .prune:
      names = [
        "in deleting older points", "before the commit of its horizon", "as the month is detached",
        "before the commit of the drop",
      ]
      all = CrashPoint.inPruning
    default:
      names = [
        "as points are deleted", "before the commit of its memory", "after a cut is made in a response",
        "before the commit of the erasure",
      ]
      all = CrashPoint.inErasing
    }
    let triggers = all.filter { names.contains($0.name) }.compactMap { point -> Trigger? in
      if case .database(let trigger) = point.place { trigger } else { nil }
    }
    try #require(triggers.count == names.count)
    return triggers
  }

  @Test(arguments: commands) func `whose session is ended exits 69 and is finished by the same command`(
    command: CrashedCommand
  ) async throws {
    let undisturbed = try await undisturbed(command)
    for moment in try Self.moments(of: command) {
      try await withCrashStage(command) { stage in
        try await expectStop(of: command, on: stage, at: moment) { terminate(on: stage) }
        try await stage.waitUntilServerKnows()
        try await stage.succeed(command.arguments)
        try await Content(of: stage.databaseURL, like: undisturbed).expectSame(
          as: undisturbed, "\(command), \(moment)")
      }
    }
  }

  @Test(arguments: commands) func `whose server dies exits 69, and goes on when it is back`(command: CrashedCommand)
    async throws
  {
    let undisturbed = try await undisturbed(command)
    let moment = try #require(try Self.moments(of: command).first)
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withCrashStage(command, database: server) { stage in
        try await expectStop(of: command, on: stage, at: moment) { (try? cluster.stopAtOnce()) != nil }
        #expect(try await stage.etl(command.arguments).code == 69)

        try await cluster.start(port: port(of: server))
        try await stage.succeed(command.arguments)
        try await Content(of: stage.databaseURL, like: undisturbed).expectSame(as: undisturbed, "\(command)")
      }
    }
  }

  @Test(arguments: commands) func `that has exited with 0 has all on disk, should the server die now`(
    command: CrashedCommand
  ) async throws {
    let undisturbed = try await undisturbed(command)
    try await withClusterFolder { cluster in
      let server = try await cluster.start()
      try await withCrashStage(command, database: server) { stage in
        let outcome = try await stage.etl(command.arguments)
        try cluster.stopAtOnce()
        #expect(outcome.code == 0, "\(outcome.errors)")
        try await cluster.start(port: port(of: server))
        try await Content(of: stage.databaseURL, like: undisturbed).expectSame(as: undisturbed, "\(command)")
      }
    }
  }

  /// The server cannot do without its log: it ends itself, and comes up again when there is room.
  @Test(.enabled(if: getuid() == 0, "SKIPPED: mounting a small disk takes root"))
  func `whose server has no room for its log exits 69, and goes on when there is some`() async throws {
    try await withClusterFolder { cluster in
      let server = try await cluster.startWithSmallLog(megabytes: 256)
      for command in Self.commands + [.backfill] {
        let undisturbed = try await undisturbed(command)
        try await execute("create database \(command)_here", on: server)
        let database = server.replacing("/postgres", with: "/\(command)_here")
        let moment =
          command == .backfill
          ? Trigger(.inData(message: 1), "copy warehouse.route_point", occurrence: 2)
          : try #require(try Self.moments(of: command).first)
        try await withCrashStage(command, database: database) { stage in
          try await expectStop(of: command, on: stage, at: moment) {
            fill("\(cluster.smallLog)/ballast")
            // Somebody else's writing is what finds no room: it takes all sessions along.
            return blocking {
              try await execute(
                "select pg_logical_emit_message(false, '', repeat('x', 1000000)) from generate_series(1, 300)",
                on: server)
            } == nil
          }
          try FileManager.default.removeItem(atPath: "\(cluster.smallLog)/ballast")
          try await eventually("the server is back") {
            _ = try? await cluster.start(port: port(of: server))
            return (try? await execute("select", on: server)) != nil
          }
          try await stage.succeed(command.arguments)
          try await Content(of: stage.databaseURL, like: undisturbed).expectSame(as: undisturbed, "\(command)")
          #expect(Set(stage.askedDays).count == stage.askedDays.count, "a call was repeated")
        }
      }
    }
  }

  /// The first write to a table that has no page yet finds no room.
  @Test(
    .enabled(if: getuid() == 0, "SKIPPED: mounting a small disk takes root"),
    arguments: [
      (.replay, Trigger(.before, "copy warehouse.route_point")),
      (.prune, .init(.before, "insert into etl.prune_horizon")),
      (.prune, .init(.before, "insert into etl.partition_to_drop")),
      (.erase, .init(.before, "insert into etl.erasure")),
    ] as [(CrashedCommand, Trigger)])
  func `that finds no room for what it writes exits 69, and goes on when there is some`(
    command: CrashedCommand, moment: Trigger
  ) async throws {
    let undisturbed = try await undisturbed(command)
    try await withClusterFolder { cluster in
      let server = try await cluster.startWithSmallDisk(megabytes: 96)
      try await execute("create tablespace small location '\(cluster.folder)/small'", on: server)
      try await execute("create database fleet tablespace small", on: server)
      let ballast = try cluster.smallDisk().appending(path: "ballast").path
      try await withCrashStage(command, database: server.replacing("/postgres", with: "/fleet")) { stage in
        try await expectStop(of: command, on: stage, at: moment, saying: "No space left on device") {
          fill(ballast)
          return true
        }
        try FileManager.default.removeItem(atPath: ballast)
        try await stage.succeed(command.arguments)
        try await Content(of: stage.databaseURL, like: undisturbed).expectSame(
          as: undisturbed, "\(command), \(moment)")
      }
    }
  }

  /// What the command leaves when nothing disturbs it.
  private func undisturbed(_ command: CrashedCommand) async throws -> Content {
    var content: Content?
    try await withCrashStage(command) { twin in
      try await twin.succeed(command.arguments)
      content = try await Content(of: twin.databaseURL)
    }
    return try #require(content)
  }

  private func expectStop(
    of command: CrashedCommand, on stage: Stage, at moment: Trigger, saying: String = "the database is reachable",
    fault: @escaping @Sendable () -> Bool
  ) async throws {
    try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
      tap.arm(moment, action: fault)
      let stopped = try await stage.etl(command.arguments, with: ["DATABASE_URL": url])
      #expect(tap.hasFired, "\(command), \(moment): the moment never came")
      #expect(stopped.code == 69, "\(command), \(moment): \(stopped.errors)")
      #expect(stopped.errors.contains("error: ") && stopped.errors.contains("hint:  "), "\(stopped.errors)")
      #expect(stopped.errors.contains(saying), "\(stopped.errors)")
    }
  }
}
