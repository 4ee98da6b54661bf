import FleetModel
import FoundationEssentials
import Postgres

/// The response that counts for an asked day, and the days whose rows its routes take part in.
public struct KnownResponse: Hashable, Sendable {
  public let key: ResponseKey
  public let device: DeviceKey
  public let requestedAt: Date
  /// The device's last contact according to the response.
  public let heardAt: Date?
  /// Whether the response gives the status code 1.
  public let isParked: Bool
  /// Whether all of its routes could be read.
  public let isWhole: Bool
  /// Why it does not show that its routes are all.
  public let doubt: DayState.OpenReason?
  /// Always has the asked day itself.
  public let days: Set<UTCDay>

  public init(
    key: ResponseKey, device: DeviceKey, requestedAt: Date, heardAt: Date?, isParked: Bool, isWhole: Bool = true,
    doubt: DayState.OpenReason? = nil, days: Set<UTCDay>
  ) {
    self.key = key
    self.device = device
    self.requestedAt = requestedAt
    self.heardAt = heardAt
    self.isParked = isParked
    self.isWhole = isWhole
    self.doubt = doubt
    self.days = days
  }

  /// Whether the request left out the points.
  public var leavesOutPoints: Bool { doubt == .pointsLeftOut }

  /// As ``DayResponse/isComparable``.
  public var isComparable: Bool { isWhole && !leavesOutPoints }

  public var asked: DayKey { DayKey(device: device, day: key.day) }

  /// Whether it counts rather than `other`: one with points, then a whole one, then the one requested later.
  public func isLater(than other: KnownResponse) -> Bool {
    guard leavesOutPoints == other.leavesOutPoints else { return !leavesOutPoints }
    guard isWhole == other.isWhole else { return isWhole }
    return (requestedAt, key.number) > (other.requestedAt, other.key.number)
  }
}

/// The table `etl.response_day`: the response that counts for each asked day, and the days whose rows its routes take part in.
public struct ResponseDays: Sendable {
  /// The latest known responses for asked days.
  public func known(
    for asked: some Collection<DayKey>, on db: isolated Connection
  ) throws -> [DayKey: KnownResponse] {
    let rows = try db.query(
      """
      select device_key, asked_day, response_key, requested_at, heard_at, is_parked, is_whole, doubt,
             array_agg(day::text) as days
      from unnest(\(asked.map(\.device))::integer[], \(asked.map(\.day))::date[]) as asked (device_key, asked_day)
      join etl.response_day using (device_key, asked_day)
      group by device_key, asked_day, response_key, requested_at, heard_at, is_parked, is_whole, doubt
      """)
    return try rows.reduce(into: [:]) { known, row in
      let days: [String] = try row.decode("days")
      let response = KnownResponse(
        key: ResponseKey(number: try row.decode("response_key"), day: try row.decode("asked_day")),
        device: try row.decode("device_key"), requestedAt: try row.decode("requested_at"),
        heardAt: try row.decode("heard_at"), isParked: try row.decode("is_parked"),
        isWhole: try row.decode("is_whole"),
        doubt: (try row.decode("doubt") as String?).flatMap(DayState.OpenReason.init(rawValue:)),
        days: Set(days.compactMap { UTCDay($0) }))
      known[response.asked] = response
    }
  }

  /// Stores the days on which the routes of responses depart, replacing earlier responses for the same asked days.
  public func note(_ responses: [KnownResponse], on db: isolated Connection) throws {
    guard !responses.isEmpty else { return }
    _ = try db.execute(
      """
      delete from etl.response_day as known
      using unnest(\(responses.map(\.device))::integer[], \(responses.map(\.key.day))::date[]) as asked (device_key, asked_day)
      where (known.device_key, known.asked_day) = (asked.device_key, asked.asked_day)
      """)
    let rows = responses.flatMap { response in response.days.sorted().map { (response, $0) } }
    _ = try db.execute(
      """
      insert into etl.response_day (
        device_key, asked_day, day, response_key, requested_at, heard_at, is_parked, is_whole, doubt)
      select * from unnest(
        \(rows.map(\.0.device))::integer[], \(rows.map(\.0.key.day))::date[], \(rows.map(\.1))::date[],
        \(rows.map(\.0.key.number))::bigint[], \(rows.map(\.0.requestedAt))::timestamptz[],
        \(rows.map(\.0.heardAt))::timestamptz[], \(rows.map(\.0.isParked))::boolean[],
        \(rows.map(\.0.isWhole))::boolean[], \(rows.map { $0.0.doubt?.rawValue })::text[])
      """)
  }

  /// The responses that contain routes departing on the given days.
  public func contributors(
    to days: some Collection<DayKey>, on db: isolated Connection
  ) throws -> [DayKey: [ResponseKey]] {
    let rows = try db.query(
      """
      select device_key, day, asked_day, response_key
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      join etl.response_day using (device_key, day)
      """)
    return try rows.reduce(into: [:]) { contributors, row in
      let day = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      contributors[day, default: []].append(
        ResponseKey(number: try row.decode("response_key"), day: try row.decode("asked_day")))
    }
  }
}
