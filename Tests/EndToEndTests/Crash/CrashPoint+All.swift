import Foundation

extension CrashPoint {
  static let all =
    onTheWayOfADay + inTheNight + inMigrating + inRemakingViews + inUnblocking + inReplaying
    + inPruning + inErasing

  // Statements that identify a transaction.
  static let ledger = "insert into etl.api_call"
  private static let archive = "insert into etl.response"
  static let load = "delete from etl.unloaded_response"
  private static let plan = "insert into etl.followed_device"

  /// From the ledger to the rows. The third call overall fetches the second device-day.
  private static let onTheWayOfADay =
    points(
      .backfill,
      [
        ("as the account's limits are written", .init(.during, "commit", within: "insert into etl.account_limit")),
        ("as its run is written", .init(.during, "insert into etl.run")),
        ("before the ledger's row", .init(.before, ledger, occurrence: 3)),
        ("before the commit of the ledger's row", .init(.before, "commit", within: ledger, occurrence: 3)),
        ("in the commit of the ledger's row", .init(.during, "commit", within: ledger, occurrence: 3)),
        ("after the ledger's row, before the request", .init(.answered, "commit", within: ledger, occurrence: 3)),
        ("as the request leaves", .init(.heard, "commit", within: ledger, occurrence: 3)),
        ("after the body", .init(.before, "etl.ensure_partition", following: ledger, occurrence: 3)),
        (
          "in making a partition of the archive",
          .init(.during, "etl.ensure_partition", following: ledger, occurrence: 2)
        ),
        (
          "after making a partition of the archive",
          .init(.answered, "etl.ensure_partition", following: ledger, occurrence: 2)
        ),
        ("before the response's row", .init(.before, archive, occurrence: 3)),
        ("before the commit of the archive", .init(.before, "commit", within: archive, occurrence: 3)),
        ("in the commit of the archive", .init(.during, "commit", within: archive, occurrence: 3)),
        ("after the commit of the archive", .init(.answered, "commit", within: archive, occurrence: 3)),
        ("in the transform", .init(.heard, "commit", within: archive, occurrence: 3)),
        ("after the transform", .init(.before, "pg_advisory_unlock", following: archive, occurrence: 3)),
        ("in making a partition for points", .init(.during, "etl.ensure_partition", following: "pg_advisory_unlock")),
        ("after the commit of the list's archive", .init(.answered, "commit", within: archive)),
        ("in loading the list", .init(.before, "insert into warehouse.device_reading", occurrence: 2)),
        ("before the commit of the list's load", .init(.before, "commit", within: load)),
        ("after the commit of the list's load", .init(.answered, "commit", within: load)),
        ("before the commit of the plan", .init(.before, "commit", within: plan)),
        ("after the commit of the plan", .init(.answered, "commit", within: plan)),
        ("before the old rows go", .init(.before, "delete from warehouse.route_point", occurrence: 2)),
        ("before COPY", .init(.during, "copy warehouse.route_point", occurrence: 2)),
        ("in COPY", .init(.inData(message: 1), "copy warehouse.route_point", occurrence: 2)),
        ("after COPY", .init(.answered, "copy warehouse.route_point", occurrence: 2)),
        (
          "before the checkpoint",
          .init(.before, "insert into etl.checkpoint (device_key, day, state, fetched_at", occurrence: 2)
        ),
        ("in judging the day", .init(.during, "update etl.checkpoint set state", occurrence: 2)),
        ("before the commit of the rows", .init(.before, "commit", within: load, occurrence: 3)),
        ("in the commit of the rows", .init(.during, "commit", within: load, occurrence: 3)),
        ("after the commit of the rows", .init(.answered, "commit", within: load, occurrence: 3)),
        ("before the claim is given back", .init(.before, "pg_advisory_unlock($1, $2)", occurrence: 2)),
        ("before the end of its run is written", .init(.before, "update etl.run")),
      ]) + [
      CrashPoint(command: .backfill, name: "when the request has arrived", place: .request(call: 3)),
      CrashPoint(command: .backfill, name: "in the middle of the body", place: .body(call: 3)),
      CrashPoint(command: .backfill, name: "in the middle of the list's body", place: .body(call: 1)),
    ]

  /// In a nightly run over fetched days: its list is the seal that closes them.
  private static let inTheNight = points(
    .run,
    [
      ("before the seal is archived", .init(.before, "commit", within: archive)),
      ("after the seal is archived", .init(.answered, "commit", within: archive)),
      ("in judging by the seal", .init(.before, "commit", within: load)),
      ("after judging by the seal", .init(.answered, "commit", within: load)),
    ])

  private static let inMigrating: [CrashPoint] = {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: Repository.folder.appending(path: "migrations").path)) ?? []
    let files = (1...max(1, names.count)).flatMap { number -> [(String, Trigger)] in
      let record = "insert into etl.schema_migration"
      return [
        ("in migration \(number)", .init(.before, record, occurrence: number)),
        ("in the commit of migration \(number)", .init(.during, "commit", within: record, occurrence: number)),
        ("after migration \(number)", .init(.answered, "commit", within: record, occurrence: number)),
      ]
    }
    let account = ("as the first account is added", Trigger(.during, "insert into warehouse.account"))
    return points(.migrate, files + makingViews + [account])
  }()

  private static let inRemakingViews = points(
    .remake, [("after the views are dropped", .init(.answered, "drop view"))] + makingViews)

  private static let makingViews: [(String, Trigger)] = [
    ("in the middle of making the views", .init(.answered, "insert into etl.schema_view", occurrence: 4)),
    ("before the commit of the views", .init(.before, "commit", within: "insert into etl.schema_view")),
    ("after the commit of the views", .init(.answered, "commit", within: "insert into etl.schema_view")),
  ]

  private static let inUnblocking = points(
    .unblock,
    [
      ("before the block is lifted", .init(.before, "update etl.account_block")),
      ("as the block is lifted", .init(.during, "update etl.account_block")),
      ("after the block is lifted", .init(.answered, "update etl.account_block")),
    ])

  static func points(_ command: CrashedCommand, _ triggers: [(String, Trigger)]) -> [CrashPoint] {
    triggers.map { CrashPoint(command: command, name: $0.0, place: .database($0.1)) }
  }
}
