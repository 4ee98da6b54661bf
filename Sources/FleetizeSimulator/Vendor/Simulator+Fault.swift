import FleetModel

extension Simulator {
  /// A way in which a response can fail. The call counts against the quota.
  public enum Fault: Sendable {
    /// An error page of a web server or a proxy, possibly with the header `Retry-After`.
    case page(status: Int, retryAfter: String? = nil)
    /// Arbitrary bytes.
    case body([UInt8], status: Int = 200, contentType: String? = "application/json")
    /// A vendor error without a reason.
    case error(VendorError)
    /// Status 200 without a body.
    case empty
    /// A redirect, which callers should not follow.
    case redirect(to: String)
    /// The correct response, delayed.
    case late(seconds: Double)
    /// The request is read but never answered.
    case silence
    /// The correct response, delivered slowly.
    case drip(bytesPerSecond: Int)
    /// The correct length is announced, but the connection is closed after some bytes.
    case cut(afterBytes: Int)
    /// Like ``cut(afterBytes:)``, but in chunks without a length. The last chunk is missing.
    case chunkedCut(afterBytes: Int)
    /// A TCP reset after some bytes of the body; with 0, instead of a response.
    case reset(afterBytes: Int)
    /// The response for another day, some days later.
    case otherDay(offset: Int)
    case otherDevice(DeviceID)
    /// Complete JSON for the correct day, but without the last route.
    case lastRouteMissing
    /// Any other response.
    case response(SimulatedResponse)
    /// Complete JSON that is neither a device list nor a day.
    case otherShape
  }
}
