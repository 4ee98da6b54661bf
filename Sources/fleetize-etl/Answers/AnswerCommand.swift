import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct AnswerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer",
    abstract: "Show what the API answered. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl answer show --device 492 --day 2026-11-01
      """,
    subcommands: [AnswerShow.self])
}

struct AnswerShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a kept response for a device and day as the API sent it. Costs no call.",
    discussion: """
      Prints the latest response on stdout, and on stderr a line per kept response. Erased parts and the token are not in the archive.

      EXAMPLES
        fleetize-etl answer show --device 492 --day 2026-11-01
        fleetize-etl answer show --device 492 --day 2026-11-01 --response 1234 | jq .routes
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: ArgumentHelp("The vehicle, by id or name.", valueName: "device"))
  var device: String
  @Option(help: ArgumentHelp("The asked day, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var day: UTCDay
  @Option(help: ArgumentHelp("An earlier response, by its number.", valueName: "number"))
  var response: Int64?

  func run() async throws {
    try await withDevice(device, shared) { session, warehouse, device, id in
      // A restored backup may have brought erased parts back.
      try await Eraser(
        connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays,
        clock: session.clock
      ).apply()
      let day = day
      let entries = try await session.connection.run { db in
        try warehouse.archive.entries(for: day, of: device, on: db)
      }
      for entry in entries {
        session.note(
          "response \(entry.key.number), requested at \(entry.requestedAt.utcText): HTTP status \(entry.httpStatus), "
            + "\(entry.outcome ?? "imported"), \(counted(entry.bytes, "byte"))")
      }
      guard let shown = entries.first(where: { response == nil || $0.key.number == response }) else {
        throw UsageError(
          entries.isEmpty
            ? "no response for device \(id) and \(day) is kept" : "no response for this device and day has this number",
          hint: entries.isEmpty
            ? "it may never have been asked for, or may be pruned or erased; `fleetize-etl backfill` fetches it"
            : "stderr lists the numbers")
      }
      let body = try await session.connection.run { db in
        try warehouse.archive.response(shown.key, on: db).response.body
      }
      try Output.write(body + [UInt8(ascii: "\n")], to: 1, "stdout")
    }
  }
}
