import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Vehicles that come and go, days that others wait for, findings that are known.
@Suite struct `A vehicle` {
  @Test func `that is new is offered its earlier days, with the command and its price`() async throws {
    try await withStage([.delivery]) { stage in
      let run = try await stage.etl(["run"])
      let command = "fleetize-etl backfill --from \(Days.ago(31)) --to \(Days.ago(2))"
      #expect(run.errors.contains(command) && run.errors.contains("at most 31 calls"), "\(run.errors)")
      let status = try await stage.etl(["status"])
      #expect(status.output.contains(command), "\(status.output)")
      // As it says.
      try await stage.succeed(Array(command.split(separator: " ").map(String.init).dropFirst()))
      #expect(stage.calls.count <= 2 + 31)
      let later = try await stage.etl(["status"])
      #expect(!later.output.contains("not asked for"), "\(later.output)")
      #expect(try await !stage.etl(["run"]).errors.contains("backfill"))
    }
  }

  @Test func `that was sold leaves no day open, and comes back with all of them`() async throws {
    let isSold = Switch()
    let list = #"[{"device_id":493,"online_timestamp":1,"heartbeat_timestamp":\#(Int(Date().timeIntervalSince1970))}]"#
    try await withStage(
      fault: { $0.action == .deviceList && isSold.isOn ? .body(Array(list.utf8)) : nil }
    ) { stage in
      try await stage.succeed(["run"])
      isSold.turnOn()
      try await stage.execute(
        """
        update warehouse.device_reading set first_answered_at = first_answered_at - interval '40 days',
          last_answered_at = last_answered_at - interval '40 days', read_at = read_at - interval '40 days';
        insert into etl.checkpoint (device_key, day, state)
        select device_key, day::date, 'pending' from warehouse.device,
          generate_series('\(Days.ago(30))'::date, '\(Days.ago(2))', interval '1 day') as day where device_id = 492;
        """)
      try await stage.succeed(["run"])
      let oldest = "oldest day missing: \(Days.ago(30))"
      #expect(try await stage.etl(["status"]).output.contains(oldest))
      let visit = try await stage.visit()
      #expect(visit.advice("vehicles").contains("fleetize-etl device retire 492 --from"), "\(visit.text)")

      try await stage.succeed(["device", "retire", "492", "--from", "\(Days.ago(39))"])
      #expect(try await stage.etl(["status"]).output.contains("oldest day missing: none"))
      #expect(try await stage.visit().verdicts["vehicles"] == "ok")
      let devices = try await stage.etl(["device", "list"])
      #expect(devices.output.contains("\(Days.ago(39))"), "\(devices.output)")
      let plan = try await stage.etl(Days.backfill(from: 5, to: 4, "--device", "492", "--dry-run", "--format", "json"))
      #expect(plan.output.contains(#""retired" : 2"#), "\(plan.output)")
      #expect(try await stage.etl(["device", "retire", "77", "--from", "2026-01-01"]).code == 64)
      try await stage.succeed(["device", "restore", "492"])
      let restored = try await stage.etl(["device", "restore", "492"])
      #expect(restored.output.contains("is not retired"))
    }
  }

  @Test func `that is open keeps a day from being ready`() async throws {
    try await withStage(fault: { $0.device == DeviceID(493) ? .empty : nil }) { stage in
      let ready = ["status", "--ready", "\(Days.ago(3))"]
      #expect(try await stage.etl(ready).code == 75)
      #expect(try await stage.etl(Days.backfill(from: 3, to: 3)).code == 2)
      let open = try await stage.etl(ready)
      #expect(open.code == 75 && open.output.contains("complete for 1 of 2 vehicles"), "\(open)")
      let readiness = "select day, vehicle_count, closed_count, complete_count, is_ready, summary from bi.readiness"
      #expect(
        try await stage.rows(readiness) == [#"(\#(Days.ago(3)),2,1,1,f,"complete for 1 of 2 vehicles")"#])
      try await stage.succeed(["device", "retire", "493", "--from", "\(Days.ago(9))"])
      let closed = try await stage.etl(ready + ["--format", "json"])
      #expect(closed.code == 0 && closed.output.contains(#""is_ready" : true"#), "\(closed)")
      #expect(
        try await stage.rows(readiness) == [#"(\#(Days.ago(3)),1,1,1,t,"complete for 1 of 1 vehicles")"#])
    }
  }

  @Test func `has findings that can be acknowledged, and answers that can be read`() async throws {
    let answer =
      #"{"device":{"device_id":492,"timestamp":\#(Int(Days.ago(3).start.timeIntervalSince1970)),"fuel":12},"routes":[{"origin_timestamp":1}]}"#
    try await withStage([.delivery], fault: { $0.day == Days.ago(3) ? .body(Array(answer.utf8)) : nil }) { stage in
      _ = try await stage.etl(Days.backfill(from: 3, to: 3))
      let visit = try await stage.visit(["--strict"])
      #expect(visit.code == 1 && visit.verdicts["findings"] == "warning", "\(visit.text)")
      let shown = try await stage.etl(["answer", "show", "--device", "492", "--day", "\(Days.ago(3))"])
      #expect(shown.code == 0 && shown.output == answer + "\n", "\(shown)")
      #expect(try await stage.etl(["answer", "show", "--device", "492", "--day", "\(Days.ago(9))"]).code == 64)
      #expect(
        try await stage.rows("select device_id, day, tag, sample from bi.unknown_tag")
          == ["(492,\(Days.ago(3)),fuel,12)"])

      let rules = try await stage.texts("select distinct rule as line from bi.finding where severity <> 'info'")
      for rule in rules {
        try await stage.succeed(["finding", "acknowledge", rule, "--device", "492", "--note", "known"])
      }
      #expect(!rules.isEmpty)
      #expect(try await stage.visit().verdicts["findings"] == "ok")
      #expect(try await stage.rows("select distinct note from bi.finding where severity <> 'info'") == ["(known)"])
      let unknown = try await stage.etl(["finding", "acknowledge", "no_such_rule", "--note", "x"])
      #expect(unknown.code == 64)
    }
  }
}
