import FleetModel
import FleetizeAPI
import FoundationEssentials

/// What has to be done with an archived response, so that it contains no erased data.
public enum Redaction: Hashable, Sendable {
  /// Nothing: it contains no erased data.
  case clean
  /// Replace its body with this one: valid JSON without the erased routes and readings.
  case body([UInt8])
  /// Delete it: its asked day is erased, or it cannot be read and so cannot be shown to be free of erased data.
  case delete
}

/// Finds erased data in a response.
///
/// A route is removed if it departs on an erased day, or at an unknown time. A reading is removed if the moment it holds for is on
/// an erased day; attributes such as the device's name are kept unless the response was requested on an erased day. Undocumented
/// tags are treated like the route or reading they belong to; elsewhere they are removed, because they may contain data of any day.
public func redaction(of response: Response, erasing erasures: Erasures) -> Redaction {
  switch response.request {
  case .deviceDay(let device, let day):
    if erasures.cover(day, of: device) { return .delete }
    let isConcerned = erasures.concern(responsesRequestedAt: response.requestedAt, of: device)
    if case .rejected(.wrongDevice(let answered), _) = interpret(response), !isConcerned {
      // The vendor sent the response of another device by mistake.
      let other = Int64(answered).map { DeviceID($0) }
      return other.map { erasures.concern(responsesRequestedAt: response.requestedAt, of: $0) } ?? false
        ? .delete : .clean
    }
    guard isConcerned else { return .clean }
  case .deviceList:
    guard erasures.concern(listsRequestedAt: response.requestedAt) else { return .clean }
  }
  return redactionOfConcerned(response, erasures)
}

private func redactionOfConcerned(_ response: Response, _ erasures: Erasures) -> Redaction {
  if case .rejected(let fault, _) = interpret(response) {
    return isHarmless(response, fault) ? .clean : .delete
  }
  guard let wire = try? WireResponse(reading: response.body, contentType: response.contentType) else {
    return .delete
  }
  let body: [UInt8]?
  switch response.request {
  case .deviceList:
    body = wire.redactedList { keptTags(of: $0, response, erasures) }
  case .deviceDay(let device, _):
    body = wire.redactedDay(
      routes: { route in
        var translator = Translator(findings: FindingLog())
        guard let departedAt = translator.timestamp(route.originTimestamp, "origin_timestamp") else { return .blank }
        return erasures.cover(departedAt, of: device) ? .remove : .keep
      }, tags: { keptTags(of: $0, response, erasures) })
  }
  guard let body else { return .clean }
  var redacted = response
  redacted.body = body
  return containsErased(interpret(redacted), of: redacted, erasures) ? .delete : .body(body)
}

/// An empty body or a vendor error contains no data.
private func isHarmless(_ response: Response, _ fault: Fault) -> Bool {
  response.body.isEmpty || fault.vendorCode != nil && response.body.count <= 512
}

/// Tags that describe the device itself, rather than where it was or how it was doing.
private let attributeTags: Set = [
  "device_id", "timestamp", "device_imei", "device_type", "device_name", "device_description", "device_portrait",
]

private func keptTags(of device: WireDevice, _ response: Response, _ erasures: Erasures) -> KeptTags {
  var translator = Translator(findings: FindingLog())
  // It may belong to any device.
  guard let id = translator.identifier(device.deviceID, "device_id") else { return .only([]) }
  let reading = DeviceReading(device, of: DeviceID(id), requestedAt: response.requestedAt, &translator)
  guard erasures.cover(reading.readAt(requestedAt: response.requestedAt), of: DeviceID(id)) else { return .all }
  return .only(erasures.cover(response.requestedAt, of: DeviceID(id)) ? ["device_id", "timestamp"] : attributeTags)
}

/// Verifies a redaction by reading the response again.
private func containsErased(_ interpretation: Interpretation, of response: Response, _ erasures: Erasures) -> Bool {
  switch interpretation {
  case .list(let list):
    return list.readings.contains { isErased($0, of: response, erasures) && $0 != DeviceReading(device: $0.device) }
  case .day(let day):
    let hasReading = day.reading.map {
      isErased($0, of: response, erasures) && $0 != DeviceReading(device: $0.device)
    }
    return day.routes.contains { erasures.cover($0.day, of: day.device) } || hasReading ?? false
  case .rejected: return true
  }
}

private func isErased(_ reading: DeviceReading, of response: Response, _ erasures: Erasures) -> Bool {
  erasures.cover(reading.readAt(requestedAt: response.requestedAt), of: reading.device)
}

extension Interpretation {
  /// What may be loaded of a response without erased data. Readings of erased days, of which only the device's id is left, become no rows.
  public func withoutErasedReadings(of response: Response, _ erasures: Erasures) -> Interpretation {
    switch self {
    case .list(var list):
      list.readings.removeAll { isErased($0, of: response, erasures) }
      return .list(list)
    case .day(var day):
      if let reading = day.reading, isErased(reading, of: response, erasures) { day.reading = nil }
      return .day(day)
    case .rejected: return self
    }
  }
}
