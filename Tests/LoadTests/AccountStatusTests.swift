import FleetModel
import Load
import Postgres
import TestSupport
import Testing

@Suite struct `The status of an account` {
  @Test func `counts device-days by state, and findings by rule, including those that only a view shows`() async throws
  {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        insert into etl.finding (account_key, device_key, day, rule, severity, occurrences, detail)
        values (1, 1, '2026-10-01', 'odometer_falls', 'warning', 2, 'x'), (1, null, null, 'device_unusable', 'error', 1, 'x'),
               (1, 1, '2026-10-02', 'odometer_falls', 'warning', 1, 'x');
        insert into etl.checkpoint (device_key, day, state, reason)
        values (1, '2026-10-01', 'final', 'settled'), (1, '2026-10-02', 'empty', 'settled'), (1, '2026-10-03', 'final', 'proven'),
               (1, '2026-10-04', 'pending', null), (1, '2026-10-05', 'pending', null);
        insert into etl.failed_day (device_key, day, attempts, last_failed_at, retry_at, reason)
        values (1, '2026-10-04', 1, '2026-10-06', '2026-10-06', 'x');
        """)
      let status = try await db.run { db in
        try AccountStatus(
          of: Warehouse.configured(account: "north", timeZone: "Europe/Berlin", on: db).account, on: db)
      }
      #expect(status.deviceDays == ["final": 2, "empty": 1, "failed": 1, "pending": 1])
      #expect(status.oldestMissingDay == UTCDay("2026-10-04"))
      #expect(status.findings == ["odometer_falls": 3, "device_unusable": 1, "settled_without_proof": 2])
      #expect(
        try await db.lines("select rule, sum(occurrences) from bi.finding group by rule order by rule") == [
          "device_unusable | 1", "odometer_falls | 3", "settled_without_proof | 2",
        ])
    }
  }
}
