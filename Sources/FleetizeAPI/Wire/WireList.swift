/// The entries of a list.
public struct WireList<Entry: Hashable & Sendable>: Hashable, Sendable {
  public var entries: [Entry] = []
  /// The start of each element that is not an object.
  public var unusable: [String] = []
}
