/// A day that the API answered with a route departing on it. It shows how far back the API serves data.
public struct ServedDay: Hashable, Sendable {
  public let day: UTCDay
  /// In days at the request.
  public let age: Int

  public init(day: UTCDay, age: Int) {
    self.day = day
    self.age = age
  }

  /// Whether it shows that the API served another day, so that a response without routes for it means none: whether the history goes
  /// back to a fixed day or a fixed number of days, it includes a day that is not older and was asked for at no greater age.
  public func vouches(for day: UTCDay, ofAge age: Int) -> Bool { self.day <= day && self.age >= age }

  /// Those that vouch for more days than others, by day.
  public static func telling(_ days: some Sequence<ServedDay>) -> [ServedDay] {
    days.sorted { ($0.day, -$0.age) < ($1.day, -$1.age) }.reduce(into: []) { kept, served in
      if kept.last.map({ $0.age < served.age }) ?? true { kept.append(served) }
    }
  }
}
