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

  /// The end of a statement whose last common table expression is `rightful` (device_key, rule, sample): makes the findings of these rules about
  /// devices, without a day, those of `rightful`.
  ///
  /// - Parameter scope: which findings of these rules may be deleted.
  static func settle(_ rules: [Rule], of account: AccountKey, where scope: SQL) -> SQL {
    """
    gone as (
      delete from etl.finding as known
      where \(scope) and rule = any(\(rules.map(\.code))::text[])
        and (device_key, rule, sample) not in (select device_key, rule, sample from rightful)
    )
    insert into etl.finding (account_key, device_key, rule, severity, occurrences, detail, sample)
    select \(account), device_key, rule, severity, 1, detail, sample
    from rightful
    join unnest(
      \(rules.map(\.code))::text[], \(rules.map(\.severity.rawValue))::text[], \(rules.map(\.sentence))::text[]
    ) as described (rule, severity, detail) using (rule)
    where not exists (
      select from etl.finding as known
      where (known.device_key, known.rule, known.sample) = (rightful.device_key, rule, rightful.sample))
    """
  }
}
