import FleetModel

/// The constant attributes of a vehicle, all derived from the seed.
struct Vehicle: Sendable {
  let id: DeviceID
  let kind: VehicleKind
  let seed: UInt64
  let imei: Int
  let name: String
  let description: String
  /// Raw-URL-encoded, as the vendor sends it.
  let portrait: String
  /// The first day with a tracker.
  let installed: UTCDay
  /// Days by which weekdays and random numbers are shifted.
  let calendarShift: Int
  let home: Position
  /// Destinations, nearest first.
  let customers: [Position]
  /// The odometer when the tracker was fitted.
  let firstMetres: Int
  /// Added to the mileage for the internal mileage.
  let rawOffsetKm: Int

  init(id: DeviceID, index: Int, kind: VehicleKind, seed: UInt64, installed: UTCDay, calendarShift: Int) {
    var random = SeededRandom(seed, UInt64(bitPattern: id.value), 0x0076_6568)
    self.id = id
    self.kind = kind
    self.seed = random.next()
    self.installed = installed
    self.calendarShift = calendarShift
    imei = Vehicle.imei(serial: random.int(1_000_000, 9_999_999))
    let town = Vehicle.towns[random.int(0, Vehicle.towns.count - 1)]
    name = Vehicle.name(index: index, kind: kind, town: town.plate, random: &random)
    description = Vehicle.models[random.int(0, Vehicle.models.count - 1)]
    portrait = "http%3A%2F%2Ftrack.fleetize.com%2Fassets%2Fimg%2Fdevices%2F\(random.int(1_400_000, 1_900_000))\(id).png"
    let centre = Position(latitude: town.latitude, longitude: town.longitude)
    home = centre.moved(metres: random.double(300, 4_000), bearing: random.double(0, 6.28))
    let radius = Vehicle.radius(of: kind)
    let start = home
    customers = (0..<12)
      .map { _ in
        // Far to the east there is land from every start.
        let bearing = kind == .longHaul ? random.double(1.4, 2.2) : random.double(0, 6.28)
        return start.moved(metres: random.double(radius.lowerBound, radius.upperBound), bearing: bearing)
      }
      .sorted { start.metres(to: $0) < start.metres(to: $1) }
    firstMetres = random.int(5_000_000, 180_000_000)
    rawOffsetKm = random.int(-6_000, 300)
  }

  /// Metres from home as the crow flies.
  private static func radius(of kind: VehicleKind) -> ClosedRange<Double> {
    switch kind {
    case .commuter: 4_000...45_000
    case .delivery: 1_500...18_000
    case .sales: 30_000...140_000
    case .service: 2_000...30_000
    case .pool, .reserve: 3_000...80_000
    case .nightShift: 5_000...60_000
    case .longHaul: 1_500_000...1_900_000
    case .neverMoved: 1_000...2_000
    }
  }

  /// 15 digits, the last one a valid Luhn check digit.
  private static func imei(serial: Int) -> Int {
    let body = 35_918_306_000_000 / 10_000_000 * 10_000_000 + serial
    var sum = 0
    var rest = body
    var isDoubled = true
    while rest > 0 {
      let digit = rest % 10 * (isDoubled ? 2 : 1)
      sum += digit / 10 + digit % 10
      rest /= 10
      isDoubled.toggle()
    }
    return body * 10 + (10 - sum % 10) % 10
  }

  /// Plates, and names as owners choose them: with umlauts, quotes, a slash, a trailing space.
  private static func name(index: Int, kind: VehicleKind, town: String, random: inout SeededRandom) -> String {
    let plate = "\(town)-FZ \(100 + index)"
    switch index % 8 {
    case 1: return "Lieferwagen \"Süd\" \(100 + index)"
    case 2: return "Jürgen's Außendienst \(plate)"
    case 3: return "Störung/Notdienst; Größe XL \(index)"
    case 6: return "Nachtschicht – \(plate) "
    default: return plate
    }
  }

  private static let models = [
    "BMW E46 M3 Coupe", "VW Caddy 2.0 TDI", "Mercedes-Benz Sprinter 314 CDI", "Škoda Octavia Combi", "Opel Vivaro",
    "Ford Transit Custom", "Renault Kangoo Z.E.", "Citroën Jumper",
  ]

  private static let towns: [(plate: String, latitude: Int, longitude: Int)] = [
    ("S", 4_877_584, 918_293), ("TÜ", 4_852_160, 905_760), ("M", 4_813_513, 1_158_198), ("B", 5_251_704, 1_338_886),
    ("K", 5_093_753, 696_028), ("HH", 5_355_108, 999_368), ("LÖ", 4_761_490, 766_440), ("WÜ", 4_979_130, 995_340),
  ]
}
