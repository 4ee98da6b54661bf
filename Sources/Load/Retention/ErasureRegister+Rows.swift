import FleetModel
import FoundationEssentials
import Postgres

extension ErasureRegister {
  /// The number of rows that ``deleteRows(of:on:)`` deleted.
  public struct ErasedRows: Hashable, Sendable {
    public var routes = 0
    public var points = 0
    public var readings = 0
    /// Checkpoints.
    public var deviceDays = 0
  }

  /// Deletes all rows of a device's erased days.
  public func deleteRows(of device: DeviceKey, on db: isolated Connection) throws -> ErasedRows {
    var rows = ErasedRows()
    // Constants let the planner skip all other partitions.
    for days in try erasedDays(of: device, on: db) {
      let range: SQL = "where device_key = \(device) and day between \(days.lowerBound) and \(days.upperBound)"
      rows.points += try db.execute("delete from warehouse.route_point \(range)")
      rows.routes += try db.execute("delete from warehouse.route \(range)")
      rows.deviceDays += try db.execute("delete from etl.checkpoint \(range)")
      _ = try db.execute("delete from etl.failed_day \(range)")
    }
    let erased: SQL = "from etl.erasure where erasure.device_key = \(device) and t.device_key = \(device)"
    _ = try db.execute(
      """
      delete from etl.response_day as t
      where exists (select \(erased) and (t.day between from_day and to_day or t.asked_day between from_day and to_day))
      """)
    // Responses for other days may report the device at an erased moment.
    _ = try db.execute(
      """
      update etl.response_day as t set heard_at = null, is_parked = false
      where (heard_at is not null or is_parked)
        and exists (
          select \(erased) and (coalesce(t.heard_at, t.requested_at) at time zone 'UTC')::date between from_day and to_day)
      """)
    _ = try db.execute(
      """
      delete from etl.finding as t
      where exists (
        select \(erased) and (
          t.day between from_day and to_day or (t.departed_at at time zone 'UTC')::date between from_day and to_day))
      """)
    rows.readings = try db.execute(
      """
      delete from warehouse.device_reading as t
      where exists (select \(erased) and (t.read_at at time zone 'UTC')::date between from_day and to_day)
      """)
    return rows
  }

  private func erasedDays(of device: DeviceKey, on db: isolated Connection) throws -> [ClosedRange<UTCDay>] {
    try db.query("select from_day, to_day from etl.erasure where device_key = \(device)").map {
      try $0.decode("from_day")...$0.decode("to_day")
    }
  }
}
