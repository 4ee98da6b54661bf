import FleetModel
import FoundationEssentials
import Postgres

/// A finding as it is stored.
public struct FindingRow: Hashable, Sendable {
  var device: DeviceKey?
  var day: UTCDay?
  /// The response that it is about; nil for findings of a device-day.
  var response: Int64?
  var departedAt: Date?
  var rule: String
  var severity: String
  var occurrences: Int32
  var detail: String
  var sample: String?

  public init(_ finding: Finding, device: DeviceKey?, response: ResponseKey?) {
    self.device = device
    day = finding.day
    self.response = response?.number
    departedAt = finding.departedAt
    rule = finding.rule
    severity = finding.severity.rawValue
    occurrences = Int32(clamping: finding.occurrences)
    detail = finding.detail
    sample = finding.sample
  }

  init(_ row: Row) throws {
    device = try row.decode("device_key")
    day = try row.decode("day")
    response = try row.decode("response_key")
    departedAt = try row.decode("departed_at")
    rule = try row.decode("rule")
    severity = try row.decode("severity")
    occurrences = try row.decode("occurrences")
    detail = try row.decode("detail")
    sample = try row.decode("sample")
  }
}

extension Warehouse {
  /// Replaces the findings of responses, where they are others than those stored.
  ///
  /// - Parameter findings: by the number of their response; of a response with none, none.
  public func replaceFindings(_ findings: [Int64: [FindingRow]], on db: isolated Connection) throws {
    let differing = try differingFindings(findings, on: db)
    guard !differing.isEmpty else { return }
    _ = try db.execute("delete from etl.finding where response_key = any(\(differing)::bigint[])")
    try add(differing.flatMap { findings[$0] ?? [] }, on: db)
  }

  /// The responses whose stored findings are not those given.
  public func differingFindings(_ findings: [Int64: [FindingRow]], on db: isolated Connection) throws -> [Int64] {
    let stored = try db.query(
      """
      select device_key, day, response_key, departed_at, rule, severity, occurrences, detail, sample
      from etl.finding where response_key = any(\(findings.keys.sorted())::bigint[])
      """
    ).map { try FindingRow($0) }
    let known = Dictionary(grouping: stored) { $0.response ?? 0 }
    return findings.keys.filter { number in
      (findings[number] ?? []).counted != (known[number] ?? []).counted
    }.sorted()
  }

  func add(_ findings: [FindingRow], on db: isolated Connection) throws {
    guard !findings.isEmpty else { return }
    _ = try db.execute(
      """
      insert into etl.finding (
        account_key, device_key, day, response_key, departed_at, rule, severity, occurrences, detail, sample)
      select \(account), * from unnest(
        \(findings.map(\.device))::integer[], \(findings.map(\.day))::date[], \(findings.map(\.response))::bigint[],
        \(findings.map(\.departedAt))::timestamptz[], \(findings.map(\.rule))::text[],
        \(findings.map(\.severity))::text[], \(findings.map(\.occurrences))::integer[],
        \(findings.map(\.detail))::text[], \(findings.map(\.sample))::text[])
      """)
  }
}

extension Array where Element: Hashable {
  /// How often each element is there: equal for arrays that differ in order alone.
  var counted: [Element: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
