import Load

/// Responses that are archived and wait to be loaded together, with the claims of their device-days.
///
/// Where calls follow each other without a pause, one transaction for many costs far less than many. None waits long.
struct WaitingResponses {
  struct Item {
    let planned: PlannedCall
    let device: DeviceKey
    let response: ReadResponse
  }

  private(set) var items: [Item] = []
  private var since = ContinuousClock.now
  private var pointCount = 0

  private static let most = 100
  private static let mostPoints = 500_000
  private static let longest = Duration.seconds(1)

  var isDue: Bool {
    items.count >= Self.most || pointCount >= Self.mostPoints
      || !items.isEmpty && ContinuousClock.now - since >= Self.longest
  }

  mutating func add(_ item: Item) {
    if items.isEmpty { since = .now }
    items.append(item)
    pointCount += item.response.pointCount
  }

  /// All of them; none waits any more.
  mutating func take() -> [Item] {
    pointCount = 0
    defer { items = [] }
    return items
  }
}
