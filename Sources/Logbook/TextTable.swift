/// Rows of text in aligned columns.
public struct TextTable {
  private let rows: [[String]]
  private let firstRightAligned: Int

  /// - Parameter firstRightAligned: this column and those after it are aligned to the right.
  public init(_ rows: [[String]], firstRightAligned: Int = .max) {
    self.rows = rows
    self.firstRightAligned = firstRightAligned
  }

  /// One per row, without blanks at its end.
  public var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let line = zip(row, widths).enumerated().map { column, cell in
        let blank = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < firstRightAligned ? cell.0 + blank : blank + cell.0
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
