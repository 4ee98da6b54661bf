import FleetModel
import Postgres

// How values of the model are bound and decoded.

extension UTCDay: PostgresParameter, PostgresDecodable {
  public var postgresParameter: PostgresParameterValue { .text(description) }

  public init(postgres value: PostgresValue) throws {
    self.init(number: try value.daysSince1970())
  }
}

extension AccountKey: PostgresParameter, PostgresDecodable {
  public var postgresParameter: PostgresParameterValue { value.postgresParameter }
  public init(postgres value: PostgresValue) throws { self.value = try Int32(postgres: value) }
}

extension DeviceKey: PostgresParameter, PostgresDecodable {
  public var postgresParameter: PostgresParameterValue { value.postgresParameter }
  public init(postgres value: PostgresValue) throws { self.value = try Int32(postgres: value) }
}

extension DeviceID: PostgresParameter, PostgresDecodable {
  public var postgresParameter: PostgresParameterValue { value.postgresParameter }
  public init(postgres value: PostgresValue) throws { self.init(try Int64(postgres: value)) }
}

extension Decimal3: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(description) }
}
