import FleetModel
import FoundationEssentials
import Load
import Postgres

/// (b) to (e): replay compared with `psql \copy` of the same rows; replay without changes; ten times the data; size on disk.
struct ReplayBenchmark {
  var program: String
  var server: String
  var size: ArchiveSize
  var rounds: Int
  var factor: Int
  var scratch: String

  func run() async throws {
    let archive = try await GeneratedArchive(size, server: server)
    try await archive.checkReplayRestores(program: program)
    try await archive.export(to: scratch)
    var replays: [Measured] = []
    var copies: [Measured] = []
    var unchanged: [Measured] = []
    for _ in 0..<rounds {
      try await archive.empty()
      copies.append(try await archive.copy(from: scratch))
      try await archive.empty()
      replays.append(try await archive.replay(program))
      unchanged.append(try await archive.replay(program))
    }
    let points = Double(size.days * size.points)
    print("\n### (b) and (c) Replay of \(size.days) device-days, \(size.points) points each\n")
    row("", "wall s", "points/s", "client CPU s", "peak memory MB", "wall / psql, paired")
    row("---", "---", "---", "---", "---", "---")
    for (name, runs) in [
      ("`psql \\copy … (format binary)`, one transaction", copies), ("`replay` into empty tables", replays),
      ("`replay` again, unchanged", unchanged),
    ] {
      row(
        name, runs.map(\.wall).summary(2), runs.map { points / $0.wall }.summary(0), runs.map(\.cpu).summary(2),
        runs.map(\.peakMemory).summary(0), zip(runs, copies).map { $0.wall / $1.wall }.summary(2))
    }
    print(
      "\nReplay without changes is \(zip(replays, unchanged).map { $0.wall / $1.wall }.summary(1)) times as fast as loading."
    )
    try await archive.printLayout()
    await archive.drop()
    if factor > 1 { try await runLarge(copies: copies, replays: replays, unchanged: unchanged) }
  }

  /// Like the small archive, measured in files that an earlier load has filled: the very first load pays for new files and log segments.
  private func runLarge(copies: [Measured], replays: [Measured], unchanged: [Measured]) async throws {
    let large = ArchiveSize(days: size.days * factor, points: size.points)
    let archive = try await GeneratedArchive(large, server: server)
    try await archive.empty()
    let first = try await archive.replay(program)
    try await archive.export(to: scratch)
    try await archive.empty()
    let copy = try await archive.copy(from: scratch)
    try await archive.empty()
    let load = try await archive.replay(program)
    let again = try await archive.replay(program)
    print("\n### (d) \(factor) times the device-days: \(large.days)\n")
    row("", "wall s", "points/s", "client CPU s", "peak memory MB", "wall / (\(factor) x the small one)")
    row("---", "---", "---", "---", "---", "---")
    let points = Double(large.days * large.points)
    for (name, run, few) in [
      ("`replay` into empty tables, very first load", first, replays),
      ("`psql \\copy … (format binary)`, one transaction", copy, copies), ("`replay` into empty tables", load, replays),
      ("`replay` again, unchanged", again, unchanged),
    ] {
      row(
        name, run.wall.text(2), (points / run.wall).text(0), run.cpu.text(2), run.peakMemory.text(0),
        (run.wall / Double(factor) / few.map(\.wall).median).text(2))
    }
    print("\nReplay takes \((load.wall / copy.wall).text(2)) times as long as `psql`.")
    try await archive.printLayout()
    await archive.drop()
  }
}
