import ArgumentParser
import Foundation
import Logbook
import Postgres

struct LogbookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logbook",
    abstract: "One vehicle's trips of a local month, to read, print or process. Costs no call.",
    discussion: """
      Trips in order, odometer gaps as rows of their own, totals, and which days are not complete and why. It reads the views of schema \
      bi alone, so the role of a reader is enough. It is the recorded half of a logbook and not a tax logbook: purpose, partner and \
      driver are not in the vendor's API.

      The HTML is one page to print, A4 landscape, that loads nothing. CSV and JSON have the views' names and units in any language.

      EXAMPLES
        fleetize-etl logbook --device 492 --month 2026-10
        fleetize-etl logbook --device 492 --month 2026-10 --format html --lang de --output october.html
        fleetize-etl logbook --device 492 --month 2026-10 --format csv --account north
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table
    case csv
    case json
    case html
  }

  @OptionGroup var shared: SharedOptions

  @Option(help: ArgumentHelp("The vendor's number of the vehicle.", valueName: "id"))
  var device: Int64

  @Option(help: ArgumentHelp("The local month.", valueName: "yyyy-mm"), transform: parseMonth)
  var month: String

  @Option(help: "How it is written.")
  var format: Format = .table

  @Option(help: "Language of the table and of the HTML.")
  var lang: Language = .en

  @Option(
    help: ArgumentHelp("Write to this file, which is replaced if it is there, and not to stdout.", valueName: "file"))
  var output: String?

  @Flag(
    help:
      "In CSV, leave texts alone that begin with = + - @ or a tab. Otherwise ' goes before them, because a spreadsheet runs them."
  )
  var keepFormulas = false

  func run() async throws {
    try await reporting {
      let connection = try await Session.connection(shared)
      let (accounts, device, month, now) = (shared.account, device, month, Date())
      let logbook = try await connection.run { db in
        try LogbookMonth(of: device, month: month, in: accounts, now: now, on: db)
      }
      await connection.close()
      try write(rendered(logbook))
    }
  }

  private func rendered(_ logbook: LogbookMonth) throws -> String {
    switch format {
    case .table: logbook.table(in: lang)
    case .csv: logbook.csv(keepingFormulas: keepFormulas)
    case .json: try logbook.json()
    case .html: logbook.html(in: lang)
    }
  }

  private func write(_ text: String) throws {
    guard let output else { return print(text, terminator: "") }
    do {
      try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw ValidationError("--output \(output) cannot be written: \(error.localizedDescription)")
    }
  }
}

extension Language: ExpressibleByArgument {}

@Sendable private func parseMonth(_ text: String) throws -> String {
  guard text.wholeMatch(of: /(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])/) != nil else {
    throw ValidationError("a month is written as 2026-10, from 1970-01 to 2099-12")
  }
  return text
}
