import FleetModel
import FoundationEssentials

extension Simulator {
  /// The response to a call with a fault.
  func respond(to call: Call, of member: Member, at now: Date, with fault: Fault) -> SimulatedResponse {
    var good: SimulatedResponse { reply(to: call, of: member, at: now) }
    switch fault {
    case .page(let status, let retryAfter): return .page(status: status, retryAfter: retryAfter)
    case .body(let bytes, let status, let contentType):
      return SimulatedResponse(status: status, contentType: contentType) { bytes }
    case .error(let error): return refusal(error)
    case .empty: return SimulatedResponse { [] }
    case .redirect(let target):
      return SimulatedResponse(status: 302, contentType: "text/html", location: target) { [] }
    case .response(let response): return response
    case .late(let seconds): return good.with { $0.delay = seconds }
    case .silence: return good.with { $0.delivery = .silence }
    case .drip(let rate): return good.with { $0.delivery = .drip(bytesPerSecond: max(1, rate)) }
    case .cut(let bytes): return good.with { $0.delivery = .cut(afterBytes: bytes) }
    case .chunkedCut(let bytes): return good.with { $0.delivery = .chunkedCut(afterBytes: bytes) }
    case .reset(let bytes): return good.with { $0.delivery = .reset(afterBytes: bytes) }
    case .otherDay(let offset):
      guard call.action == .device, let asked = call.day else { return good }
      return day(asked.advanced(by: offset), of: call.device, call, member, at: now)
    case .otherDevice(let other):
      guard call.action == .device else { return good }
      return day(call.day, of: other, call, member, at: now)
    case .lastRouteMissing: return withoutLastRoute(good)
    case .otherShape:
      return SimulatedResponse { Array(#"{"status":"ok","result":{"items":[],"count":0}}"#.utf8) }
    }
  }

  private func withoutLastRoute(_ whole: SimulatedResponse) -> SimulatedResponse {
    SimulatedResponse {
      guard var document = JSONReader.read(whole.body), let routes = document["routes"] else { return whole.body }
      document["routes"] = .array(routes.elements.dropLast())
      return document.bytes
    }
  }
}
