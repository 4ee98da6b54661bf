import ArgumentParser
import Foundation
import Logbook
import Postgres

struct LogbookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logbook",
    abstract: "Show or print one vehicle's trips of a month. Costs no call.",
    discussion: """
      Lists trips and odometer gaps in order, totals, and the days that are incomplete, with the reason. It reads only the views of \
      schema bi, or of bi_limited, so fleetize_reader and limited readers may run it. It is not a tax logbook: purpose, partner and driver are not in the vendor's API.

      HTML is a single A4 landscape page to print, without external files. CSV and JSON have the names and units of the views.

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

  @Option(help: ArgumentHelp("The vehicle, by id or name.", valueName: "device"))
  var device: String

  @Option(help: ArgumentHelp("The month, in local time.", valueName: "yyyy-mm"), transform: parseMonth)
  var month: String

  @Option(help: "Format of the logbook.")
  var format: Format = .table

  @Option(help: "Language of the table and of the HTML.")
  var lang: Language = .en

  @Option(
    help: ArgumentHelp("Write to this file instead of stdout; an existing file is replaced.", valueName: "file"))
  var output: String?

  @Flag(
    help:
      "In CSV, keep texts that begin with = + - @ or a tab as they are. By default ' is put in front, so that no spreadsheet runs them."
  )
  var keepFormulas = false

  func run() async throws {
    try await reporting {
      let connection = try await Session.connection(shared)
      let (accounts, device, month, now) = (shared.account, device, month, Date())
      let logbook = try await connection.run { db in
        let id = try DeviceNames(of: accounts, on: db).ids(of: [device])[0]
        return try LogbookMonth(of: id, month: month, in: accounts, now: now, on: db)
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
    guard let output else { return try Output.print(text, terminator: "") }
    try Output.replaceFile(output, with: Array(text.utf8))
  }
}

extension Language: ExpressibleByArgument {}

@Sendable private func parseMonth(_ text: String) throws -> String {
  guard text.wholeMatch(of: /(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])/) != nil else {
    throw ValidationError("\"\(text)\" is not a month; write it like 2026-10, from 1970-01 to 2099-12")
  }
  return text
}
