import FleetModel
import Postgres

/// The findings of one rule in one device-day, summed up.
public struct FoundFinding: Hashable, Sendable {
  /// Nil for a finding about a device list as a whole.
  public var device: DeviceID?
  /// Nil for a finding in a device list.
  public var day: UTCDay?
  public var rule: String
  public var severity: String
  public var occurrences: Int
  /// The text of one of them: what was found and what was done about it.
  public var detail: String
  /// The offending text of one of them as received, if there is one.
  public var sample: String?
}

extension Findings {
  /// What certain rules found in a run's responses, superseded ones included, and in the rows of the days that these contain.
  ///
  /// - Parameter recovered: responses that an earlier run archived and this one loaded.
  public func found(
    byRules codes: [String], in run: RunKey, recovered: [ResponseKey], on db: isolated Connection
  ) throws -> [FoundFinding] {
    try db.query(
      """
      with response as (
        select response.response_key, response.device_key, response.day
        from etl.api_call as call
        -- A list is archived under the day of its request, which may be sent just after midnight.
        join etl.response as response
          on response.account_key = call.account_key and response.call_key = call.call_key
          and response.day >= coalesce(call.day, (call.started_at at time zone 'UTC')::date)
          and response.day <= coalesce(call.day, (call.started_at at time zone 'UTC')::date + 1)
        where call.run_key = \(run.value)
        union
        select response_key, device_key, day from etl.response
        where response_key = any(\(recovered.map(\.number))) and day = any(\(recovered.map(\.day.description))::date[])
      ), loaded_day as (
        select distinct response_day.device_key, response_day.day
        from response
        join etl.response_day
          on response_day.device_key = response.device_key and response_day.asked_day = response.day
      ), found as (
        select finding.* from response join etl.finding using (response_key)
        union all
        select finding.* from loaded_day join etl.finding using (device_key, day) where response_key is null
        union all
        -- Findings about the readings in this run's lists.
        select finding.*
        from etl.finding
        where finding.account_key = \(account) and rule = \(Rule.readingOlder.code)
          and exists (
            select from response
            join etl.response as list using (response_key, day)
            join warehouse.device_reading as reading
              on reading.device_key = finding.device_key and reading.source = 'devicelist'
              and list.answered_at between reading.first_answered_at and reading.last_answered_at
            where response.device_key is null and extract(epoch from reading.heartbeat_at)::bigint::text = finding.sample
          )
      ), settled as (
        select device_key, day from loaded_day join etl.checkpoint using (device_key, day) where reason = 'settled'
      ), found_rule as (
        select device_key, day, rule, severity, occurrences, detail, sample from found
        union all
        select device_key, day, \(Rule.settledWithoutProof.code), \(Rule.settledWithoutProof.severity.rawValue), 1,
               \(Rule.settledWithoutProof.sentence), null
        from settled
      )
      select device_id, day, rule, severity, sum(occurrences) as occurrences, min(detail) as detail, min(sample) as sample
      from found_rule
      left join warehouse.device using (device_key)
      where rule = any(\(codes))
      group by device_id, day, rule, severity
      order by device_id, day, rule
      """
    ).map { row in
      FoundFinding(
        device: try row.decode("device_id"), day: try row.decode("day"), rule: try row.decode("rule"),
        severity: try row.decode("severity"), occurrences: Int(try row.decode("occurrences", as: Int64.self)),
        detail: try row.decode("detail"), sample: try row.decode("sample"))
    }
  }
}

extension FoundFinding: CustomStringConvertible {
  public var description: String {
    let place = [device.map { "device \($0)" } ?? "device list", day.map { "\($0)" }].compactMap { $0 }
    return "\(place.joined(separator: ", ")): \(rule)\(occurrences > 1 ? " x\(occurrences)" : ""): \(detail)"
      + (sample.map { " (\($0))" } ?? "")
  }
}
