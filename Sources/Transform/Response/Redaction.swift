import FleetModel
import FleetizeAPI
import FoundationEssentials

/// What has to happen to an archived response, so that it tells nothing of what is erased.
public enum Redaction: Hashable, Sendable {
  /// It tells nothing of it.
  case clean
  /// This body in its place: valid JSON without the routes and readings concerned.
  case body([UInt8])
  /// It has to go as a whole: it was asked for an erased day, or it cannot be read and nothing can show it clean.
  case delete
}

/// Looks for what is erased in a response.
///
/// A route goes when it departs on an erased day, or when nobody can say on which. A reading goes when the moment that it holds for
/// lies on an erased day; attributes such as the device's name stay in a response that was requested on another day. A tag that the
/// document does not have goes and stays with the route or reading that it is in; beside them it goes, because it may tell of any day.
public func redaction(of response: Response, erasing erasures: Erasures) -> Redaction {
  switch response.request {
  case .deviceDay(let device, let day):
    if erasures.cover(day, of: device) { return .delete }
    let isConcerned = erasures.concern(responsesRequestedAt: response.requestedAt, of: device)
    if case .rejected(.wrongDevice(let answered), _) = interpret(response), !isConcerned {
      // Another device's response lies here by mistake.
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
  guard let answer = try? WireResponse(reading: response.body, contentType: response.contentType) else {
    return .delete
  }
  let body: [UInt8]?
  switch response.request {
  case .deviceList:
    body = answer.redactedList { keptTags(of: $0, response, erasures) }
  case .deviceDay(let device, _):
    body = answer.redactedDay(
      keepsRoute: { route in
        var translator = Translator(findings: FindingLog())
        guard let departedAt = translator.timestamp(route.originTimestamp, "origin_timestamp") else { return false }
        return !erasures.cover(departedAt, of: device)
      }, tags: { keptTags(of: $0, response, erasures) })
  }
  guard let body else { return .clean }
  var redacted = response
  redacted.body = body
  return tellsOfErased(interpret(redacted), of: redacted, erasures) ? .delete : .body(body)
}

/// A vendor's error message, or nothing at all.
private func isHarmless(_ response: Response, _ fault: Fault) -> Bool {
  response.body.isEmpty || fault.vendorCode != nil && response.body.count <= 512
}

/// Tags that say what the device is, rather than where it was and how it did.
private let attributeTags: Set = [
  "device_id", "timestamp", "device_imei", "device_type", "device_name", "device_description", "device_portrait",
]

private func keptTags(of device: WireDevice, _ response: Response, _ erasures: Erasures) -> KeptTags {
  var translator = Translator(findings: FindingLog())
  // Whose it is cannot be said, nor what it tells.
  guard let id = translator.identifier(device.deviceID, "device_id") else { return .only([]) }
  let readAt = translator.timestamp(device.heartbeatTimestamp, "heartbeat_timestamp") ?? response.requestedAt
  guard erasures.cover(readAt, of: DeviceID(id)) else { return .all }
  return .only(erasures.cover(response.requestedAt, of: DeviceID(id)) ? ["device_id", "timestamp"] : attributeTags)
}

/// The proof of the redaction: read again, the response has nothing left of what is erased.
private func tellsOfErased(_ interpretation: Interpretation, of response: Response, _ erasures: Erasures) -> Bool {
  switch interpretation {
  case .list(let list):
    return list.readings.contains { isErased($0, of: response, erasures) && $0 != DeviceReading(device: $0.device) }
  case .day(let answer):
    let hasReading = answer.reading.map {
      isErased($0, of: response, erasures) && $0 != DeviceReading(device: $0.device)
    }
    return answer.routes.contains { erasures.cover($0.day, of: answer.device) } || hasReading ?? false
  case .rejected: return true
  }
}

private func isErased(_ reading: DeviceReading, of response: Response, _ erasures: Erasures) -> Bool {
  erasures.cover(reading.heartbeatAt ?? response.requestedAt, of: reading.device)
}

extension Interpretation {
  /// What may be loaded of a response that is clean: readings of erased days, of which only the device's number is left, are no rows.
  public func withoutErasedReadings(of response: Response, _ erasures: Erasures) -> Interpretation {
    switch self {
    case .list(var list):
      list.readings.removeAll { isErased($0, of: response, erasures) }
      return .list(list)
    case .day(var answer):
      if let reading = answer.reading, isErased(reading, of: response, erasures) { answer.reading = nil }
      return .day(answer)
    case .rejected: return self
    }
  }
}
