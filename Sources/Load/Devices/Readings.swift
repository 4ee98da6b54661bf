import FleetModel
import FoundationEssentials
import Postgres

/// The readings of devices, and the attributes and versions derived from them.
public struct Readings: Sendable {
  let account: AccountKey

  /// When the latest non-empty device list was answered; nil before the first.
  public func latestListAnswered(on db: isolated Connection) throws -> Date? {
    try db.query(
      """
      select max(last_answered_at) as answered_at
      from warehouse.device_reading join warehouse.device using (device_key)
      where account_key = \(account) and source = 'devicelist'
      """
    ).first?.decode("answered_at")
  }

  /// Adds readings to the time series and updates the attributes and versions of their devices.
  ///
  /// The same content at the same moment is stored once, so repetition and order do not matter. Unchanged rows are not written.
  ///
  /// - Parameters:
  ///   - readings: one per content and moment, see ``DatedReading/merged(_:)``.
  ///   - keys: of all their devices, which are locked, see ``Devices/lock(_:on:)``.
  /// - Returns: the devices with new readings.
  public func add(
    _ readings: [DatedReading], keys: [DeviceID: DeviceKey], on db: isolated Connection
  ) throws -> Set<DeviceKey> {
    guard !readings.isEmpty else { return [] }
    let rows = try db.query(
      """
      with \(Self.differing(readings, keys: keys)), stored as (
        insert into warehouse.device_reading (\(unescaped: Self.readingColumns))
        select \(unescaped: Self.readingColumns) from differing
        on conflict (device_key, read_at, source, fingerprint) do update
        set first_answered_at = least(device_reading.first_answered_at, excluded.first_answered_at),
            last_answered_at = greatest(device_reading.last_answered_at, excluded.last_answered_at),
            (response_key, requested_at) = (
              select first.response_key, first.requested_at
              from (values
                (device_reading.first_answered_at, device_reading.response_key, device_reading.requested_at),
                (excluded.first_answered_at, excluded.response_key, excluded.requested_at)
              ) as first (answered_at, response_key, requested_at)
              order by answered_at, response_key limit 1
            ),
            (\(unescaped: Self.contentColumns.joined(separator: ", ")))
              = (\(unescaped: Self.contentColumns.map { "excluded.\($0)" }.joined(separator: ", ")))
      )
      -- A name and an IMEI that were already in force at that time begin no version.
      select device_key,
             bool_or(is_moved or name is not null and not exists (
               select from (
                 select name, description, imei from warehouse.device_version as version
                 where version.device_key = differing.device_key and valid_from <= differing.first_answered_at
                 order by valid_from desc limit 1
               ) as in_force
               where in_force.name is not distinct from differing.name
                 and in_force.description is not distinct from differing.description
                 and (differing.imei is null or in_force.imei is not distinct from differing.imei)
             )) as is_renamed
      from differing
      group by device_key
      """)
    let changed: [DeviceKey] = try rows.map { try $0.decode("device_key") }
    guard !changed.isEmpty else { return [] }
    try updateAttributes(of: changed, on: db)
    let renamed: [DeviceKey] = try rows.filter { try $0.decode("is_renamed") }.map { try $0.decode("device_key") }
    if !renamed.isEmpty { try rebuildVersions(of: renamed, on: db) }
    return Set(changed)
  }

  /// Updates the attributes and versions of devices from their readings.
  public func refresh(_ devices: [DeviceKey], on db: isolated Connection) throws {
    try updateAttributes(of: devices, on: db)
    try rebuildVersions(of: devices, on: db)
  }

  private static let contentColumns = [
    "imei", "device_type", "name", "description", "portrait_url", "mileage_km", "mileage_raw_km", "day_distance_km",
    "speed_kmh", "engine_rpm", "engine_temperature_c", "external_voltage_v", "internal_voltage_v", "heading_deg",
    "online_at", "is_online_unusable", "heartbeat_at", "error_code", "error_at", "error_text", "status_code",
    "status_text",
    "status_absence", "status_description", "latitude_e7", "longitude_e7",
  ]
  private static let readingColumns =
    ([
      "device_key", "read_at", "source", "fingerprint", "first_answered_at", "last_answered_at", "response_key",
      "requested_at",
    ] + contentColumns).joined(separator: ", ")

  /// The common table expression `differing`: the given readings that are missing or stored differently.
  static func differing(_ readings: [DatedReading], keys: [DeviceID: DeviceKey]) -> SQL {
    let contents = readings.map(\.reading)
    return """
      given as (
        select * from unnest(
          \(contents.map { keys[$0.device] })::integer[], \(readings.map(\.readAt))::timestamptz[],
          \(readings.map(\.source))::text[], \(readings.map(\.fingerprint))::bigint[],
          \(readings.map(\.firstAnsweredAt))::timestamptz[], \(readings.map(\.lastAnsweredAt))::timestamptz[],
          \(readings.map(\.firstResponse))::bigint[], \(readings.map(\.firstRequestedAt))::timestamptz[],
          \(contents.map(\.imei))::bigint[], \(contents.map(\.type))::text[], \(contents.map(\.name))::text[],
          \(contents.map(\.description))::text[], \(contents.map(\.portraitURL))::text[],
          \(contents.map(\.mileage))::numeric[], \(contents.map(\.rawMileage))::numeric[],
          \(contents.map(\.dayDistance))::numeric[], \(contents.map(\.speed))::numeric[],
          \(contents.map(\.engineRPM))::numeric[], \(contents.map(\.engineTemperature))::numeric[],
          \(contents.map(\.externalVoltage))::numeric[], \(contents.map(\.internalVoltage))::numeric[],
          \(contents.map(\.heading))::numeric[], \(contents.map(\.onlineAt))::timestamptz[],
          \(contents.map(\.isOnlineUnusable))::boolean[], \(contents.map(\.heartbeatAt))::timestamptz[], \(contents.map(\.errorCode))::integer[],
          \(contents.map(\.errorAt))::timestamptz[], \(contents.map(\.errorText))::text[],
          \(contents.map(\.statusCode))::integer[], \(contents.map(\.statusText))::text[],
          \(contents.map(\.statusAbsence))::text[], \(contents.map(\.statusDescription))::text[],
          \(contents.map(\.location?.latitudeE7))::integer[], \(contents.map(\.location?.longitudeE7))::integer[]
        ) as given (\(unescaped: readingColumns))
      ), differing as (
        select given.*, known.device_key is not null and known.first_answered_at > given.first_answered_at as is_moved
        from given
        left join warehouse.device_reading as known using (device_key, read_at, source, fingerprint)
        where known.device_key is null
           or (known.first_answered_at, known.response_key) > (given.first_answered_at, given.response_key)
           or known.last_answered_at < given.last_answered_at
           or (\(unescaped: contentColumns.map { "known.\($0)" }.joined(separator: ", ")))
                is distinct from (\(unescaped: contentColumns.map { "given.\($0)" }.joined(separator: ", ")))
      )
      """
  }

  /// Deletes the readings whose first or last response is among these, because their times must be derived from the remaining responses.
  ///
  /// - Returns: since when responses must be read again for readings that they share with these; nil if nothing was deleted.
  public func delete(
    answeredBy responses: [ResponseKey], of device: DeviceKey, on db: isolated Connection
  ) throws -> Date? {
    try db.query(
      """
      with response as (
        select response.answered_at
        from unnest(\(responses.map(\.number))::bigint[], \(responses.map(\.day.description))::date[]) as given (response_key, day)
        join etl.response using (response_key, day)
      ), gone as (
        delete from warehouse.device_reading
        where device_key = \(device) and source = 'device'
          and (first_answered_at in (select answered_at from response) or last_answered_at in (select answered_at from response))
        returning first_answered_at
      )
      select min(first_answered_at) as since from gone
      """)[0].decode("since")
  }
}
