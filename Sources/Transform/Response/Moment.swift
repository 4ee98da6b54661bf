import FoundationEssentials

/// What a tag says of a time. A value that could not be used is not an absent one.
enum Moment: Hashable {
  case absent
  case at(Date)
  case unusable

  /// Clocks differ: a time this far ahead of the request is the moment of the request.
  static let mostSecondsAhead = 300.0

  /// A time that a device reports of itself cannot be in the future.
  func reported(requestedAt: Date) -> Moment {
    guard case .at(let time) = self, time > requestedAt else { return self }
    guard time <= requestedAt.addingTimeInterval(Self.mostSecondsAhead) else { return .unusable }
    return .at(Date(timeIntervalSince1970: requestedAt.timeIntervalSince1970.rounded(.down)))
  }

  var date: Date? { if case .at(let date) = self { date } else { nil } }
}
