import Testing

/// A changed setting must not move trips to other dates, or allow more calls, by accident.
@Suite struct `A changed setting` {
  @Test func `that moves trips or allows more calls needs to be confirmed`() async throws {
    try await withStage { stage in
      let first: [String: String?] = [
        "FLEETIZE_TIME_ZONE": "Europe/Berlin", "FLEETIZE_DAILY_CALLS": "500", "FLEETIZE_REQUEST_INTERVAL": "0.1",
      ]
      // First values apply at once.
      #expect(try await stage.etl(Days.backfill(from: 3, to: 2), with: first).code == 0)
      let stored =
        "select time_zone, egress, daily_calls, request_interval_s::float8 from warehouse.account join etl.account_limit using (account_key)"
      #expect(try await stage.rows(stored) == ["(Europe/Berlin,default,500,0.1)"])
      let calls = stage.calls.count
      for (change, text) in [
        ("FLEETIZE_TIME_ZONE", "time_zone is Europe/Berlin in the database and Europe/Lisbon in the settings"),
        ("FLEETIZE_DAILY_CALLS", "daily_calls is 500 in the database and 501 in the settings"),
        ("FLEETIZE_REQUEST_INTERVAL", "request_interval is 0.1 in the database and 0.05 in the settings"),
        ("FLEETIZE_EGRESS", "egress is default in the database and depot in the settings"),
        ("FLEETIZE_DEVICE_TIME_ZONES", "the zone of device 492 is Europe/Berlin in the database and Asia/Tokyo in"),
      ] {
        let values = [
          "FLEETIZE_TIME_ZONE": "Europe/Lisbon", "FLEETIZE_DAILY_CALLS": "501", "FLEETIZE_REQUEST_INTERVAL": "0.05",
          "FLEETIZE_EGRESS": "depot", "FLEETIZE_DEVICE_TIME_ZONES": "492=Asia/Tokyo",
        ]
        var changed = first
        changed[change] = values[change]
        for command in [["run"], ["migrate"], Days.backfill(from: 3, to: 2)] {
          let outcome = try await stage.etl(command, with: changed)
          #expect(outcome.code == 78, "\(command) \(change): \(outcome)")
          #expect(outcome.errors.contains(text) && outcome.errors.contains("--confirm-changes"), "\(outcome.errors)")
        }
        for command in [["status"], ["run", "--dry-run"], ["replay"]] {
          let outcome = try await stage.etl(command, with: changed)
          #expect(
            outcome.code == 0 && outcome.errors.contains("note: account default: \(text)"), "\(command): \(outcome)")
        }
        #expect(try await stage.rows(stored) == ["(Europe/Berlin,default,500,0.1)"], "\(change)")
      }
      #expect(stage.calls.count == calls)

      // Tighter limits apply at once, absent settings stay, confirmed ones are written.
      let tighter: [String: String?] = [
        "FLEETIZE_DAILY_CALLS": "400", "FLEETIZE_REQUEST_INTERVAL": nil, "FLEETIZE_TIME_ZONE": nil,
      ]
      #expect(try await stage.etl(["run"], with: tighter).code == 0)
      #expect(try await stage.rows(stored) == ["(Europe/Berlin,default,400,0.1)"])
      let moved = try await stage.etl(
        ["run", "--confirm-changes"], with: first.merging(["FLEETIZE_TIME_ZONE": "Europe/Lisbon"]) { $1 })
      #expect(moved.code == 0, "\(moved.errors)")
      #expect(try await stage.rows(stored) == ["(Europe/Lisbon,default,500,0.1)"])
      let dates = try await stage.rows(
        "select from bi.logbook where local_date <> (departed_at at time zone 'Europe/Lisbon')::date")
      #expect(dates.isEmpty)
    }
  }
}
