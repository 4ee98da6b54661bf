import FleetModel
import FleetizeAPI

extension RoutePause {
  init(_ wire: WirePause, _ translator: inout Translator) {
    self.init(
      typeCode: translator.code(wire.type, "type", known: 1...2, otherwise: .unknownPauseType),
      isGrouped: translator.flag(wire.grouped, "grouped"),
      startedAt: translator.timestamp(wire.startTimestamp, "start_timestamp"),
      endedAt: translator.timestamp(wire.endTimestamp, "end_timestamp"),
      mileage: translator.decimal(wire.mileage, "mileage"),
      location: translator.location(wire.location, "location"))
    for tag in wire.unknownTags { translator.noteUnknown(tag) }
  }
}
