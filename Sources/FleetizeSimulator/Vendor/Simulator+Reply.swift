import FleetModel
import FoundationEssentials

extension Simulator {
  /// The response without any fault.
  func reply(to call: Call, of member: Member, at now: Date) -> SimulatedResponse {
    switch call.action {
    case .deviceList: list(call, of: member, at: now)
    case .device: day(call.day, of: call.device, call, member, at: now)
    }
  }

  private func list(_ call: Call, of member: Member, at now: Date) -> SimulatedResponse {
    let fleet = member.account.fleet
    let after = call.activityAfter
    let entries = fleet.devices(at: now)
      .filter(member.user.sees)
      .compactMap { fleet.listEntry(of: $0, at: now) }
      .map { falsified($0, in: call) }
      .filter { entry in after.map { (entry.device?.online ?? .distantPast) > $0 } ?? true }
    let change = formatChange(of: call)
    let scope = scope(of: call)
    let content = change == nil ? SimulatedResponse.Content.list(entries.compactMap(\.device)) : nil
    return SimulatedResponse(content: content) {
      let nodes = entries.map { entry in
        var node = entry.json()
        change?.apply(to: &node)
        return scope?.restrictListEntry(node) ?? node
      }
      return JSON.array(nodes).bytes
    }
  }

  func day(
    _ day: UTCDay?, of device: DeviceID?, _ call: Call, _ member: Member, at now: Date
  ) -> SimulatedResponse {
    guard let device, member.user.sees(device), var found = member.account.fleet.day(day, of: device, at: now) else {
      return refusal(.unknownDevice)
    }
    if let history = configuration.history, let day = found.day, !history.includes(day, at: now) {
      found.removeRoutes()
    }
    found = falsified(found, in: call)
    let change = formatChange(of: call)
    let scope = scope(of: call)
    let content =
      change == nil ? SimulatedResponse.Content.day(found.day, found.device, found.routes) : nil
    let response = SimulatedResponse(content: content) { [found] in
      if change == nil, scope == nil, let stored = found.stored { return stored }
      var document = found.json()
      change?.apply(to: &document)
      return (scope?.restrictDay(document) ?? document).bytes
    }
    return configuration.processing?.process(response) ?? response
  }

  private func formatChange(of call: Call) -> FormatChange? {
    configuration.formatChange.flatMap { $0.affects(call) ? $0 : nil }
  }

  private func scope(of call: Call) -> Scope? { Scope(call.scope, support: configuration.scopeSupport) }

  private func falsified(_ response: FleetResponse, in call: Call) -> FleetResponse {
    var response = response
    for error in configuration.falseTimestamps where error.affects(response.device?.id, in: call) {
      response.falsify(with: error, at: call.time)
    }
    return response
  }
}
