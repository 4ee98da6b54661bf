import FleetModel
import FoundationEssentials
import Postgres

extension Findings {
  /// Records that findings of a rule are known.
  ///
  /// - Parameters:
  ///   - device: nil for all devices.
  ///   - day: nil for all days until now.
  /// - Returns: how many findings that concerns.
  public func acknowledge(
    _ rule: String, device: DeviceKey?, day: UTCDay?, note: String, by person: String, now: Date,
    on db: isolated Connection
  ) throws -> Int {
    try db.transaction {
      _ = try db.execute(
        """
        insert into etl.finding_acknowledgement
          (account_key, rule, device_key, day, note, acknowledged_at, acknowledged_by)
        values (\(account), \(rule), \(device), \(day), \(note), \(now), \(person))
        """)
      return Int(
        try db.query(
          """
          select count(*) as findings from bi.finding
          where rule = \(rule) and acknowledged_at = \(now)
            and account = (select name from warehouse.account where account_key = \(account))
          """)[0].decode("findings", as: Int64.self))
    }
  }
}

extension Health {
  /// Findings that nobody has acknowledged and no later response has resolved, by rule; those of severity `info` are not counted.
  public static func openFindings(of account: String, on db: isolated Connection) throws -> [(rule: String, count: Int)]
  {
    try db.query(
      """
      select rule, count(*) as findings from bi.finding
      where account = \(account) and severity <> 'info' and resolved_at is null and acknowledged_at is null
      group by rule order by rule
      """
    ).map { (try $0.decode("rule"), Int(try $0.decode("findings", as: Int64.self))) }
  }
}
