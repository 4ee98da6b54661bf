/// A fault and the calls it affects, parsed from an argument of the command line.
///
/// `503@5` affects the fifth call, `503@5+` every call from the fifth on, `503@5-9` the fifth to the ninth, `reset/7` every
/// seventh, `cut=100%2.5` 2.5 percent of all calls, chosen by the seed.
public struct FaultSchedule: Sendable {
  private let fault: Simulator.Fault
  private let calls: Calls

  private enum Calls: Sendable {
    case range(ClosedRange<Int>)
    case every(Int)
    case percent(Double)
  }

  /// Nil if `text` does not have the form above. ``kinds`` lists the faults.
  public init?(_ text: String) {
    guard let sign = text.lastIndex(where: { "@/%".contains($0) }) else { return nil }
    let number = text[text.index(after: sign)...]
    switch text[sign] {
    case "@":
      guard let range = Simulator.Call.numbers(String(number)) else { return nil }
      calls = .range(range)
    case "/":
      guard let period = Int(number), period > 0 else { return nil }
      calls = .every(period)
    default:
      guard let percent = Double(number), (0...100) ~= percent else { return nil }
      calls = .percent(percent)
    }
    guard let fault = FaultSchedule.fault(String(text[..<sign])) else { return nil }
    self.fault = fault
  }

  public static let kinds = """
    400 to 599 (an HTML page), 503=SECONDS (with Retry-After), error=NNNN (a vendor error: 1000, 1002, 1055, 1060 for the \
    daily limit, or any unknown number), empty, silence, late=SECONDS, drip=BYTES, cut=BYTES, chunked-cut=BYTES, reset=BYTES, \
    other-day=DAYS, last-route-missing, other-shape, redirect=URL
    """

  private static func fault(_ text: String) -> Simulator.Fault? {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard let kind = parts.first else { return nil }
    let value = parts.count > 1 ? parts[1] : nil
    let count = value.flatMap { Int($0) }
    switch (kind, value) {
    case ("empty", nil): return .empty
    case ("silence", nil): return .silence
    case ("last-route-missing", nil): return .lastRouteMissing
    case ("other-shape", nil): return .otherShape
    case ("redirect", let target?): return .redirect(to: target)
    case ("late", let seconds?): return Double(seconds).map { .late(seconds: $0) }
    case ("error", _): return count.flatMap(VendorError.init(code:)).map { .error($0) }
    case ("drip", _): return count.map { .drip(bytesPerSecond: $0) }
    case ("cut", _): return count.map { .cut(afterBytes: $0) }
    case ("chunked-cut", _): return count.map { .chunkedCut(afterBytes: $0) }
    case ("reset", _): return .reset(afterBytes: count ?? 0)
    case ("other-day", _): return count.map { .otherDay(offset: $0) }
    default: return Int(kind).flatMap { (400...599) ~= $0 ? .page(status: $0, retryAfter: value) : nil }
    }
  }

  /// The fault of the first schedule that affects a call.
  public static func faults(
    _ schedules: [FaultSchedule], seed: UInt64
  ) -> @Sendable (Simulator.Call) -> Simulator.Fault? {
    { call in
      schedules.enumerated().first { $1.affects(call.number, seed: seed &+ UInt64($0)) }?.element.fault
    }
  }

  private func affects(_ call: Int, seed: UInt64) -> Bool {
    switch calls {
    case .range(let range): return range.contains(call)
    case .every(let period): return call % period == 0
    case .percent(let percent):
      var random = SeededRandom(seed, UInt64(call), 0x6661_756C)
      return random.chance(percent / 100)
    }
  }
}
