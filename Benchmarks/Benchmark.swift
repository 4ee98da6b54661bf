import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Logging
import Postgres

/// `make bench`: measures transform, replay, layout and views on this machine, and prints tables.
@main
struct Benchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleetize-benchmarks",
    abstract: "Measures transform, replay, layout and views. Run it with `make bench`.")

  @Option(help: "The program to measure.") var program: String
  @Option(help: "A PostgreSQL server whose user may create databases.") var server: String
  @Option(help: "Device-days in the archive.") var days = 2_000
  @Option(help: "Points per device-day.") var points = 5_000
  @Option(help: "How often to repeat each measurement.") var rounds = 5
  @Option(help: "Size of the large archive relative to the small one; 1 for none.") var factor = 10
  @Option(help: "Vehicles in the database for the views; 0 skips the views.") var vehicles = 100
  @Option(help: "Folder for exported rows.") var scratch = "/tmp"

  func run() async throws {
    try await Machine.print(server: server)
    let size = ArchiveSize(days: days, points: points)
    try TransformBenchmark(size: size, rounds: rounds).run()
    try await ReplayBenchmark(
      program: program, server: server, size: size, rounds: rounds, factor: factor, scratch: scratch
    ).run()
    if vehicles > 0 { try await ViewBenchmark(server: server, vehicles: vehicles, rounds: max(rounds, 7)).run() }
  }
}

/// The size of a generated archive.
struct ArchiveSize {
  var days: Int
  var points: Int
  /// Days per vehicle.
  var daysPerVehicle: Int { min(100, days) }
  var vehicles: Int { (days + daysPerVehicle - 1) / daysPerVehicle }
}

/// Describes the machine and the server.
enum Machine {
  static func print(server: String) async throws {
    let connection = try await Connection.open(server, applicationName: "benchmarks", logger: silent)
    let settings = try await connection.run { db in
      try db.query(
        """
        select version() as line
        union all
        select format('%s = %s', name, current_setting(name)) from pg_settings
        where name in ('fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size', 'autovacuum', 'wal_level')
        """
      ).map { try $0.decode("line", as: String.self) }
    }
    await connection.close()
    let processor =
      (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "unknown"
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
    let memory = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n").first ?? ""
    Swift.print("Machine: \(ProcessInfo.processInfo.activeProcessorCount) cores,\(processor); \(memory)")
    Swift.print("Load average at the start: \(load.split(separator: "\n").first ?? "")")
    Swift.print(settings.joined(separator: "; "))
    #if DEBUG
      Swift.print("DEBUG BUILD: the figures are meaningless")
    #endif
  }
}

let silent = Logger(label: "benchmarks") { _ in SwiftLogNoOpLogHandler() }

extension Array where Element == Double {
  var median: Double {
    let sorted = sorted()
    return isEmpty ? .nan : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// `median (lowest-highest)`.
  func summary(_ digits: Int) -> String {
    "\(median.text(digits)) (\((self.min() ?? .nan).text(digits))-\((self.max() ?? .nan).text(digits)))"
  }
}

extension Double {
  func text(_ digits: Int) -> String {
    guard isFinite else { return "-" }
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = Int64((magnitude * scale).rounded())
    let fraction = String(scaled % Int64(scale) + Int64(scale)).dropFirst()
    return "\(self < 0 ? "-" : "")\(scaled / Int64(scale))" + (digits > 0 ? ".\(fraction)" : "")
  }
}

/// Prints a row of a Markdown table.
func row(_ cells: String...) {
  print("| \(cells.joined(separator: " | ")) |")
}
