/// The time that the API takes per route point, and what happens if a response takes longer than allowed.
///
/// A response without the tag `route_points` takes no time, so a scope can make a call light.
public struct Processing: Hashable, Sendable {
  public var secondsPerPoint: Double
  /// Seconds; the document's is 30.
  public var limit: Double
  public var overrun: Overrun

  public enum Overrun: String, CaseIterable, Hashable, Sendable {
    /// HTTP status 504 when the limit is reached.
    case gatewayTimeout = "504"
    /// The connection is closed in the middle of the body.
    case cut
    /// No response at all.
    case silence
  }

  public init(secondsPerPoint: Double, limit: Double = 30, overrun: Overrun = .gatewayTimeout) {
    self.secondsPerPoint = secondsPerPoint
    self.limit = limit
    self.overrun = overrun
  }

  func process(_ response: SimulatedResponse) -> SimulatedResponse {
    let body = response.body
    let seconds = secondsPerPoint * Double(pointCount(in: body))
    guard seconds > limit else { return response.with { $0.delay += seconds } }
    switch overrun {
    case .gatewayTimeout: return SimulatedResponse.page(status: 504).with { $0.delay = limit }
    case .silence: return response.with { $0.delivery = .silence }
    case .cut:
      return response.with {
        $0.delay = limit
        $0.delivery = .cut(afterBytes: Int(Double(body.count) * limit / seconds))
      }
    }
  }

  private func pointCount(in body: [UInt8]) -> Int {
    let routes = JSONReader.read(body)?["routes"]?.elements ?? []
    return routes.reduce(0) { count, route in
      guard case .literal(let text)? = route["route_points"], text.count > 2 else { return count }
      return count + 1 + text.count { $0 == UInt8(ascii: ";") }
    }
  }
}
