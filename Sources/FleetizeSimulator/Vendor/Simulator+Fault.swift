import FleetModel

extension Simulator {
  /// A way in which a response can go wrong. The call itself has been counted.
  public enum Fault: Sendable {
    /// An error page of a web server or a proxy.
    case page(status: Int)
    /// Any bytes at all, with status 200 unless told otherwise.
    case body([UInt8], status: Int = 200, contentType: String? = "application/json")
    /// An `ERROR #` of the vendor without a reason.
    case error(VendorError)
    /// Status 200 and no body.
    case empty
    /// Another place, to which nobody should follow.
    case redirect(to: String)
    /// The right response, that many seconds late.
    case late(seconds: Double)
    /// The request is read and nothing is answered.
    case silence
    /// The right response, that many bytes a second.
    case drip(bytesPerSecond: Int)
    /// The right length is announced, and the connection closed after that many bytes.
    case cut(afterBytes: Int)
    /// As ``cut(afterBytes:)``, without a length: in chunks, the last of which never comes.
    case chunkedCut(afterBytes: Int)
    /// A TCP reset; before the first byte of the response when 0.
    case reset(afterBytes: Int)
    /// The response for the day that many days later.
    case otherDay(offset: Int)
    case otherDevice(DeviceID)
    /// Whole JSON of the right day whose last route is missing.
    case lastRouteMissing
    /// Anything else: status, headers, body and delivery as one likes.
    case answer(SimulatedResponse)
    /// Whole JSON that is neither a list nor a day.
    case otherShape
  }
}
