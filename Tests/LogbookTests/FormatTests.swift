import Foundation
import Testing

@testable import Logbook

@Suite struct `A logbook is written` {
  @Test func `as a table, with the offset from UTC if clocks changed during a trip`() async throws {
    let lines = try await october492().table(in: .en).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "Logbook October 2026 · \(wildName) · VW & Co · 492")
    #expect(lines[1] == "Account north · Time zone Europe/Berlin · Read at 2026-10-28 12:00 UTC")
    let columns = lines[3...8].map { $0.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) } }
      .map { $0.filter { !$0.isEmpty } }
    #expect(
      columns == [
        [
          "Date", "Departed", "Arrived", "From", "To", "Start km", "End km", "km", "Driving min", "Pause min", "Ø km/h",
          "Max km/h",
        ],
        ["2026-10-24", "Odometer gap", "unknown cause", "1,000", "1,007", "7"],
        [
          "2026-10-24", "08:00", "08:30", "48.87917, 9.19194", "48.82556, 9.33111", "1,007", "1,027", "20", "25", "5",
          "41.5", "90.5",
        ],
        ["2026-10-24", "23:40", "00:20 (10-25)", "–", "–", "1,027", "1,030.5", "3.5", "–", "–", "–", "–"],
        [
          "2026-10-25", "01:30 +02:00", "02:10 +01:00", "–", "–", "1,030.5", "1,130.5", "100", "100", "0", "60.0",
          "130",
        ],
        ["2026-10-25", "10:00", "–", "–", "–", "1,130.5", "–", "–", "–", "0", "–", "–"],
      ])
  }

  @Test func `in German with German numbers and dates`() async throws {
    let text = try await october492().table(in: .de)
    #expect(text.hasPrefix("Fahrtenliste Oktober 2026"))
    #expect(text.contains("24.10.2026  23:40") && text.contains("00:20 (25.10.)") && text.contains("1.130,5"))
    #expect(
      text.contains("kein steuerliches Fahrtenbuch") && text.contains("27.10.2026: nicht oder nicht ganz abgefragt"))
  }

  @Test func `as CSV that a parser reads back`() async throws {
    let month = try await october492()
    #expect(month.csv().hasPrefix("account,device_id,device_name,kind,local_date,departed_at,"))
    // Quotes, separators and umlauts, read by Python's parser.
    let script = """
      import csv, io, json, sys
      text = sys.stdin.buffer.read().decode('utf-8')
      assert text.count('\\r\\n') == text.count('\\n') == 6, 'lines end with CR LF'
      for row in csv.DictReader(io.StringIO(text, newline='')):
          print('|'.join([row['device_name'], row['kind'], row['departed_at'], row['departed_local'], row['distance_km'],
              row['driving_s'], row['origin_latitude'], row['gap_km'], row['likely_cause'], str(len(row))]))
      """
    #expect(
      try python(script, month.csv()) == """
        \(wildName)|gap|2026-10-24T06:00:00Z|||||7|unknown|29
        \(wildName)|trip|2026-10-24T06:00:00Z|2026-10-24T08:00:00|20|1500|48.87917|||29
        \(wildName)|trip|2026-10-24T21:40:00Z|2026-10-24T23:40:00|3.5|||||29
        \(wildName)|trip|2026-10-24T23:30:00Z|2026-10-25T01:30:00|100|6000||||29
        \(wildName)|trip|2026-10-25T09:00:00Z|2026-10-25T10:00:00||||||29

        """)
  }

  @Test(arguments: ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
  func `as CSV whose texts no spreadsheet runs`(name: String) async throws {
    var month = try await october492()
    month.deviceName = name
    month.entries = month.entries.compactMap { entry -> LogbookMonth.Entry? in
      guard case .gap(var gap) = entry else { return nil }
      gap.gapKm = -7
      return .gap(gap)
    }
    let script = """
      import csv, io, sys
      for row in csv.DictReader(io.StringIO(sys.stdin.buffer.read().decode('utf-8'), newline='')):
          print(ascii(row['device_name']), row['gap_km'])
      """
    let escaped = name.replacing("\t", with: "\\t").replacing("\r", with: "\\r")
    let safe = try python(script, month.csv()).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(safe == "\"'\(escaped)\" -7" || safe == "'\\'\(escaped)' -7")
    let kept = try python(script, month.csv(keepingFormulas: true)).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(kept == "'\(escaped)' -7")
  }

  @Test func `without characters that turn the text around or that a terminal obeys`() async throws {
    var month = try await october492()
    month.deviceName = "Van\u{202E}gpj\u{1B}[31m\u{2066}\u{200F}"
    for text in [month.table(in: .en), month.html(in: .de)] {
      #expect(text.contains("Vangpj[31m"))
      #expect(!text.unicodeScalars.contains { $0.properties.isBidiControl || $0 == "\u{1B}" })
    }
  }

  @Test func `as JSON without keys for what is unknown`() async throws {
    let script = """
      import json, sys
      book = json.load(sys.stdin)
      print(sorted(book), book['device_name'], book['is_complete'], len(book['days']), book['days'][23], sep='\\n')
      print(book['totals']['gap_km'], [entry['kind'] for entry in book['entries']])
      print(sorted(book['entries'][4].items()))
      """
    #expect(
      try python(script, try await october492().json()) == """
        ['account', 'days', 'device_description', 'device_id', 'device_name', 'entries', 'is_complete', 'local_month', \
        'read_at', 'time_zone', 'totals']
        \(wildName)
        False
        31
        {'gap_km': 7, 'local_date': '2026-10-24', 'routes_distance_km': 23.5, 'state': 'complete', 'trip_count': 2}
        7 ['gap', 'trip', 'trip', 'trip', 'trip']
        [('departed_at', '2026-10-25T09:00:00Z'), ('departed_local', '2026-10-25T10:00:00'), ('kind', 'trip'), \
        ('local_date', '2026-10-25'), ('origin_mileage_km', 1130.5), ('pause_s', 0)]

        """)
  }

  @Test(arguments: Language.allCases) func `as one well-formed page without scripts and network access`(
    language: Language
  ) async throws {
    let page = try await october492().html(in: language)
    #expect(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;, &quot;Süd&quot"))
    // The page refers to no other file or host, and every tag is closed.
    let script = """
      import html.parser, re, sys
      class Page(html.parser.HTMLParser):
          open, rows, gaps, marks = [], 0, 0, set()
          def handle_starttag(self, tag, attributes):
              self.marks.add(tag)
              names = dict(attributes)
              assert not {'src', 'href', 'srcset', 'data', 'action'} & set(names), (tag, attributes)
              assert not any(name.startswith('on') for name in names), attributes
              self.rows += tag == 'tr'
              self.gaps += names.get('class') == 'gap'
              if tag != 'meta': self.open.append(tag)
          def handle_startendtag(self, tag, attributes): self.marks.add(tag)
          def handle_endtag(self, tag):
              assert self.open.pop() == tag, tag
      page = Page()
      text = sys.stdin.read()
      page.feed(text)
      assert page.open == [] and 'http' not in text.replace('http-equiv', ''), page.open
      assert '@import' not in text and re.findall(r'url\\(([^)]*)', text) == ['#open'] * 8, re.findall(r'url\\(([^)]*)', text)
      print(page.rows, page.gaps, {'polyline', 'rect', 'thead', 'style'} <= page.marks)
      """
    // Two rows of headings, which are repeated on each printed sheet, then the entries.
    #expect(try python(script, page) == "7 1 True\n")
    #expect(page.contains(language == .de ? "kein steuerliches Fahrtenbuch" : "not a tax logbook"))
  }
}

/// The output of a Python script that reads `input`.
private func python(_ script: String, _ input: String) throws -> String {
  let folder = FileManager.default.temporaryDirectory.appending(path: "logbook-\(UUID().uuidString)")
  try Data(input.utf8).write(to: folder)
  defer { try? FileManager.default.removeItem(at: folder) }
  let process = Process()
  let (output, errors) = (Pipe(), Pipe())
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3", "-c", script]
  process.environment = ["PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"]
  process.standardInput = try FileHandle(forReadingFrom: folder)
  (process.standardOutput, process.standardError) = (output, errors)
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  let complaints = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    struct ScriptFailure: Error { var text: String }
    throw ScriptFailure(text: String(decoding: complaints, as: UTF8.self))
  }
  return String(decoding: text, as: UTF8.self)
}
