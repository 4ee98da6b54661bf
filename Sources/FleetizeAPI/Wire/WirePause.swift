/// An entry of the node "route_pause": the vendor's tags as sent.
public struct WirePause: Hashable, Sendable {
  public var grouped = WireValue.absent
  public var type = WireValue.absent
  public var startTimestamp = WireValue.absent
  public var endTimestamp = WireValue.absent
  public var mileage = WireValue.absent
  public var location = WireValue.absent
  /// Undocumented tags, in the order sent.
  public var unknownTags: [UnknownNode] = []

  init(_ object: JSONObject, _ decoder: WireDecoder) {
    for member in object.members {
      let value = decoder.value(member.value)
      switch member.name {
      case "grouped": grouped = value
      case "type": type = value
      case "start_timestamp": startTimestamp = value
      case "end_timestamp": endTimestamp = value
      case "mileage": mileage = value
      case "location": location = value
      default: unknownTags.append(UnknownNode(name: member.name, value: value))
      }
    }
  }
}
