import FleetModel
import FoundationEssentials

/// A reading with the times of the responses that contained it. Equal content at one moment is one row.
public struct DatedReading: Hashable, Sendable {
  public var reading: DeviceReading
  /// The action of the call, `devicelist` or `device`.
  public var source: String
  /// The moment to which the values refer.
  public var readAt: Date
  /// A hash over all values of the reading.
  public var fingerprint: Int64
  public var firstAnsweredAt: Date
  public var lastAnsweredAt: Date
  /// The response at ``firstAnsweredAt``.
  public var firstResponse: Int64
  public var firstRequestedAt: Date

  public init(_ reading: DeviceReading, from archived: ArchivedResponse, fingerprint: Int64) {
    let response = archived.response
    self.reading = reading
    source = response.request.action
    readAt = reading.readAt(requestedAt: response.requestedAt)
    self.fingerprint = fingerprint
    firstAnsweredAt = response.answeredAt
    lastAnsweredAt = response.answeredAt
    firstResponse = archived.key.number
    firstRequestedAt = response.requestedAt
  }

  /// Merges readings with the same content at the same moment.
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
        let known = merged[position]
        if (reading.firstAnsweredAt, reading.firstResponse) < (known.firstAnsweredAt, known.firstResponse) {
          merged[position].firstAnsweredAt = reading.firstAnsweredAt
          merged[position].firstResponse = reading.firstResponse
          merged[position].firstRequestedAt = reading.firstRequestedAt
        }
        merged[position].lastAnsweredAt = max(known.lastAnsweredAt, reading.lastAnsweredAt)
      } else {
        positions[identity] = merged.count
        merged.append(reading)
      }
    }
    return merged
  }
}
