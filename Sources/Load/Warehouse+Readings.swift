import FleetModel
import Postgres

extension Warehouse {
  /// Adds readings to the time series and brings the attributes and versions of their devices up to date.
  ///
  /// The same content at the same moment stays one row, so that repetition and order do not matter; a row that stands already is
  /// left alone.
  ///
  /// - Parameters:
  ///   - readings: one for each content and moment, see ``DatedReading/merged(_:)``.
  ///   - keys: of all their devices, locked, see ``lock(_:on:)``.
  /// - Returns: the devices of which a reading was new.
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
            (\(unescaped: Self.contentColumns.joined(separator: ", ")))
              = (\(unescaped: Self.contentColumns.map { "excluded.\($0)" }.joined(separator: ", ")))
      )
      -- A name as it was in force then begins no version.
      select device_key,
             bool_or(is_moved or name is not null and not exists (
               select from (
                 select name, description from warehouse.device_version as version
                 where version.device_key = differing.device_key and valid_from <= differing.first_answered_at
                 order by valid_from desc limit 1
               ) as in_force
               where in_force.name is not distinct from differing.name
                 and in_force.description is not distinct from differing.description
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

  /// Brings the attributes and versions of devices up to date with their readings.
  public func refresh(_ devices: [DeviceKey], on db: isolated Connection) throws {
    try updateAttributes(of: devices, on: db)
    try rebuildVersions(of: devices, on: db)
  }

  private static let contentColumns = [
    "imei", "device_type", "name", "description", "portrait_url", "mileage_km", "mileage_raw_km", "day_distance_km",
    "speed_kmh", "engine_rpm", "engine_temperature_c", "external_voltage_v", "internal_voltage_v", "heading_deg",
    "online_at", "heartbeat_at", "error_code", "error_at", "error_text", "status_code", "status_text",
    "status_absence", "status_description", "latitude_e7", "longitude_e7",
  ]
  private static let readingColumns =
    (["device_key", "read_at", "source", "fingerprint", "first_answered_at", "last_answered_at"] + contentColumns)
    .joined(separator: ", ")

  /// The common table expression `differing`: the readings that are not in the table as they are given.
  static func differing(_ readings: [DatedReading], keys: [DeviceID: DeviceKey]) -> SQL {
    let contents = readings.map(\.reading)
    return """
      given as (
        select * from unnest(
          \(contents.map { keys[$0.device] })::integer[], \(readings.map(\.readAt))::timestamptz[],
          \(readings.map(\.source))::text[], \(readings.map(\.fingerprint))::bigint[],
          \(readings.map(\.firstAnsweredAt))::timestamptz[], \(readings.map(\.lastAnsweredAt))::timestamptz[],
          \(contents.map(\.imei))::bigint[], \(contents.map(\.type))::text[], \(contents.map(\.name))::text[],
          \(contents.map(\.description))::text[], \(contents.map(\.portraitURL))::text[],
          \(contents.map(\.mileage))::numeric[], \(contents.map(\.rawMileage))::numeric[],
          \(contents.map(\.dayDistance))::numeric[], \(contents.map(\.speed))::numeric[],
          \(contents.map(\.engineRPM))::numeric[], \(contents.map(\.engineTemperature))::numeric[],
          \(contents.map(\.externalVoltage))::numeric[], \(contents.map(\.internalVoltage))::numeric[],
          \(contents.map(\.heading))::numeric[], \(contents.map(\.onlineAt))::timestamptz[],
          \(contents.map(\.heartbeatAt))::timestamptz[], \(contents.map(\.errorCode))::integer[],
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
           or known.first_answered_at > given.first_answered_at or known.last_answered_at < given.last_answered_at
           or (\(unescaped: contentColumns.map { "known.\($0)" }.joined(separator: ", ")))
                is distinct from (\(unescaped: contentColumns.map { "given.\($0)" }.joined(separator: ", ")))
      )
      """
  }

  /// The attributes of a device are those of its latest response.
  private func updateAttributes(of devices: [DeviceKey], on db: isolated Connection) throws {
    _ = try db.execute(
      """
      with \(Self.outdatedAttributes(of: devices))
      update warehouse.device
      set imei = latest.imei, device_type = latest.device_type, name = latest.name, description = latest.description,
          portrait_url = latest.portrait_url, attributes_answered_at = latest.last_answered_at
      from latest
      where device.device_key = latest.device_key
      """)
  }

  /// The common table expression `latest`: what the attributes of devices should be, where they are not.
  static func outdatedAttributes(of devices: [DeviceKey]) -> SQL {
    """
    latest as (
      select newest.*
      from unnest(\(devices)::integer[]) as asked (device_key)
      join warehouse.device using (device_key)
      cross join lateral (
        select * from (
          (select * from warehouse.device_reading as reading
           where reading.device_key = asked.device_key and source = 'devicelist'
           order by last_answered_at desc, fingerprint limit 1)
          union all
          (select * from warehouse.device_reading as reading
           where reading.device_key = asked.device_key and source = 'device'
           order by last_answered_at desc, fingerprint limit 1)
        ) as by_source
        order by last_answered_at desc, source limit 1
      ) as newest
      where (device.imei, device.device_type, device.name, device.description, device.portrait_url,
             device.attributes_answered_at)
        is distinct from (newest.imei, newest.device_type, newest.name, newest.description, newest.portrait_url,
                          newest.last_answered_at)
    )
    """
  }

  func rebuildVersions(of devices: [DeviceKey], on db: isolated Connection) throws {
    _ = try db.execute(
      """
      with \(Self.versions(of: devices)), gone as (
        delete from warehouse.device_version as known
        where device_key = any(\(devices)::integer[])
          and not exists (select from version where (version.device_key, version.valid_from) = (known.device_key, known.valid_from))
      )
      insert into warehouse.device_version (device_key, valid_from, name, description)
      select device_key, valid_from, name, description from version
      except
      select device_key, valid_from, name, description from warehouse.device_version
      where device_key = any(\(devices)::integer[])
      on conflict (device_key, valid_from) do update
      set name = excluded.name, description = excluded.description
      """)
  }

  /// The common table expression `version`: one begins with each response whose name or description differs from those of the
  /// response before.
  static func versions(of devices: [DeviceKey]) -> SQL {
    """
    named as (
      select device_key, first_answered_at, name, description,
             lag(name) over responses as former_name, lag(description) over responses as former_description,
             row_number() over responses as position
      from warehouse.device_reading
      where device_key = any(\(devices)::integer[]) and name is not null
      window responses as (partition by device_key order by first_answered_at, source, fingerprint)
    ), version as (
      select distinct on (device_key, first_answered_at) device_key, first_answered_at as valid_from, name, description
      from named
      where position = 1 or name is distinct from former_name or description is distinct from former_description
      order by device_key, first_answered_at, position desc
    )
    """
  }
}
