extension CrashPoint {
  /// A backfill that need not wait between calls: many device-days in one transaction. The first load is the list's.
  static let onTheWayOfAGroup =
    points(
      .grouped,
      [
        ("before the ledger's row, while responses wait", .init(.before, ledger, occurrence: 6)),
        ("before the group's old rows go", .init(.before, "delete from warehouse.route_point")),
        // How many days a group has depends on how quickly the machine works: those of a second.
        ("in COPY of a group", .init(.inData(message: 1), "copy warehouse.route_point")),
        ("after COPY of a group", .init(.answered, "copy warehouse.route_point")),
        ("in judging the days of a group", .init(.during, "update etl.checkpoint set state", occurrence: 2)),
        ("before the commit of a group's rows", .init(.before, "commit", within: load, occurrence: 2)),
        ("in the commit of a group's rows", .init(.during, "commit", within: load, occurrence: 2)),
        ("after the commit of a group's rows", .init(.answered, "commit", within: load, occurrence: 2)),
        ("half-way through giving back its claims", .init(.before, "pg_advisory_unlock($1, $2)", occurrence: 3)),
      ]) + [
      CrashPoint(
        command: .grouped, name: "when a request has arrived, while responses wait", place: .request(call: 6)),
      CrashPoint(command: .grouped, name: "in the middle of a body, while responses wait", place: .body(call: 6)),
    ]

  /// Rows from the archive, into tables that were emptied.
  static let inReplaying = points(
    .replay,
    [
      ("in loading readings", .init(.before, "insert into warehouse.device_reading")),
      ("in COPY", .init(.inData(message: 1), "copy warehouse.route_point")),
      ("before the checkpoints", .init(.before, "insert into etl.checkpoint (device_key, day, state, fetched_at")),
      ("before the commit of a batch", .init(.before, "commit", within: load)),
      ("in the commit of a batch", .init(.during, "commit", within: load)),
      ("after the commit of a batch", .init(.answered, "commit", within: load)),
      (
        "before the commit of the devices",
        .init(.before, "commit", within: "insert into warehouse.device_version", following: load)
      ),
      (
        "after the commit of the devices",
        .init(.answered, "commit", within: "insert into warehouse.device_version", following: load)
      ),
    ])
}
