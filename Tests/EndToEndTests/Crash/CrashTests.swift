import FleetizeSimulator
import Foundation
import Testing

/// Kills the program at each moment of its work and starts it again.
@Suite(CrashScene.Shared()) struct `A crash` {
  @Test(arguments: CrashPoint.all) func `leaves nothing that a restart does not repair`(point: CrashPoint)
    async throws
  {
    let scene = try #require(CrashScene.current)
    let victim = Victim()
    try await withCrashStage(point.command, fault: { point.fault($0, victim) }) { stage in
      let calls = stage.calls.count
      try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
        if case .database(let trigger) = point.place {
          tap.arm(trigger) {
            victim.kill()
            return false
          }
        }
        let killed = try await stage.etl(point.command.arguments, with: ["DATABASE_URL": url]) { victim.set($0) }
        #expect(victim.isKilled, "the moment never came: the crash point no longer matches what the program does")
        #expect(killed.code == 128 + SIGKILL, "\(killed.errors)")
      }
      try await stage.waitUntilServerKnows()
      try await stage.succeed(point.command.arguments)

      let undisturbed = try #require(scene.undisturbed[point.command])
      try await Content(of: stage.databaseURL, like: undisturbed).expectSame(as: undisturbed, point.testDescription)
      try await expectOneCallRepeatedAtMost(stage, since: calls)
    }
  }

  /// Only the interrupted call may have been made twice, and each call was in the ledger before it left.
  private func expectOneCallRepeatedAtMost(_ stage: Stage, since calls: Int) async throws {
    let repeated = stage.askedDays.count - Set(stage.askedDays).count
    let cut = try await stage.rows("select from etl.api_call where outcome = 'unknown'").count
    #expect(repeated <= cut && cut <= 1, "\(repeated) repeated, \(cut) interrupted")
    #expect(try await stage.rows("select from etl.api_call").count >= stage.calls.count)
    #expect(try await stage.rows("select from etl.api_call where ended_at is null") == [])
  }
}

extension CrashPoint {
  /// What the simulator does with a call during which the program is killed.
  func fault(_ call: Simulator.Call, _ victim: Victim) -> Simulator.Fault? {
    switch place {
    case .request(let number) where call.number == number && !victim.isKilled:
      victim.kill()
      return .silence
    case .body(let number) where call.number == number && !victim.isKilled:
      Task {
        try await Task.sleep(for: .seconds(0.3))
        victim.kill()
      }
      // A first piece at once, the next a second later.
      return .drip(bytesPerSecond: 400)
    default: return nil
    }
  }
}
