/// The entries of a list, and the start of each text that stood where an entry belongs.
public struct WireList<Entry: Hashable & Sendable>: Hashable, Sendable {
  public var entries: [Entry] = []
  public var unusable: [String] = []
}
