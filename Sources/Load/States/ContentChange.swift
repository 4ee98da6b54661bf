import FoundationEssentials

/// When responses first reported a device-day and last changed what they report: the ends of those responses.
public struct ContentChange: Hashable, Sendable {
  public var first: Date?
  public var last: Date

  public init(first: Date?, last: Date) {
    self.first = first
    self.last = last
  }

  public func merged(with other: ContentChange) -> ContentChange {
    ContentChange(first: [first, other.first].compactMap { $0 }.min(), last: max(last, other.last))
  }
}
