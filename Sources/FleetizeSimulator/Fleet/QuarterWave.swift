#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A quarter of a sine wave, and how far along its axis one is after a share of its length.
struct QuarterWave: Sendable {
  /// Slope where the wave crosses its axis; 1 is 45 degrees.
  let steepness: Double
  /// How much longer the wave is than its axis.
  let stretch: Double
  /// Share of the axis reached after each sixteenth of the length.
  private let shares: [Double]

  /// From gentle to steep; worked out once, since every trip takes one of them.
  static let all = stride(from: 0.3, through: 0.8, by: 0.1).map { QuarterWave(steepness: $0) }

  private init(steepness: Double) {
    let steps = 64
    var lengths = [0.0]
    for step in 0..<steps {
      let slope = steepness * cos((Double(step) + 0.5) / Double(steps) * .pi / 2)
      lengths.append(lengths[step] + (1 + slope * slope).squareRoot() / Double(steps))
    }
    let total = lengths[steps]
    var step = 0
    shares = (0...16).map { sixteenth in
      let wanted = total * Double(sixteenth) / 16
      while step < steps - 1 && lengths[step + 1] < wanted { step += 1 }
      let within = (wanted - lengths[step]) / (lengths[step + 1] - lengths[step])
      return min(1, (Double(step) + within) / Double(steps))
    }
    self.steepness = steepness
    stretch = total
  }

  func along(_ share: Double) -> Double {
    let place = share * Double(shares.count - 1)
    let index = min(Int(place), shares.count - 2)
    return shares[index] + (shares[index + 1] - shares[index]) * (place - Double(index))
  }
}
