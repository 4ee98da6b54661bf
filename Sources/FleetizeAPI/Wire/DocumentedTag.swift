/// The tags of the vendor's reference. They distinguish data from an error report.
enum DocumentedTag {
  /// Without `error_code` and `error_text`, which an error report may also use.
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
