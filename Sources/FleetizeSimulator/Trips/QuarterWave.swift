import Glibc

/// A quarter of a sine wave, parametrised by the share of its length.
struct QuarterWave: Sendable {
  /// The slope where the wave crosses its axis; 1 is 45 degrees.
  let steepness: Double
  /// The length of the wave relative to its axis.
  let stretch: Double
  /// The share of the axis covered after each sixteenth of the length.
  private let shares: [Double]

  /// From flat to steep. Computed once, because every trip uses one of them.
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
      let length = total * Double(sixteenth) / 16
      while step < steps - 1 && lengths[step + 1] < length { step += 1 }
      let within = (length - lengths[step]) / (lengths[step + 1] - lengths[step])
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
