/// The line of a progress bar, fitted to the terminal.
struct ProgressLine {
  var done: Int
  var total: Int
  /// The most important first; the last ones are left out where there is no room.
  var parts: [String]

  private static let widestBar = 24
  private static let narrowestBar = 8

  /// One column stays free, so that no terminal wraps the line.
  func text(width: Int) -> String {
    let room = max(1, width - 1)
    var shown = parts
    while true {
      let tail = ["\(done)/\(total)", shown.joined(separator: ", ")].filter { !$0.isEmpty }.joined(separator: " ")
      let bar = min(Self.widestBar, room - tail.count - 3)
      if bar >= Self.narrowestBar { return "\(Self.bar(done: done, total: total, width: bar)) \(tail)" }
      if shown.isEmpty { return String(tail.prefix(room)) }
      if tail.count <= room, shown.count <= 2 { return tail }
      shown.removeLast()
    }
  }

  static func bar(done: Int, total: Int, width: Int) -> String {
    let filled = total == 0 ? 0 : width * min(done, total) / total
    return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: width - filled))]"
  }

  /// `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded(.up))
    if whole >= 86_400 { return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h" }
    if whole >= 3_600 { return "\(whole / 3_600) h \(whole % 3_600 / 60) min" }
    if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole) s"
  }
}
