import FleetModel
import FoundationEssentials

extension Vehicle {
  /// An entry of `devicelist`: the tags of the document's sample, in its order.
  func listEntry(_ state: DeviceState, at now: Int) -> JSON {
    .object([
      "device_id": .number(Int(id.value)),
      "device_imei": .number(imei),
      "device_type": .string("CAR"),
      "device_name": .string(name),
      "device_description": .string(description),
      "device_portrait": .string(portrait),
      "device_mileage": .number(state.metres / 1000),
      "device_distance": .number(state.metresToday / 1000),
      "online_timestamp": .number(state.online),
      "heartbeat_timestamp": .number(state.heartbeat),
      "error_code": .number(state.errorCode),
      "error_text": .string(state.errorText),
      "status_absence": .string(absence(state, at: now)),
      "status_description": .string(statusDescription(state)),
      "status_text": .string(state.status.text),
      "location": .string(state.place.description),
    ])
  }

  /// The node "device": the tags of the document's reference, in its order.
  func deviceNode(_ state: DeviceState, day: UTCDay) -> JSON {
    .object([
      "timestamp": .number(day.unixStart),
      "device_id": .number(Int(id.value)),
      "device_imei": .number(imei),
      "device_type": .string("CAR"),
      "device_name": .string(name),
      "device_description": .string(description),
      "device_mileage": .number(state.metres / 1000),
      "device_mileage_raw": .number(max(0, state.metres / 1000 + rawOffsetKm)),
      "device_distance": .number(state.metresToday / 1000),
      "device_portrait": .string(portrait),
      "device_speed": .number(state.speedKmh),
      "device_upm": .number(state.engineRpm),
      "device_temp_engine": .number(state.engineTemperature),
      "device_voltage_external": .tenths(state.vehicleVoltageTenths),
      "device_voltage_internal": .tenths(state.deviceVoltageTenths),
      "device_angle": .number(state.angle),
      "online_timestamp": .number(state.online),
      "heartbeat_timestamp": .number(state.heartbeat),
      "error_code": .number(state.errorCode),
      "error_code_time": .number(state.errorTime),
      "error_text": .string(state.errorText),
      "status_text": .string(state.status.text),
      "status_code": .number(state.status.rawValue),
      "location": .string(state.place.description),
    ])
  }

  /// `Parking: 1d 10h`
  private func absence(_ state: DeviceState, at now: Int) -> String? {
    guard state.status == .parked, let online = state.online else { return nil }
    let hours = max(0, now - online) / 3600
    return "Parking: \(hours / 24)d \(hours % 24)h"
  }

  /// `parked since Di, 17.03., 08:09`
  private func statusDescription(_ state: DeviceState) -> String {
    guard state.status == .parked, let online = state.online else { return state.status.text }
    return "parked since \(BerlinTime.text(online))"
  }
}

extension SimulatedDevice {
  init(_ state: DeviceState, of vehicle: Vehicle) {
    self.init(
      id: vehicle.id, online: state.online.map { Date(timeIntervalSince1970: Double($0)) },
      heartbeat: Date(timeIntervalSince1970: Double(state.heartbeat)), statusCode: state.status.rawValue,
      mileageKm: state.metres / 1000)
  }
}
