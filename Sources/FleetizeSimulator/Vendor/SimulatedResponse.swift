import FleetModel

/// A response of the simulated vendor, and how it is delivered.
public struct SimulatedResponse: Sendable {
  public var status: Int
  /// The header `Content-Type`.
  public var contentType: String?
  /// The header `Location`.
  public var location: String?
  /// The header `Content-Encoding`. The body is already encoded.
  public var contentEncoding: String?
  /// The header `Retry-After`.
  public var retryAfter: String?
  /// Seconds between the request and the response.
  public var delay: Double
  public var delivery: Delivery
  /// The content without its JSON, for tests; nil if a fault replaced it.
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

  /// - Parameter body: Makes the body. Called each time the body is read.
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

  /// The complete body, even if only a part is delivered. Made again each time it is read.
  public var body: [UInt8] { render() }

  /// The part of the body that reaches the caller, and whether it is complete; nil without a response.
  public var delivered: (body: [UInt8], isComplete: Bool)? {
    switch delivery {
    case .whole, .drip: return (body, true)
    case .silence, .reset(afterBytes: 0): return nil
    case .cut(let count), .chunkedCut(let count), .reset(let count): return (Array(body.prefix(count)), false)
    }
  }

  /// An error page of a web server.
  static func page(status: Int, retryAfter: String? = nil) -> SimulatedResponse {
    SimulatedResponse(status: status, contentType: "text/html") {
      Array("<html>\r\n<head><title>\(status)</title></head>\r\n<body><h1>\(status)</h1></body>\r\n</html>\r\n".utf8)
    }.with { $0.retryAfter = retryAfter }
  }

  func with(_ change: (inout SimulatedResponse) -> Void) -> SimulatedResponse {
    var copy = self
    change(&copy)
    return copy
  }
}
