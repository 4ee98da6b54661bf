/// A tag or node that the document does not have, with its value as sent.
public struct UnknownNode: Hashable, Sendable {
  public var name: String
  public var value: WireValue

  public init(name: String, value: WireValue) {
    self.name = name
    self.value = value
  }
}
