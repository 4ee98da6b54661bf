extension CrashPoint {
  /// While emptied tables are rebuilt from the archive.
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
