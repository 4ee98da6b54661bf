import Glibc

/// The road between two places: a sine wave around the straight line.
struct Way: Sendable {
  /// The length of the road in metres.
  let metres: Double

  private let origin: Position
  private let north: Double
  private let east: Double
  private let waves: Double
  private let swing: Double
  private let quarter: QuarterWave

  /// - Parameters:
  ///   - bends: The number of half waves, at least 1.
  ///   - curviness: From 0, nearly straight, to 1.
  init(from origin: Position, to destination: Position, bends: Int, curviness: Double) {
    let (north, east) = origin.way(to: destination)
    let quarter = QuarterWave.all[Int((curviness * Double(QuarterWave.all.count - 1)).rounded())]
    self.origin = origin
    self.north = north
    self.east = east
    self.waves = Double(bends)
    self.swing = quarter.steepness / (Double(bends) * .pi)
    self.quarter = quarter
    self.metres = (north * north + east * east).squareRoot() * quarter.stretch
  }

  /// The place after a share (0 to 1) of the road's length.
  func position(at share: Double) -> Position {
    let quarters = min(max(share, 0), 1) * waves * 2
    let passed = quarters.rounded(.down)
    let rest = quarters - passed
    // Every second quarter wave is the mirror image of the one before.
    let reached = passed.truncatingRemainder(dividingBy: 2) == 0 ? quarter.along(rest) : 1 - quarter.along(1 - rest)
    let straight = (passed + reached) / (waves * 2)
    let aside = swing * sin(waves * .pi * straight)
    return origin.moved(north: north * straight - east * aside, east: east * straight + north * aside)
  }
}
