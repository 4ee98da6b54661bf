extension LogbookMonth {
  /// A table for a terminal with about 150 columns.
  public func table(in language: Language) -> String {
    let words = language.words
    let rows =
      [Self.headings(in: language)]
      + entries.map { entry in
        switch entry {
        case .trip(let trip): Self.cells(of: trip, in: language)
        case .gap(let gap): cells(of: gap, in: language)
        }
      }
    // Dates, times and places are left-aligned, numbers right-aligned.
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let blank = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < 5 ? cell.0 + blank : blank + cell.0
      }.joined(separator: "  ")
    }
    let labels = summary(in: language)
    let width = labels.map(\.label.count).max() ?? 0
    var text = [
      "\(title(in: language)) · \(vehicle(in: language))",
      "\(words.account) \(accountName) · \(words.timeZone) \(timeZone) · \(words.readAt) \(language.moment(readAt))",
      "",
    ]
    text += entries.isEmpty ? [words.noTrips] : lines
    text += [""]
    text += labels.map { "\($0.label)\(String(repeating: " ", count: width - $0.label.count))  \($0.value)" }
    text += [reconciliation(in: language), openGap(in: language)].compactMap { $0 }
    text += [""] + completeness(in: language) + ["", words.timesAreLocal, words.notATaxLogbook]
    return text.joined(separator: "\n") + "\n"
  }

  private func cells(of gap: Gap, in language: Language) -> [String] {
    [
      language.date(gap.localDate), language.words.gap, "", cause(of: gap, in: language), "",
      language.number(gap.startMileageKm), language.number(gap.endMileageKm), language.number(gap.gapKm), "", "", "",
      "",
    ]
  }
}
