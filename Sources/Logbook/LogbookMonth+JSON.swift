import FoundationEssentials

extension LogbookMonth: Encodable {
  private enum CodingKeys: CodingKey {
    case account, deviceID, deviceName, deviceDescription, localMonth, timeZone, readAt, isComplete, totals, days,
      entries
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(account, forKey: .account)
    try container.encode(deviceID, forKey: .deviceID)
    try container.encodeIfPresent(deviceName, forKey: .deviceName)
    try container.encodeIfPresent(deviceDescription, forKey: .deviceDescription)
    try container.encode(localMonth, forKey: .localMonth)
    try container.encode(timeZone, forKey: .timeZone)
    try container.encode(readAt, forKey: .readAt)
    try container.encode(isComplete, forKey: .isComplete)
    try container.encode(totals, forKey: .totals)
    try container.encode(days, forKey: .days)
    try container.encode(entries, forKey: .entries)
  }

  /// One object, documented in docs/json-output.md. Does not contain tracks, which are in `bi.route_track`.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

extension LogbookMonth.Entry: Encodable {
  private enum CodingKeys: CodingKey { case kind }

  /// The keys of the row, plus `kind`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .trip(let trip):
      try container.encode("trip", forKey: .kind)
      try trip.encode(to: encoder)
    case .gap(let gap):
      try container.encode("gap", forKey: .kind)
      try gap.encode(to: encoder)
    }
  }
}
