/// An entry of the node "routes": the vendor's tags as sent.
public struct WireRoute: Hashable, Sendable {
  public var originTimestamp = WireValue.absent
  public var originMileage = WireValue.absent
  public var originLocation = WireValue.absent
  public var destinationTimestamp = WireValue.absent
  public var destinationMileage = WireValue.absent
  public var destinationLocation = WireValue.absent
  public var averageSpeed = WireValue.absent
  public var averageSpeedDistance = WireValue.absent
  public var pauseDuration = WireValue.absent
  public var routePoints = WirePoints.absent
  public var routePause = WireList<WirePause>()
  /// Undocumented tags, in the order sent.
  public var unknownTags: [UnknownNode] = []
  /// The text of the node.
  public var source: ArraySlice<UInt8> = []

  init(_ object: JSONObject, _ decoder: inout WireDecoder) {
    source = decoder.bytes[object.source]
    for member in object.members {
      switch member.name {
      case "origin_timestamp": originTimestamp = decoder.value(member.value)
      case "origin_mileage": originMileage = decoder.value(member.value)
      case "origin_location": originLocation = decoder.value(member.value)
      case "destination_timestamp": destinationTimestamp = decoder.value(member.value)
      case "destination_mileage": destinationMileage = decoder.value(member.value)
      case "destination_location": destinationLocation = decoder.value(member.value)
      case "average_speed": averageSpeed = decoder.value(member.value)
      case "average_speed_distance": averageSpeedDistance = decoder.value(member.value)
      case "pause_duration": pauseDuration = decoder.value(member.value)
      case "route_points": routePoints = decoder.points(member.value)
      case "route_pause": routePause = decoder.list(member.value) { object, decoder in WirePause(object, decoder) }
      default: unknownTags.append(UnknownNode(name: member.name, value: decoder.value(member.value)))
      }
    }
  }
}
