import FleetizeSimulator
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `doctor` says when something is wrong, with what to do, and without a call.
@Suite struct `The doctor, when something is wrong,` {
  @Test func `names the months that have no partition yet`() async throws {
    try await withStage { stage in
      for day in stage.partitionDays {
        try await stage.execute(
          "select etl.ensure_partition('etl.response', '\(day)'), etl.ensure_partition('warehouse.route_point', '\(day)')"
        )
      }
      #expect(try await stage.visit().verdicts["partitions"] == "ok")
      let next = try #require(stage.partitionDays.last).prefix(7).replacing("-", with: "_")
      try await stage.execute("drop table warehouse.route_point_\(next)")
      let visit = try await stage.visit()
      #expect(visit.verdicts["partitions"] == "warning", "\(visit.text)")
      #expect(visit.finding("partitions") == "missing: warehouse.route_point_\(next)")
      #expect(visit.advice("partitions").contains("fleetize-etl migrate"))
      // As it advises.
      #expect(try await stage.etl(["migrate"]).code == 0)
      #expect(try await stage.visit().verdicts["partitions"] == "ok")
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `distinguishes a nightly job that never succeeded from one that has stopped`() async throws {
    try await withStage { stage in
      let never = try await stage.visit()
      #expect(never.verdicts["last_success"] == "warning" && never.finding("last_success").contains("never started"))
      #expect(never.advice("last_success").contains("every night"))
      try await withDeafPort { port in
        let outcome = try await stage.etl(["run"], with: ["FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2"])
        #expect(outcome.code == 69)
      }
      let failing = try await stage.visit()
      #expect(failing.code == 1 && failing.verdicts["last_success"] == "problem", "\(failing.text)")
      #expect(failing.finding("last_success").contains("no `run` has succeeded yet"))
      #expect(failing.finding("last_success").contains("ended with 69"))
      #expect(failing.advice("last_success").contains("bi.run"))
      #expect(stage.calls.isEmpty)

      #expect(try await stage.etl(["run"]).code == 0)
      let calls = stage.calls.count
      #expect(try await stage.visit().verdicts["last_success"] == "ok")
      // Three nights later, of which none was worked.
      try await stage.execute(
        "update etl.run set started_at = started_at - interval '75 h', ended_at = ended_at - interval '75 h'")
      let stopped = try await stage.visit()
      #expect(stopped.code == 1 && stopped.verdicts["last_success"] == "problem", "\(stopped.text)")
      #expect(stopped.advice("last_success").contains("every night"))
      #expect(stage.calls.count == calls)
    }
  }

  @Test func `reports a block and calls that came too fast, after the vendor said so`() async throws {
    try await withStage(fault: { $0.number == 1 ? .error(.tokenBlocked) : nil }) { stage in
      #expect(try await stage.visit().verdicts["block"] == "ok")
      #expect(try await stage.etl(["run"]).code == 77)
      let blocked = try await stage.visit()
      #expect(blocked.code == 1 && blocked.verdicts["block"] == "problem", "\(blocked.text)")
      #expect(blocked.finding("block").contains("vendor error 1002"))
      #expect(blocked.advice("block").contains("FLEETIZE support"))
      #expect(try await stage.etl(["unblock", "--confirm"]).code == 0)
      #expect(try await stage.visit().verdicts["block"] == "ok")
      #expect(stage.calls.count == 1)
    }
    try await withStage(fault: { $0.number > 1 ? .error(.tooSoon) : nil }) { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 2)).code == 75)
      let calls = stage.calls.count
      let visit = try await stage.visit()
      #expect(visit.verdicts["block"] == "warning" && visit.finding("block").contains("1055"), "\(visit.text)")
      #expect(visit.advice("block").contains("FLEETIZE_REQUEST_INTERVAL"))
      #expect(stage.calls.count == calls)
    }
  }

  @Test func `finds a disk with little free space`() async throws {
    try await withClusterFolder { cluster in
      let server = try await cluster.startWithSmallDisk(megabytes: 100)
      for statement in [
        "create tablespace small location '\(cluster.folder)/small'", "create database fleet tablespace small",
      ] {
        let outcome = try await Program.tool("psql", ["-Xqc", statement, server])
        #expect(outcome.code == 0, "\(outcome)")
      }
      try await withStage(database: server.replacing("/postgres", with: "/fleet")) { stage in
        // Only the server sees its small disk, so the doctor runs in its mount namespace.
        let doctor = try await Program.tool(
          "nsenter",
          [
            "--mount", "--target", "\(cluster.process())", Program.folder.appending("fleetize-etl").string,
            "doctor", "--format", "json",
          ], stage.environment)
        let visit = try Visit(doctor)
        #expect(visit.code == 1 && visit.verdicts["disk"] == "problem", "\(visit.text)")
        #expect(visit.finding("disk").contains(#/ \d\d MB are free on its disk/#), "\(visit.text)")
        #expect(visit.advice("disk").contains("free disk space"))
        #expect(stage.calls.isEmpty)
      }
    }
  }

  @Test func `finds a server's clock that is wrong, and a lock whose holder is idle`() async throws {
    try await withWrongClock { server, set in
      try await withStage(database: server, fault: { _ in .silence }) { stage in
        // It waits for a response, with its lock.
        let killed = try await stage.etl(["run"], with: ["FLEETIZE_REQUEST_TIMEOUT": "3600"]) { process in
          try await eventually("a call is under way") { stage.calls.count == 1 }
          let fine = try await stage.visit()
          #expect(fine.verdicts["clock"] == "ok" && fine.verdicts["locks"] == "ok", "\(fine.text)")
          #expect(fine.finding("locks").contains("held by work in progress: 1"))
          #expect(fine.finding("open_calls") == "calls in flight: 1")

          try set("+3600")
          let visit = try await stage.visit()
          #expect(visit.code == 1 && visit.verdicts["clock"] == "problem", "\(visit.text)")
          #expect(visit.finding("clock").contains("ahead of this machine's") && visit.advice("clock").contains("NTP"))
          #expect(visit.verdicts["locks"] == "warning")
          #expect(visit.finding("locks").contains("a call of egress default"))
          #expect(visit.advice("locks").contains("a `backfill --wait` may be"))
          // As it advises.
          let statement = try #require(visit.advice("locks").firstMatch(of: #/select pg_terminate_backend\(\d+\)/#))
          _ = try await stage.rows(String(statement.output))
          try await stage.waitUntilServerKnows()
          try set("-60")
          let freed = try await stage.visit()
          #expect(freed.finding("locks") == "no lock of this program is held", "\(freed.text)")
          #expect(freed.verdicts["clock"] == "warning" && freed.finding("clock").contains("behind"))
          kill(process, SIGKILL)
        }
        #expect(killed.code == 128 + SIGKILL)
        #expect(stage.calls.count == 1)
      }
    }
  }
}
