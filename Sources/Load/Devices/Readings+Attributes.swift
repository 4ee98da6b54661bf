import FleetModel
import Postgres

extension Readings {
  /// Updates the attributes of devices to those in their latest response.
  func updateAttributes(of devices: [DeviceKey], on db: isolated Connection) throws {
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

  /// Derives the attributes and versions of a device from its remaining readings.
  public func rebuildAttributes(of device: DeviceKey, on db: isolated Connection) throws {
    try updateAttributes(of: [device], on: db)
    try rebuildVersions(of: [device], on: db)
  }

  /// The common table expression `latest`: what the attributes of devices should be, where they are not.
  ///
  /// They are those of the reading that holds for the latest moment. An attribute that it does not have is taken from the latest
  /// reading of the other kind: the two calls may send different tags.
  static func outdatedAttributes(of devices: [DeviceKey]) -> SQL {
    let columns = ["imei", "device_type", "name", "description", "portrait_url"]
    let attributes = columns.map { "coalesce(newer.\($0), older.\($0)) as \($0)" }.joined(separator: ", ")
    func ofKind(_ source: String) -> SQL {
      """
      (select * from warehouse.device_reading as reading
       where reading.device_key = asked.device_key and source = \(source)
       order by read_at desc, last_answered_at desc, fingerprint limit 1)
      """
    }
    return """
      latest as (
        select asked.device_key, \(unescaped: attributes), newer.last_answered_at
        from unnest(\(devices)::integer[]) as asked (device_key)
        join warehouse.device using (device_key)
        left join lateral (
          select *, row_number() over (order by read_at desc, last_answered_at desc, source) as position
          from (\(ofKind("devicelist")) union all \(ofKind("device"))) as by_source
          order by position limit 1
        ) as newer on true
        left join lateral (
          select * from (\(ofKind("devicelist")) union all \(ofKind("device"))) as by_source
          where by_source.source <> newer.source
        ) as older on true
        where (device.imei, device.device_type, device.name, device.description, device.portrait_url,
               device.attributes_answered_at)
          is distinct from (coalesce(newer.imei, older.imei), coalesce(newer.device_type, older.device_type),
                            coalesce(newer.name, older.name), coalesce(newer.description, older.description),
                            coalesce(newer.portrait_url, older.portrait_url), newer.last_answered_at)
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
      insert into warehouse.device_version (device_key, valid_from, name, description, imei)
      select device_key, valid_from, name, description, imei from version
      except
      select device_key, valid_from, name, description, imei from warehouse.device_version
      where device_key = any(\(devices)::integer[])
      on conflict (device_key, valid_from) do update
      set name = excluded.name, description = excluded.description, imei = excluded.imei
      """)
  }

  /// The common table expression `version`: one begins with each response whose name, description or IMEI differs from
  /// the previous response. A response without an IMEI says nothing about it.
  static func versions(of devices: [DeviceKey]) -> SQL {
    """
    told as (
      select *, count(imei) over (partition by device_key order by first_answered_at, source, fingerprint) as imei_no
      from warehouse.device_reading
      where device_key = any(\(devices)::integer[])
    ), identified as (
      -- The IMEI of the response or of the last one before it that has one; before the first such response, of that one.
      select *, coalesce(max(told.imei) over (partition by device_key, imei_no),
                         max(told.imei) filter (where imei_no = 1) over (partition by device_key)) as known_imei
      from told
    ), named as (
      select device_key, first_answered_at, name, description, known_imei as imei,
             lag(name) over responses as former_name, lag(description) over responses as former_description,
             lag(known_imei) over responses as former_imei, row_number() over responses as position
      from identified as reading
      where name is not null
        -- A kind of response that never has a description says nothing about it.
        and (description is not null or source in (
               select source from told where told.device_key = reading.device_key and told.description is not null)
             or not exists (
               select from told where told.device_key = reading.device_key and told.description is not null))
      window responses as (partition by device_key order by first_answered_at, source, fingerprint)
    ), version as (
      select distinct on (device_key, first_answered_at)
             device_key, first_answered_at as valid_from, name, description, imei
      from named
      where position = 1 or name is distinct from former_name or description is distinct from former_description
         or imei is distinct from former_imei
      order by device_key, first_answered_at, position desc
    )
    """
  }
}
