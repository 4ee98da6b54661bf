import FleetModel
import Postgres

extension Warehouse {
  /// Replaces the findings of one answer.
  public func replaceFindings(
    _ findings: [Finding], of archived: ArchivedResponse, on db: isolated Connection
  ) throws {
    _ = try db.execute("delete from etl.finding where response_key = \(archived.key.number)")
    try add(findings, device: archived.device, response: archived.key, on: db)
  }

  /// - Parameters:
  ///   - device: the device of all of them; nil to look up each finding's own.
  ///   - response: the answer that they are about; nil for findings of a device-day.
  func add(_ findings: [Finding], device: DeviceKey?, response: ResponseKey?, on db: isolated Connection) throws {
    for finding in findings {
      let key = try device ?? finding.device.map { try deviceKey(of: $0, on: db) }
      _ = try db.execute(
        """
        insert into etl.finding (
          account_key, device_key, day, response_key, departed_at, rule, severity, occurrences, detail, sample)
        values (
          \(account), \(key), \(finding.day), \(response?.number), \(finding.departedAt), \(finding.rule),
          \(finding.severity.rawValue), \(Int32(clamping: finding.occurrences)), \(finding.detail), \(finding.sample))
        """)
    }
  }
}
