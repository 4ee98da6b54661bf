import Load
import Postgres
import TestSupport
import Testing

@Suite struct `The status of an account` {
  @Test func `counts findings by rule, those that only a view shows too`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.finding (account_key, device_key, day, rule, severity, occurrences, detail)
        values (1, 1, '2026-10-01', 'odometer_falls', 'warning', 2, 'x'), (1, null, null, 'device_unusable', 'error', 1, 'x'),
               (1, 1, '2026-10-02', 'odometer_falls', 'warning', 1, 'x');
        insert into etl.checkpoint (device_key, day, state, reason)
        values (1, '2026-10-01', 'final', 'settled'), (1, '2026-10-02', 'empty', 'settled'), (1, '2026-10-03', 'final', 'proven');
        """)
      let status = try await db.run { db in
        try AccountStatus(
          of: Warehouse.configured(account: "north", timeZone: "Europe/Berlin", on: db).account, on: db)
      }
      #expect(status.findings == ["odometer_falls": 3, "device_unusable": 1, "settled_without_proof": 2])
      #expect(
        try await db.lines("select rule, sum(occurrences) from bi.finding group by rule order by rule") == [
          "device_unusable | 1", "odometer_falls | 3", "settled_without_proof | 2",
        ])
    }
  }
}
