import FleetModel

/// A response of the simulated vendor, and the way in which it is delivered.
public struct SimulatedResponse: Sendable {
  public var status: Int
  /// The header `Content-Type`.
  public var contentType: String?
  /// The header `Location`.
  public var location: String?
  /// The header `Content-Encoding`; the body is as encoded.
  public var contentEncoding: String?
  /// Seconds between the request and the response.
  public var delay: Double
  public var delivery: Delivery
  /// What the response says, for tests that would rather not read JSON; nil where a fault replaced it.
  public var content: Content?
  private let render: @Sendable () -> [UInt8]

  public enum Delivery: Hashable, Sendable {
    case whole
    case silence
    case drip(bytesPerSecond: Int)
    case cut(afterBytes: Int)
    case chunkedCut(afterBytes: Int)
    case reset(afterBytes: Int)
  }

  public enum Content: Hashable, Sendable {
    case refused(VendorError)
    case list([SimulatedDevice])
    case day(UTCDay?, SimulatedDevice?, [SimulatedRoute])
  }

  /// - Parameter body: makes the text; called whenever the text is read.
  public init(
    status: Int = 200, contentType: String? = "application/json", location: String? = nil,
    contentEncoding: String? = nil, delay: Double = 0, delivery: Delivery = .whole, content: Content? = nil,
    body: @escaping @Sendable () -> [UInt8]
  ) {
    self.status = status
    self.contentType = contentType
    self.location = location
    self.contentEncoding = contentEncoding
    self.delay = delay
    self.delivery = delivery
    self.content = content
    render = body
  }

  /// The whole body, however much of it is delivered. Made anew at each reading.
  public var body: [UInt8] { render() }

  /// What reaches the caller, and whether that is all; nil when no response comes at all.
  public var delivered: (body: [UInt8], isComplete: Bool)? {
    switch delivery {
    case .whole, .drip: return (body, true)
    case .silence, .reset(afterBytes: 0): return nil
    case .cut(let count), .chunkedCut(let count), .reset(let count): return (Array(body.prefix(count)), false)
    }
  }

  func with(_ change: (inout SimulatedResponse) -> Void) -> SimulatedResponse {
    var copy = self
    change(&copy)
    return copy
  }
}
