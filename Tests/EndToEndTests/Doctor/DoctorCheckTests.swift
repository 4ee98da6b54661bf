import Foundation
import Pipeline
import Postgres
import Testing

@testable import Load
@testable import fleetize_etl

/// What the doctor makes of facts that a test cannot bring about: pure.
@Suite struct `A finding of the doctor` {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)
  private func ago(_ seconds: Double) -> Date { Self.now.addingTimeInterval(-seconds) }

  @Test(arguments: [
    (0.3, 0.1, "ok"), (-29.9, 0.0, "ok"), (30.5, 1.0, "ok"), (31.0, 0.1, "warning"), (-299.0, 0.1, "warning"),
    (301.0, 0.1, "problem"), (-7_200.0, 0.1, "problem"),
  ]) func `about clocks counts only a certain difference`(skew: Double, uncertainty: Double, verdict: String) {
    let line = DoctorRules.clock(
      DatabaseClock.Comparison(machine: Self.now, database: ago(-skew), uncertainty: uncertainty))
    #expect(line.verdict.rawValue == verdict)
    #expect(verdict == "ok" || line.finding.contains(skew < 0 ? "behind" : "ahead of"))
  }

  @Test(arguments: [
    (true, "disable", "ok"), (true, "prefer", "ok"), (false, "prefer", "warning"), (false, "require", "warning"),
    (false, "verify-ca", "warning"), (false, "verify-full", "ok"),
  ]) func `about the connection to the database asks for verify-full from other machines`(
    isLocal: Bool, mode: String, verdict: String
  ) {
    let route = ConnectionRoute(host: "db.example.org", isLocal: isLocal, sslMode: mode, usesTLS: mode != "disable")
    #expect(DoctorRules.transport(route).verdict.rawValue == verdict)
  }

  @Test(arguments: [
    (true, false, false, "ok"), (false, true, false, "ok"), (false, false, true, "warning"),
    (true, false, true, "warning"),
  ]) func `about plain HTTP is a warning where it is used, and where it is allowed without need`(
    usesTLS: Bool, isLoopback: Bool, isAllowed: Bool, verdict: String
  ) {
    let line = DoctorRules.apiURL(
      usesTLS: usesTLS, isLoopback: isLoopback, allowsPlainHTTP: isAllowed, address: "api.example.org:80")
    #expect(line.verdict.rawValue == verdict)
  }

  @Test func `about the disk is unchecked when its free space is unknown`() {
    let room = Health.Room(databaseBytes: 5_000_000_000, folder: nil)
    #expect(DoctorRules.disk(room, free: nil).verdict == .unchecked)
    #expect(DoctorRules.disk(room, free: 100_000_000).verdict == .problem)
    #expect(DoctorRules.disk(room, free: 1_000_000_000).verdict == .warning)
    #expect(DoctorRules.disk(room, free: 9_000_000_000).verdict == .ok)
  }

  @Test func `about locks names the idle session that holds one`() {
    let busy = Health.HeldLock(what: "a device-day", process: 7, idleSince: nil)
    let brief = Health.HeldLock(what: "a device-day", process: 8, idleSince: ago(60))
    let stuck = Health.HeldLock(what: "a call of egress default", process: 9, idleSince: ago(3_600))
    #expect(DoctorRules.locks([], now: Self.now).verdict == .ok)
    #expect(DoctorRules.locks([busy, brief], now: Self.now).verdict == .ok)
    let line = DoctorRules.locks([busy, stuck], now: Self.now)
    #expect(line.verdict == .warning && line.advice?.contains("pg_terminate_backend(9)") == true)
  }

  @Test func `about a call without an end says whether its caller is running`() {
    let calls = [Health.OpenCall(egress: "default", startedAt: ago(300))]
    let lock = Health.HeldLock(what: "a call of egress default", process: 9, idleSince: nil)
    #expect(DoctorRules.openCalls(calls, locks: [], timeout: 300, now: Self.now).verdict == .ok)
    let dead = DoctorRules.openCalls(calls, locks: [], timeout: 45, now: Self.now)
    let hanging = DoctorRules.openCalls(calls, locks: [lock], timeout: 45, now: Self.now)
    #expect(dead.verdict == .warning && dead.advice?.contains("died") == true)
    #expect(hanging.verdict == .warning && hanging.advice?.contains("hang") == true)
  }

  @Test(arguments: [(25.0, "ok"), (27.0, "warning"), (49.0, "warning"), (51.0, "problem")])
  func `about the nightly job forgives one night`(hours: Double, verdict: String) {
    var work = Health.NightlyJob()
    work.lastRun = ago(3_600)
    work.lastExitCode = 77
    work.lastSuccess = ago(hours * 3_600)
    let line = DoctorRules.lastSuccess(work, now: Self.now)
    #expect(line.verdict.rawValue == verdict)
    #expect(verdict == "ok" || line.finding.contains("ended with 77"))
    #expect(DoctorRules.lastSuccess(nil, now: Self.now).verdict == .warning)
    work.lastSuccess = nil
    #expect(DoctorRules.lastSuccess(work, now: Self.now).verdict == .problem)
  }

  @Test func `about an old transaction is a warning that names it`() {
    let old = Health.LongTransaction(process: 11, user: "bi", application: "psql", startedAt: ago(90_000))
    #expect(DoctorRules.transactions([], hiddenSessions: 0).verdict == .ok)
    #expect(DoctorRules.transactions([], hiddenSessions: 3).finding.contains("3 sessions of other users are hidden"))
    let line = DoctorRules.transactions([old], hiddenSessions: 0)
    #expect(line.verdict == .warning && line.finding.contains("server process 11, user bi, psql"))
  }

  @Test func `about calls that came too fast lasts a day`() {
    var work = Health.NightlyJob()
    work.lastTooFast = ago(3_600)
    #expect(DoctorRules.block(work, now: Self.now).verdict == .warning)
    work.lastTooFast = ago(90_000)
    #expect(DoctorRules.block(work, now: Self.now).verdict == .ok)
    work.blockedSince = ago(90_000)
    #expect(DoctorRules.block(work, now: Self.now).verdict == .problem)
  }

  @Test func `about an old server is a warning`() {
    #expect(DoctorRules.version(140_009).verdict == .warning)
    #expect(DoctorRules.version(150_018).finding == "PostgreSQL 15.18")
  }
}
