import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// Zones of accounts and of single devices, from the configuration to the local dates of the views.
@Suite struct `A device in another time zone` {
  private let zones = "select device_id, time_zone from warehouse.device"

  @Test func `has local dates of its own, from the first response on and until its setting is changed`() async throws {
    try await withStage { stage in
      let setting = [
        "FLEETIZE_TIME_ZONE": "Europe/Berlin", "FLEETIZE_DEVICE_TIME_ZONES": "492=Pacific/Auckland, 77=UTC",
      ]
      let backfill = try await stage.etl(Days.backfill(from: 8, to: 2), with: setting)
      #expect(backfill.code == 0, "\(backfill.errors)")
      // A number that nobody knows may be a mistake.
      #expect(backfill.errors.contains("device 77"))
      #expect(try await stage.rows(zones) == ["(492,Pacific/Auckland)", "(493,)"])
      let ahead = """
        select distinct device_id, time_zone, departed_local = departed_at at time zone time_zone
          and local_date = departed_local::date as is_local from bi.logbook
        """
      #expect(try await stage.rows(ahead) == ["(492,Pacific/Auckland,t)", "(493,Europe/Berlin,t)"])

      let swapped = try await stage.etl(
        ["migrate", "--confirm-changes"], with: ["FLEETIZE_DEVICE_TIME_ZONES": "493=America/Chicago"])
      #expect(swapped.code == 0, "\(swapped.errors)")
      #expect(try await stage.rows(zones) == ["(492,)", "(493,America/Chicago)"])
      // Without FLEETIZE_TIME_ZONE the account keeps the zone that it has.
      #expect(try await stage.rows(ahead) == ["(492,Europe/Berlin,t)", "(493,America/Chicago,t)"])
      // Without any zone, all of them stay.
      let kept = try await stage.etl(["run"])
      #expect(kept.code == 0, "\(kept.errors)")
      #expect(try await stage.rows(zones) == ["(492,)", "(493,America/Chicago)"])
      #expect(try await stage.rows(ahead) == ["(492,Europe/Berlin,t)", "(493,America/Chicago,t)"])
    }
  }

  @Test func `is configured in the file too, for each account its own`() async throws {
    try await withStage { stage in
      let path = FileManager.default.temporaryDirectory.appending(path: "fleetize-\(UUID().uuidString).yaml").path
      let text = """
        accounts: [north, south]
        north: {api_token: \(Stage.otherToken), time_zone: Europe/Berlin, device_time_zones: [493=Europe/Lisbon]}
        south: {api_token: \(Stage.token), device_time_zones: [492=America/Chicago, 493=Asia/Kolkata]}
        """
      try Data(text.utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try await stage.succeed(["account", "add", "north", "south", "--config", path])
      let run = try await stage.etl(["run", "--config", path], with: ["FLEETIZE_API_TOKEN": nil])
      #expect(run.code == 0, "\(run.errors)")
      let zones =
        "select account.name, device_id, device.time_zone from warehouse.device join warehouse.account using (account_key)"
      #expect(
        try await stage.rows(zones) == [
          "(north,492,)", "(north,493,Europe/Lisbon)", "(south,492,America/Chicago)", "(south,493,Asia/Kolkata)",
        ])
    }
  }

  @Test(arguments: [
    "492=Mars/Olympus", "492=X-30", "492", "=Europe/Berlin", "van=Europe/Berlin", "492=Europe/Berlin,492=UTC", "-1=UTC",
  ]) func `that does not exist exits 78 before any call`(setting: String) async throws {
    try await withStage { stage in
      let run = try await stage.etl(["run"], with: ["FLEETIZE_DEVICE_TIME_ZONES": setting])
      #expect(run.code == 78, "\(run)")
      #expect(run.errors.contains("FLEETIZE_DEVICE_TIME_ZONES"))
      #expect(stage.calls.isEmpty)
    }
  }
}
