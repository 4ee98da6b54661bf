import FleetModel
import Load

/// How far a replay has come.
public struct ReplayProgress: Hashable, Sendable {
  public var responses: Int
  public var totalResponses: Int
  /// Of the responses, before compression.
  public var bytes: Int
  public var totalBytes: Int
  public var points: Int
}

/// What a replay did, or found.
public struct ReplayResult: Sendable {
  public var responses = 0
  /// Whose response counts: loaded, or compared.
  public var deviceDays = 0
  /// Device-days of which rows were written.
  public var written = 0
  /// Of the device-days, written or not.
  public var points = 0
  /// By device and day; no more than ``mostDifferences``.
  public var differences: [Difference] = []
  public var differenceCount = 0
  /// The devices that differences can be about.
  public var devices: [DeviceKey: DeviceID] = [:]
  /// Responses that are damaged or cannot be loaded.
  public var errors: [String] = []
  /// Why it ended early; nil when all was done.
  public var stop: StopReason?
  public var failure: (any Error)?
  public var signal: Int32?

  /// So many are told one by one.
  public static let mostDifferences = 10_000

  mutating func add(_ outcomes: [Loader.Outcome]) {
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
