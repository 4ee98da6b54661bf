/// What was tolerated in one response: one entry per kind, in order of first occurrence.
struct ToleranceLog: Sendable {
  private(set) var entries: [Tolerance] = []

  mutating func note(_ kind: Tolerance.Kind, count: Int = 1, sample: @autoclosure () -> String? = nil) {
    guard count > 0 else { return }
    if let index = entries.firstIndex(where: { $0.kind == kind }) {
      entries[index].count += count
    } else {
      entries.append(Tolerance(kind: kind, count: count, sample: sample()))
    }
  }
}
