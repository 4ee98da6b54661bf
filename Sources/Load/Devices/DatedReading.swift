import FleetModel
import FoundationEssentials

/// A reading with the responses that carried it: equal content at one moment is one row.
public struct DatedReading: Hashable, Sendable {
  public var reading: DeviceReading
  /// The call that answered, `devicelist` or `device`.
  public var source: String
  /// The moment that the values hold for.
  public var readAt: Date
  /// A hash over all that the reading says.
  public var fingerprint: Int64
  public var firstAnsweredAt: Date
  public var lastAnsweredAt: Date

  public init(_ reading: DeviceReading, from response: Response, fingerprint: Int64) {
    self.reading = reading
    source = response.request.action
    readAt = reading.heartbeatAt ?? response.requestedAt
    self.fingerprint = fingerprint
    firstAnsweredAt = response.answeredAt
    lastAnsweredAt = response.answeredAt
  }

  /// One for all that have the same content at the same moment.
  public static func merged(_ readings: [DatedReading]) -> [DatedReading] {
    struct Identity: Hashable {
      let device: DeviceID
      let source: String
      let readAt: Date
      let fingerprint: Int64
    }
    var merged: [DatedReading] = []
    var positions: [Identity: Int] = [:]
    for reading in readings {
      let identity = Identity(
        device: reading.reading.device, source: reading.source, readAt: reading.readAt, fingerprint: reading.fingerprint
      )
      if let position = positions[identity] {
        merged[position].firstAnsweredAt = min(merged[position].firstAnsweredAt, reading.firstAnsweredAt)
        merged[position].lastAnsweredAt = max(merged[position].lastAnsweredAt, reading.lastAnsweredAt)
      } else {
        positions[identity] = merged.count
        merged.append(reading)
      }
    }
    return merged
  }
}
