import FleetModel
import FoundationEssentials

/// How far back the API has routes. Older days are answered without routes, as if nothing had happened.
public enum History: Hashable, Sendable {
  case since(UTCDay)
  /// That many days before the current one.
  case days(Int)

  func includes(_ day: UTCDay, at now: Date) -> Bool {
    switch self {
    case .since(let first): day >= first
    case .days(let count): day >= UTCDay(containing: now).advanced(by: -count)
    }
  }
}
