import FleetModel
import FoundationEssentials
import Postgres

extension Warehouse {
  /// Adds readings to the time series and brings the device's attributes and versions up to date.
  ///
  /// The same content at the same moment stays one row, so that repetition and order do not matter.
  ///
  /// - Parameter fingerprint: a hash over all that a reading says.
  public func add(
    _ readings: [DeviceReading], from archived: ArchivedResponse, fingerprint: (DeviceReading) -> Int64,
    on db: isolated Connection
  ) throws {
    for reading in readings {
      let device = try deviceKey(of: reading.device, on: db)
      try add(reading, of: device, from: archived.response, fingerprint: fingerprint(reading), on: db)
      try updateAttributes(reading, of: device, answeredAt: archived.response.answeredAt, on: db)
    }
  }

  private func add(
    _ reading: DeviceReading, of device: DeviceKey, from response: Response, fingerprint: Int64,
    on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      insert into warehouse.device_reading as known (
        device_key, read_at, source, fingerprint, first_answered_at, last_answered_at,
        imei, device_type, name, description, portrait_url, mileage_km, mileage_raw_km, day_distance_km, speed_kmh,
        engine_rpm, engine_temperature_c, external_voltage_v, internal_voltage_v, heading_deg, online_at, heartbeat_at,
        error_code, error_at, error_text, status_code, status_text, status_absence, status_description,
        latitude_e7, longitude_e7)
      values (
        \(device), \(reading.heartbeatAt ?? response.requestedAt), \(response.request.action), \(fingerprint),
        \(response.answeredAt), \(response.answeredAt),
        \(reading.imei), \(reading.type), \(reading.name), \(reading.description), \(reading.portraitURL),
        \(reading.mileage), \(reading.rawMileage), \(reading.dayDistance), \(reading.speed), \(reading.engineRPM),
        \(reading.engineTemperature), \(reading.externalVoltage), \(reading.internalVoltage), \(reading.heading),
        \(reading.onlineAt), \(reading.heartbeatAt), \(reading.errorCode), \(reading.errorAt), \(reading.errorText),
        \(reading.statusCode), \(reading.statusText), \(reading.statusAbsence), \(reading.statusDescription),
        \(reading.location?.latitudeE7), \(reading.location?.longitudeE7))
      on conflict (device_key, read_at, source, fingerprint) do update
      set first_answered_at = least(known.first_answered_at, excluded.first_answered_at),
          last_answered_at = greatest(known.last_answered_at, excluded.last_answered_at)
      where excluded.first_answered_at < known.first_answered_at
         or excluded.last_answered_at > known.last_answered_at
      """)
  }

  /// The attributes of a device are those of its latest answer.
  private func updateAttributes(
    _ reading: DeviceReading, of device: DeviceKey, answeredAt: Date, on db: isolated Connection
  ) throws {
    let isLatest =
      try db.execute(
        """
        update warehouse.device
        set imei = \(reading.imei), device_type = \(reading.type), name = \(reading.name),
            description = \(reading.description), portrait_url = \(reading.portraitURL),
            attributes_answered_at = \(answeredAt)
        where device_key = \(device)
          and (attributes_answered_at is null or attributes_answered_at < \(answeredAt))
        """) == 1
    let isKnownVersion =
      try !db.query(
        """
        select from (
          select name, description from warehouse.device_version
          where device_key = \(device) order by valid_from desc limit 1
        ) as latest
        where name is not distinct from \(reading.name)::text
          and description is not distinct from \(reading.description)::text
        """
      ).isEmpty
    if reading.name != nil, !(isLatest && isKnownVersion) {
      try rebuildVersions(of: device, on: db)
    }
  }

  /// A version begins with each answer whose name or description differs from those of the answer before.
  private func rebuildVersions(of device: DeviceKey, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      with named as (
        select first_answered_at, name, description,
               lag(name) over answers as former_name, lag(description) over answers as former_description,
               row_number() over answers as position
        from warehouse.device_reading
        where device_key = \(device) and name is not null
        window answers as (order by first_answered_at, source, fingerprint)
      ), version as (
        select distinct on (first_answered_at) first_answered_at as valid_from, name, description
        from named
        where position = 1 or name is distinct from former_name or description is distinct from former_description
        order by first_answered_at, position desc
      ), gone as (
        delete from warehouse.device_version
        where device_key = \(device) and valid_from not in (select valid_from from version)
      )
      insert into warehouse.device_version as known (device_key, valid_from, name, description)
      select \(device), valid_from, name, description from version
      on conflict (device_key, valid_from) do update
      set name = excluded.name, description = excluded.description
      where known.name is distinct from excluded.name or known.description is distinct from excluded.description
      """)
  }
}
