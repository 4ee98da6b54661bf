import FleetModel
import Load
import Postgres
import TestSupport
import Testing

@Suite struct `A changed calibration` {
  @Test func `is found where the mileage changes otherwise than the internal one`() async throws {
    try await withWarehouse { connection, warehouse in
      try await connection.script(
        """
        insert into warehouse.device (account_key, device_id) values (1, 492), (1, 493);
        insert into warehouse.device_reading (
          device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, mileage_km, mileage_raw_km)
        select device_key, day, source, device_key, day, day, mileage_km, mileage_raw_km
        from warehouse.device, (values
          -- A factor of 1.03, and rounding.
          (date '2026-10-01', 'device', 1000, 500), ('2026-10-02', 'device', 1103, 600), ('2026-10-03', 'device', 1105, 601),
          -- Without the internal one, as in a list.
          ('2026-10-04', 'devicelist', 9999, null), ('2026-10-04', 'device', 1110, 606),
          -- Set to the dashboard's, then set back.
          ('2026-10-05', 'device', 1310, 606), ('2026-10-06', 'device', 1000, 616)
        ) as reading (day, source, mileage_km, mileage_raw_km)
        where device_id = 492
        """)
      func samples() async throws -> [String] {
        try await connection.run { db in
          let devices = try warehouse.devices.knownKeys(of: [DeviceID(492), DeviceID(493)], on: db)
          try warehouse.calibration.compare(of: Array(devices.values), on: db)
          try warehouse.calibration.compare(of: Array(devices.values), on: db)
          return try db.query(
            "select sample from bi.finding where rule = 'odometer_recalibrated' and device_id = 492 order by finding.sample desc"
          ).map { try $0.decode("sample") }
        }
      }
      #expect(
        try await samples() == [
          "200.000 km, internally 0.000 km, up to 1791158400", "-310.000 km, internally 10.000 km, up to 1791244800",
        ])
      _ = try await connection.execute("delete from warehouse.device_reading where read_at >= '2026-10-06'")
      #expect(try await samples() == ["200.000 km, internally 0.000 km, up to 1791158400"])
    }
  }
}
