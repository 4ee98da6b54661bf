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
    // Dates, times and places stand at the left, numbers at the right.
    let lines = TextTable(rows, firstRightAligned: 5).lines
    var text = [
      "\(title(in: language)) · \(vehicle(in: language))",
      "\(words.account) \(accountName) · \(words.timeZone) \(timeZone) · \(words.readAt) \(language.moment(readAt))",
      "",
    ]
    text += entries.isEmpty ? [words.noTrips] : lines
    text += [""]
    text += TextTable(summary(in: language).map { [$0.label, $0.value] }).lines
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
