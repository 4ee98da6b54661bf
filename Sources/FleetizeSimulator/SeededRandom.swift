/// SplitMix64: equal numbers for equal seeds, on every machine and with every version of Swift.
struct SeededRandom {
  private var state: UInt64

  /// An independent generator for each combination of `parts`.
  init(_ parts: UInt64...) {
    state = 0
    for part in parts {
      state ^= part
      state = next()
    }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// At least 0, below 1.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  mutating func double(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * unit()
  }

  /// Includes both bounds.
  mutating func int(_ low: Int, _ high: Int) -> Int {
    low + Int(next() % UInt64(high - low + 1))
  }

  mutating func chance(_ probability: Double) -> Bool {
    unit() < probability
  }
}
