import FoundationEssentials
import Postgres

/// What the last load stored for a device-day.
public struct CheckpointRow: Hashable, Sendable {
  public var fetchedAt: Date?
  public var routeCount: Int32 = 0
  public var pointCount: Int32 = 0
  public var contentHash: [UInt8]?

  public init() {}

  init(_ row: Row) throws {
    fetchedAt = try row.decode("fetched_at")
    routeCount = try row.decode("route_count")
    pointCount = try row.decode("point_count")
    contentHash = try row.decode("content_hash")
  }
}
