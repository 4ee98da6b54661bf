import FleetModel
import FoundationEssentials
import Postgres

/// The findings about responses and device-days.
public struct Findings: Sendable {
  let account: AccountKey

  /// Replaces the findings of responses where they differ from the stored ones.
  ///
  /// - Parameter findings: by the number of the response; empty for a response without findings.
  public func replace(_ findings: [Int64: [FindingRow]], on db: isolated Connection) throws {
    let differing = try differing(findings, on: db)
    guard !differing.isEmpty else { return }
    _ = try db.execute("delete from etl.finding where response_key = any(\(differing)::bigint[])")
    try add(differing.flatMap { findings[$0] ?? [] }, on: db)
  }

  /// The responses whose stored findings differ from the given ones.
  public func differing(_ findings: [Int64: [FindingRow]], on db: isolated Connection) throws -> [Int64] {
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
