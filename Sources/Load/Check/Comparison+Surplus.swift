import FleetModel
import FoundationEssentials
import Postgres

extension Comparison {
  /// Rows that no response accounts for, and device attributes and versions that do not match the readings.
  public func surplus(in selection: ArchiveSelection, on db: isolated Connection) throws -> [Difference] {
    let devices = try self.devices.keys(in: selection, on: db)
    return try surplusDays(of: devices, in: selection, on: db) + surplusReadings(of: devices, on: db)
      + outdated(devices, on: db)
  }

  private func surplusDays(
    of devices: [DeviceKey], in selection: ArchiveSelection, on db: isolated Connection
  ) throws -> [Difference] {
    try db.query(
      """
      with stored (device_key, day, what) as (
        select device_key, day, 'routes' from warehouse.route
        union
        select device_key, day, 'points' from warehouse.route_point
        union
        select device_key, day, 'a fetched checkpoint' from etl.checkpoint
        where fetched_at is not null or content_hash is not null
        union
        select device_key, asked_day, 'entries for a response that is not in the archive' from etl.response_day
        where not exists (
          select from etl.response
          where response.response_key = response_day.response_key and response.day = response_day.asked_day)
        union
        select device_key, day, 'findings about a response that is not in the archive' from etl.finding
        where response_key is not null and day is not null
          and not exists (select from etl.response where response.response_key = finding.response_key)
      )
      select device_key, day, what from stored
      where device_key = any(\(devices)::integer[]) and day between \(selection.from) and \(selection.to)
        -- Frozen days keep their rows without responses.
        and not exists (
          select from etl.checkpoint
          where (checkpoint.device_key, checkpoint.day) = (stored.device_key, stored.day) and responses_pruned_at is not null)
        and (what like '%not in the archive'
             or not exists (
               select from etl.response_day where (response_day.device_key, response_day.day) = (stored.device_key, stored.day)))
      order by device_key, day
      """
    ).map { row in
      Difference(
        device: try row.decode("device_key"), day: try row.decode("day"),
        "found \(try row.decode("what", as: String.self)), but no response contains the day")
    }
  }

  /// Readings that no response contained at the time recorded. Where responses were pruned, only later lists can be checked.
  private func surplusReadings(of devices: [DeviceKey], on db: isolated Connection) throws -> [Difference] {
    try db.query(
      """
      with response as (
        select device_key, action, answered_at from etl.response where account_key = \(account)
      )
      select device_key, source, read_at from warehouse.device_reading as reading
      where device_key = any(\(devices)::integer[])
        and not exists (
          select from etl.prune_horizon
          where subject = 'responses'
            and (source = 'device' or first_answered_at < before_day::timestamp at time zone 'UTC')) and (
        not exists (
          select from response
          where response.answered_at = first_answered_at and action = source
            and coalesce(response.device_key, reading.device_key) = reading.device_key)
        or not exists (
          select from response
          where response.answered_at = last_answered_at and action = source
            and coalesce(response.device_key, reading.device_key) = reading.device_key))
      order by device_key, read_at
      """
    ).map { row in
      let readAt: Date = try row.decode("read_at")
      return Difference(
        device: try row.decode("device_key"),
        "no response contains the reading of \(readAt.formatted(.iso8601)) (\(try row.decode("source", as: String.self)))"
      )
    }
  }

  private func outdated(_ devices: [DeviceKey], on db: isolated Connection) throws -> [Difference] {
    try db.query(
      """
      with \(Readings.outdatedAttributes(of: devices)), \(Readings.versions(of: devices)), stored as (
        select device_key, valid_from, name, description, imei from warehouse.device_version
        where device_key = any(\(devices)::integer[])
      )
      select device_key, 'its attributes differ from those in the latest response' as what from latest
      union
      select device_key, 'its versions differ from those in the responses' from (
        (table version except table stored) union (table stored except table version)
      ) as differing
      order by device_key
      """
    ).map { Difference(device: try $0.decode("device_key"), try $0.decode("what")) }
  }
}
