/// The known name that a mistyped one probably means; nil if none is close.
func nearest<Names: Sequence<String>>(to text: String, in names: Names) -> String? {
  let typed = comparable(text)
  let best = names.map { (name: $0, distance: distance(typed, comparable($0))) }.min {
    ($0.distance, $0.name) < ($1.distance, $1.name)
  }
  guard let best, best.distance <= max(1, min(3, typed.count / 3)) else { return nil }
  return best.name
}

/// `, did you mean "NAME"?`; empty if no name is close.
func suggestion<Names: Sequence<String>>(for text: String, in names: Names) -> String {
  nearest(to: text, in: names).map { ", did you mean \"\($0)\"?" } ?? ""
}

/// Without what people confuse: case, and `-` for `_`.
private func comparable(_ text: String) -> [Character] {
  Array(text.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }.prefix(80))
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
private func distance(_ one: [Character], _ other: [Character]) -> Int {
  var rows = [Array(0...other.count)]
  for (row, letter) in one.enumerated() {
    var line = [row + 1]
    for (column, otherLetter) in other.enumerated() {
      var best = min(
        rows[row][column] + (letter == otherLetter ? 0 : 1), rows[row][column + 1] + 1, line[column] + 1)
      if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
        best = min(best, rows[row - 1][column - 1] + 1)
      }
      line.append(best)
    }
    rows.append(line)
  }
  return rows[one.count][other.count]
}
