import Foundation
import TestSupport
import Testing

@Suite struct `The command logbook` {
  private let month = String("\(Days.ago(3))".prefix(7))

  @Test func `shows a vehicle's month to a reader who may see schema bi alone`() async throws {
    try await withStage { stage in
      #expect(try await stage.etl(["migrate", "--with-roles"]).code == 0)
      #expect(try await stage.etl(Days.backfill(from: 4, to: 2)).code == 0)
      let calls = stage.calls.count
      let reader: [String: String?] = [
        "DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_reader"), "FLEETIZE_API_TOKEN": nil,
      ]
      let trips = try await stage.rows("select from bi.logbook where device_id = 492 and local_month = '\(month)-01'")
      let table = try await stage.etl(["logbook", "--device", "492", "--month", month], with: reader)
      #expect(table.code == 0, "\(table.errors)")
      #expect(table.output.contains("Trips") && table.output.contains(" \(trips.count)\n"))
      let csv = try await stage.etl(["logbook", "--device", "492", "--month", month, "--format", "csv"], with: reader)
      #expect(csv.output.components(separatedBy: ",trip,").count == trips.count + 1)

      let file = FileManager.default.temporaryDirectory.appending(path: "logbook-\(UUID().uuidString).html")
      defer { try? FileManager.default.removeItem(at: file) }
      let page = ["logbook", "--device", "492", "--month", month, "--format", "html", "--lang", "de"]
      let written = try await stage.etl(page + ["--output", file.path], with: reader)
      #expect(written.code == 0 && written.output.isEmpty, "\(written)")
      #expect(try String(contentsOf: file, encoding: .utf8).contains("<html lang=\"de\">"))
      #expect(stage.calls.count == calls, "a logbook costs no call")

      let role = "reader_\(UUID().uuidString.lowercased().prefix(8))"
      try await stage.execute("create role \(role) login in role fleetize_limited_reader")
      let limited: [String: String?] = [
        "DATABASE_URL": databaseURL(stage.databaseURL, user: role), "FLEETIZE_API_TOKEN": nil,
      ]
      let name = try await stage.texts("select name as line from bi.device where device_id = 492")[0]
      let nothing = try await stage.etl(["logbook", "--device", name, "--month", month], with: limited)
      #expect(nothing.code == 64 && nothing.errors.contains("no device has"), "\(nothing)")
      try await stage.execute(
        "insert into etl.reader_device select '\(role)', account, device_id from bi.device where device_id = 492")
      for device in ["492", name] {
        let seen = try await stage.etl(["logbook", "--device", device, "--month", month], with: limited)
        #expect(seen.code == 0 && seen.output.contains(" \(trips.count)\n"), "\(device): \(seen)")
      }
      try await stage.execute("drop owned by \(role); drop role \(role)")
    }
  }

  @Test(arguments: [
    (["--device", "77", "--month", "2026-10"], "device 77 is unknown"),
    (["--device", "492", "--month", "1999-10"], "1999-10"),
    (["--device", "492", "--month", "2026-10", "--account", "nobody"], "nobody"),
  ]) func `exits 64 for a device, a month or an account that the database does not know`(
    arguments: [String], name: String
  ) async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 3, to: 3)).code == 0)
      let outcome = try await stage.etl(["logbook"] + arguments)
      #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains(name), "\(outcome.errors)")
    }
  }

  @Test(arguments: [
    ["--device", "492", "--month", "2026-13"], ["--device", "492", "--month", "October"], ["--month", "2026-10"],
    ["--device", "492", "--month", "2026-10", "--format", "pdf"],
    ["--device", "492", "--month", "2026-10", "--lang", "fr"],
  ]) func `exits 64 for arguments that make no sense`(arguments: [String]) async throws {
    let outcome = try await Program.run(["logbook"] + arguments, [:])
    #expect(outcome.code == 64 && outcome.errors.contains("Usage:"), "\(outcome)")
  }

  @Test func `exits 74 when it cannot write the file, and 78 before migrate`() async throws {
    try await withStage(isMigrated: false) { stage in
      let logbook = ["logbook", "--device", "492", "--month", month]
      let early = try await stage.etl(logbook)
      #expect(early.code == 78 && early.errors.contains("fleetize-etl migrate"), "\(early)")
      #expect(try await stage.etl(["migrate"]).code == 0)
      #expect(try await stage.etl(Days.backfill(from: 3, to: 3)).code == 0)
      let unwritable = try await stage.etl(logbook + ["--output", "/nonexistent/october.html"])
      #expect(unwritable.code == 74 && unwritable.errors.contains("/nonexistent/october.html"), "\(unwritable)")
    }
  }
}
