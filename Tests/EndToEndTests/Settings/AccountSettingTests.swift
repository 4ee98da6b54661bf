import Testing

/// Zones and limits in the database, which the views show, and what changes them.
@Suite struct `The settings of an account in the database` {
  private let settings = """
    select account.name, account.time_zone, egress, daily_calls, request_interval_s::float8, device_id, device.time_zone as own
    from warehouse.account
    left join etl.account_limit using (account_key)
    left join warehouse.device using (account_key)
    """
  /// An environment that configures only the database.
  private func bare(and more: [String: String] = [:]) -> [String: String?] {
    var changes: [String: String?] = more
    for name in ["API_URL", "API_TOKEN", "REQUEST_INTERVAL", "DAILY_CALLS"] {
      changes.updateValue(nil, forKey: "FLEETIZE_\(name)")
    }
    return changes
  }

  @Test func `stay as the last run left them when a command knows no others`() async throws {
    try await withStage { stage in
      let run = try await stage.etl(
        ["run"],
        with: [
          "FLEETIZE_TIME_ZONE": "Europe/Berlin", "FLEETIZE_DEVICE_TIME_ZONES": "492=Pacific/Auckland",
          "FLEETIZE_EGRESS": "depot", "FLEETIZE_DAILY_CALLS": "90", "FLEETIZE_REQUEST_INTERVAL": "0.5",
        ])
      #expect(run.code == 0, "\(run.errors)")
      let written = [
        "(default,Europe/Berlin,depot,90,0.5,492,Pacific/Auckland)", "(default,Europe/Berlin,depot,90,0.5,493,)",
      ]
      #expect(try await stage.rows(settings) == written)
      for command in [
        ["migrate"], ["migrate", "--with-roles"], ["status"], ["unblock"], Days.backfill(from: 3, to: 2, "--dry-run"),
      ] {
        let outcome = try await stage.etl(command, with: bare())
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
        #expect(try await stage.rows(settings) == written, "\(command)")
      }

      // Only what is configured is written.
      let moved = try await stage.etl(
        ["migrate", "--confirm-changes"], with: bare(and: ["FLEETIZE_TIME_ZONE": "Europe/Lisbon"]))
      #expect(moved.code == 0)
      #expect(
        try await stage.rows(settings) == written.map { $0.replacing("Europe/Berlin", with: "Europe/Lisbon") })
    }
  }

  @Test func `are not invented for an account in addition to those that exist`() async throws {
    try await withStage(isMigrated: false) { stage in
      func migrate(_ arguments: [String], _ changes: [String: String?]) async throws {
        let outcome = try await stage.etl(["migrate"] + arguments, with: changes)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      try await migrate([], ["FLEETIZE_ACCOUNT": "north", "FLEETIZE_TIME_ZONE": "Europe/Berlin"])
      let written = ["(north,Europe/Berlin,default,10000,0,,)"]
      #expect(try await stage.rows(settings) == written)
      try await migrate(["--with-roles"], bare())
      #expect(try await stage.rows(settings) == written)
      // Nor for a name that may be a mistake.
      try await migrate([], bare(and: ["FLEETIZE_ACCOUNT": "south"]))
      #expect(try await stage.rows(settings) == written)
      let added = try await stage.etl(["account", "add", "south"], with: bare(and: ["FLEETIZE_ACCOUNT": "south"]))
      #expect(added.code == 0, "\(added.errors)")
      #expect(try await stage.rows(settings) == written + ["(south,UTC,default,100,60,,)"])
    }
  }
}
