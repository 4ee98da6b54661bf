extension CrashPoint {
  private static let horizon = "insert into etl.prune_horizon"
  private static let olderDays = "delete from warehouse.route_point"
  private static let doom = "insert into etl.partition_to_drop"
  private static let detach = "detach partition"
  private static let drop = "drop table if exists"

  /// First the points, then the responses: each a whole month and the first days of the next.
  static let inPruning = points(
    .prune,
    [
      ("before its horizon is written", .init(.before, horizon)),
      ("before the commit of its horizon", .init(.before, "commit", within: horizon)),
      ("in the commit of its horizon", .init(.during, "commit", within: horizon)),
      ("after the commit of its horizon", .init(.answered, "commit", within: horizon)),
      ("in deleting older points", .init(.during, olderDays)),
      ("before the commit of a device's older points", .init(.before, "commit", within: olderDays)),
      ("after the commit of a device's older points", .init(.answered, "commit", within: olderDays)),
      ("before the month is noted", .init(.before, doom)),
      ("after the month is noted", .init(.answered, doom)),
      ("as the month is detached", .init(.during, detach)),
      ("after the month is detached", .init(.answered, detach)),
      ("before the month is dropped", .init(.before, drop)),
      ("before the commit of the drop", .init(.before, "commit", within: drop)),
      ("in the commit of the drop", .init(.during, "commit", within: drop)),
      ("after the commit of the drop", .init(.answered, "commit", within: drop)),
      ("before the commit of the responses' horizon", .init(.before, "commit", within: horizon, occurrence: 2)),
      (
        "before the commit of a device's older responses",
        .init(.before, "commit", within: "delete from etl.response where device_key =")
      ),
      (
        "after the commit of a device's older responses",
        .init(.answered, "commit", within: "delete from etl.response where device_key =")
      ),
      ("before older lists go", .init(.before, "delete from etl.response where device_key is null")),
      ("as the month of responses is detached", .init(.during, detach, occurrence: 2)),
      ("after the month of responses is detached", .init(.answered, detach, occurrence: 2)),
      ("before the commit of the responses' drop", .init(.before, "commit", within: drop, occurrence: 2)),
      ("after the commit of the responses' drop", .init(.answered, "commit", within: drop, occurrence: 2)),
    ])

  private static let memory = "insert into etl.erasure"
  private static let erasure = "etl.delete_erased_response"

  static let inErasing = points(
    .erase,
    [
      ("before it is remembered", .init(.before, memory)),
      ("before the commit of its memory", .init(.before, "commit", within: memory)),
      ("in the commit of its memory", .init(.during, "commit", within: memory)),
      ("after the commit of its memory", .init(.answered, "commit", within: memory)),
      ("after a response is deleted", .init(.answered, erasure)),
      ("as points are deleted", .init(.during, olderDays)),
      ("after a cut is made in a response", .init(.answered, "etl.redact_response", occurrence: 2)),
      ("before the device's attributes", .init(.before, "update warehouse.device set imei")),
      ("before the commit of the erasure", .init(.before, "commit", within: erasure)),
      ("in the commit of the erasure", .init(.during, "commit", within: erasure)),
      ("after the commit of the erasure", .init(.answered, "commit", within: erasure)),
    ])
}
