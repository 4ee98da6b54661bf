import FleetModel
import Load

/// How far a replay has got.
public struct ReplayProgress: Hashable, Sendable {
  public var responses: Int
  public var totalResponses: Int
  /// Size of the responses before compression.
  public var bytes: Int
  public var totalBytes: Int
  public var points: Int
}

/// What a replay did, or found.
public struct ReplayResult: Sendable {
  public var responses = 0
  /// Those with a response that counts, loaded or compared.
  public var deviceDays = 0
  /// Device-days whose rows were written.
  public var written = 0
  /// Points of all these device-days, written or not.
  public var points = 0
  /// At most ``mostDifferences``.
  public var differences: [Difference] = []
  public var differenceCount = 0
  /// All devices, to name those in ``differences``.
  public var devices: [DeviceKey: DeviceID] = [:]
  /// One message per response that is damaged or cannot be loaded.
  public var errors: [String] = []
  /// Why it ended early; nil if everything was done.
  public var stop: StopReason?
  public var failure: (any Error)?
  public var signal: Int32?

  /// How many differences are kept one by one.
  public static let mostDifferences = 10_000

  mutating func add(_ outcomes: [DayRebuilder.Outcome]) {
    for outcome in outcomes where outcome.state != nil {
      deviceDays += 1
      written += outcome.writtenDays.isEmpty ? 0 : 1
      points += outcome.pointCount
    }
  }

  mutating func note(_ found: [Difference]) {
    differenceCount += found.count
    differences += found.prefix(max(0, Self.mostDifferences - differences.count))
  }
}
