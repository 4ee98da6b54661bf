import FoundationEssentials

/// The logbook as a self-contained page to print, without network access and scripts.
struct LogbookPage {
  let month: LogbookMonth
  let language: Language

  private var words: Words { language.words }

  var html: HTML {
    """
    <!doctype html>
    <html lang="\(language.rawValue)">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width">
    <title>\(month.title(in: language)) · \(printable(month.vehicle(in: language)))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <header>
    <h1>\(month.title(in: language))</h1>
    <p class="vehicle"><bdi>\(month.vehicle(in: language))</bdi></p>
    <p class="source">\(words.account) <bdi>\(month.accountName)</bdi> · \(words.timeZone) \(month.timeZone) · \(words.readAt) \(language.moment(month.readAt))</p>
    </header>
    <p class="honest">\(words.notATaxLogbook)</p>
    <dl>
    \(month.summary(in: language).map { "<div><dt>\($0.label)</dt><dd>\($0.value)</dd></div>" as HTML })
    </dl>
    <div class="figures">
    <figure>
    <figcaption>\(words.kmPerDay)</figcaption>
    \(DayChart(days: month.days, language: language).svg)
    </figure>
    <figure>
    <figcaption>\(words.tracks)</figcaption>
    \(TrackDrawing(tracks: month.tracks, words: words).svg)
    </figure>
    </div>
    <section class="completeness">
    <h2>\(words.completeness)</h2>
    \(statements)
    </section>
    \(table)
    <p class="note">\(words.timesAreLocal)</p>
    </body>
    </html>

    """
  }

  private var statements: [HTML] {
    let sentences =
      month.completeness(in: language)
      + [month.reconciliation(in: language), month.openGap(in: language)].compactMap { $0 }
    return sentences.map { "<p>\($0)</p>" }
  }

  private var table: HTML {
    guard !month.entries.isEmpty else { return "<p>\(words.noTrips)</p>" }
    return """
      <table>
      <thead>
      <tr class="sheet"><th colspan="12">\(month.title(in: language)) · <bdi>\(month.vehicle(in: language))</bdi></th></tr>
      <tr>
      \(LogbookMonth.headings(in: language).enumerated().map { column, heading in
        "<th\(Self.side(of: column)) scope=\"col\">\(heading)</th>" as HTML
      })
      </tr></thead>
      <tbody>
      \(month.entries.map(row))
      </tbody>
      </table>
      """
  }

  private func row(_ entry: LogbookMonth.Entry) -> HTML {
    switch entry {
    case .trip(let trip):
      let cells = LogbookMonth.cells(of: trip, in: language).enumerated().map { column, cell in
        "<td\(Self.side(of: column))>\(cell)</td>" as HTML
      }
      return "<tr>\(cells)</tr>"
    case .gap(let gap):
      let from = language.time(gap.startedLocal, on: gap.localDate, showingOffset: false)
      let to = language.time(gap.endedLocal, on: gap.localDate, showingOffset: false)
      return """
        <tr class="gap"><td>\(language.date(gap.localDate))</td>
        <td colspan="4">\(words.gap), \(from) – \(to): \(month.cause(of: gap, in: language))</td>
        <td class="n">\(language.number(gap.startMileageKm))</td><td class="n">\(language.number(gap.endMileageKm))</td>
        <td class="n">\(language.number(gap.gapKm))</td><td colspan="4"></td></tr>
        """
    }
  }

  /// Numbers are right-aligned.
  private static func side(of column: Int) -> HTML { column < 5 ? "" : " class=\"n\"" }
}

extension LogbookMonth {
  /// A self-contained page to print, A4 landscape, without network access and scripts.
  public func html(in language: Language) -> String { LogbookPage(month: self, language: language).html.text }
}
