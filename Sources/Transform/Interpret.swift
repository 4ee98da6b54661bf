import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Interprets a response. It is usable if it is one complete JSON document of the documented shape, for the asked device and day.
public func interpret(_ response: Response) -> Interpretation {
  do {
    let wire = try wireResponse(response)
    switch response.request {
    case .deviceList:
      return .list(try fleetList(wire.deviceList(), response))
    case .deviceDay(let device, let day):
      return .day(try dayResponse(wire.day(), of: device, on: day, response))
    }
  } catch {
    return .rejected(error, [finding(of: error, response)])
  }
}

/// Checks for a vendor error first, whatever the HTTP status; then the status, whether the body is complete, and its form.
private func wireResponse(_ response: Response) throws(Fault) -> WireResponse {
  let wire: Result<WireResponse, Fault>
  let vendorError: VendorError?
  do {
    let json = try WireResponse(reading: response.body, contentType: response.contentType)
    (wire, vendorError) = (.success(json), json.vendorError)
  } catch {
    (wire, vendorError) = (.failure(error), VendorError.find(inText: response.body))
  }
  if let vendorError { throw vendorError.fault }
  guard response.httpStatus == 200 else { throw .httpStatus(response.httpStatus) }
  guard response.isComplete else { throw .truncated(bytes: response.body.count) }
  return try wire.get()
}

private func finding(of fault: Fault, _ response: Response) -> Finding {
  var (device, day): (DeviceID?, UTCDay?)
  if case .deviceDay(let asked, let askedDay) = response.request { (device, day) = (asked, askedDay) }
  let isVendorError = fault.vendorCode != nil
  return Finding(
    rule: fault.code, severity: .error, device: device, day: day,
    detail: "The response is unusable: \(fault).",
    sample: isVendorError || response.body.isEmpty ? nil : Excerpt.of(response.body))
}

// MARK: The device list

private func fleetList(_ wire: WireDeviceList, _ response: Response) throws(Fault) -> FleetList {
  guard !wire.devices.entries.isEmpty || !wire.devices.unusable.isEmpty else { throw .emptyList }
  var translator = Translator(findings: FindingLog())
  translator.note(wire.tolerances)
  for excerpt in wire.devices.unusable { translator.findings.note(.deviceUnusable, sample: excerpt) }
  var readings: [DeviceReading?] = []
  var positions: [DeviceID: Int] = [:]
  for entry in wire.devices.entries {
    translator.findings.device = nil
    guard let id = translator.identifier(entry.deviceID, "device_id") else {
      translator.findings.note(.deviceWithoutID, sample: Excerpt.of(entry.source))
      continue
    }
    let device = DeviceID(id)
    translator.findings.device = device
    if let earlier = positions.updateValue(readings.count, forKey: device) {
      translator.findings.note(.duplicateDevice, sample: device.description)
      readings[earlier] = nil
    }
    readings.append(DeviceReading(entry, of: device, requestedAt: response.requestedAt, &translator))
  }
  guard !positions.isEmpty else { throw .wrongShape("the list contains no valid device") }
  return FleetList(
    requestedAt: response.requestedAt, readings: readings.compactMap { $0 }, findings: translator.findings.all)
}

// MARK: A device-day

private func dayResponse(
  _ wire: WireDay, of device: DeviceID, on day: UTCDay, _ response: Response
) throws(Fault) -> DayResponse {
  var translator = Translator(findings: FindingLog(device: device, day: day))
  translator.note(wire.tolerances)
  for node in wire.unknownNodes { translator.noteUnknown(node) }

  guard wire.device.deviceID != .absent else { throw .wrongShape("device_id is missing") }
  guard translator.identifier(wire.device.deviceID, "device_id") == device.value else {
    throw .wrongDevice(answered: wire.device.deviceID.sample ?? "")
  }
  let beginning = translator.timestamp(wire.device.timestamp, "timestamp")
  if let beginning, UTCDay(containing: beginning) != day {
    throw .wrongDay(answered: UTCDay(containing: beginning).description)
  }
  let reading = DeviceReading(wire.device, of: device, requestedAt: response.requestedAt, &translator)
  let (routes, dropped) = try routes(wire.routes, near: day, &translator)
  if beginning == nil {
    guard routes.contains(where: { $0.day == day }) else {
      throw .wrongShape("timestamp is missing, and no route departs on the asked day")
    }
    translator.findings.note(.dayNotStated)
  }
  let doubt = try leavesOutPoints(wire, response, &translator) ? .pointsLeftOut : doubt(about: wire, &translator)
  return DayResponse(
    device: device, askedDay: day, requestedAt: response.requestedAt, reading: reading, routes: routes,
    droppedRoutes: dropped, doubt: doubt, findings: translator.findings.all)
}

/// Whether the request left out the points. The API may have sent them all the same, and there may be no routes at all.
///
/// - Throws: if the scope left out more than it should.
private func leavesOutPoints(
  _ wire: WireDay, _ response: Response, _ translator: inout Translator
) throws(Fault) -> Bool {
  guard !response.scope.isEmpty else { return false }
  guard wire.hasRoutesList else { throw .wrongShape("the scope left out the routes") }
  let hasPoints = wire.routes.entries.contains { $0.routePoints != .absent }
  guard !hasPoints, !wire.routes.entries.isEmpty else { return false }
  translator.findings.note(.pointsLeftOut)
  return true
}

/// Why the routes of a response need not be all.
private func doubt(about wire: WireDay, _ translator: inout Translator) -> DayState.OpenReason? {
  guard wire.hasRoutesList else {
    translator.findings.note(.routesAbsent)
    return .routesAbsent
  }
  let count = wire.routes.entries.count
  let paging = wire.unknownNodes.filter { PagingTag.suggestsMore($0, routeCount: count) }
  for node in paging {
    translator.findings.note(.routesPaged, subject: Excerpt.of(node.name), sample: node.value.sample)
  }
  return paging.isEmpty ? nil : .routesPaged
}

/// More than one route per minute for a week cannot be a vehicle's day.
private let mostRoutes = 10_000

/// Besides the asked day's routes, a response may contain routes that began a few days before or after. The limit keeps wrong
/// times from creating partitions for a century of days.
private let mostDaysAway = 31

/// By departure, one per departure, and how many could not be used.
private func routes(
  _ wire: WireList<WireRoute>, near day: UTCDay, _ translator: inout Translator
) throws(Fault) -> ([Route], dropped: Int) {
  guard wire.entries.count <= mostRoutes else { throw .wrongShape("more than \(mostRoutes) routes") }
  for excerpt in wire.unusable { translator.findings.note(.routeUnusable, sample: excerpt) }
  var routes: [Date: Route] = [:]
  var dropped = wire.unusable.count
  for entry in wire.entries {
    guard let route = Route(entry, &translator) else {
      dropped += 1
      continue
    }
    guard (route.day.number - day.number).magnitude <= mostDaysAway else {
      dropped += 1
      translator.findings.note(.routeOfAnotherTime, sample: Excerpt.of(entry.source))
      continue
    }
    if let other = routes[route.departedAt] {
      translator.findings.departedAt = route.departedAt
      translator.findings.note(.duplicateDeparture)
      translator.findings.departedAt = nil
      routes[route.departedAt] = RouteVersion.preferred(other, route)
    } else {
      routes[route.departedAt] = route
    }
  }
  return (routes.values.sorted { $0.departedAt < $1.departedAt }, dropped)
}

extension Translator {
  mutating func note(_ tolerances: [Tolerance]) {
    for tolerance in tolerances {
      findings.note(tolerance.kind.rule, count: tolerance.count, sample: tolerance.sample)
    }
  }
}
