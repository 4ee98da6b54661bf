/// The tags of the document's reference, by which data is told from an error report.
enum DocumentedTag {
  /// `error_code` and `error_text` are left out: an error report may well use these names.
  private static let names: Set = [
    "timestamp", "online_timestamp", "heartbeat_timestamp", "error_code_time", "status_text", "status_code",
    "status_absence", "status_description", "location", "route_points", "average_speed", "average_speed_distance",
    "pause_duration", "route_pause", "grouped", "type", "mileage",
  ]
  private static let beginnings = ["device_", "origin_", "destination_", "start_", "end_"]

  static func isData(_ name: String) -> Bool {
    names.contains(name) || beginnings.contains { name.hasPrefix($0) }
  }
}
