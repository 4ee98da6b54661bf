import FleetizeSimulator
import Foundation
import SystemPackage
import Testing

/// What a person at a terminal sees of long work.
@Suite struct `A terminal` {
  @Test func `shows how much is done, the calls left, the next call and the time it will take`() async throws {
    try await withStage([.delivery], interval: 0.3) { stage in
      let outcome = try await stage.onTerminal(Days.backfill(from: 7, to: 2))
      #expect(outcome.code == 0, "\(outcome)")
      // The bar is drawn anew over itself.
      let bars = outcome.output.components(separatedBy: "\r\u{1B}[K")
      #expect(bars.contains { $0.hasPrefix("[------------------------] 0/6 calls left 9999") }, "\(bars)")
      #expect(
        bars.contains { $0.contains(/^\[####--------------------\] 1\/6 calls left 9998, .*ETA \d+ s/) }, "\(bars)")
      #expect(bars.contains { $0.contains(#/ 3/6 calls left 9996, next call in 1 s, ETA \d+ s/#) }, "\(bars)")
      #expect(bars.contains { $0.hasPrefix("[########################] 6/6 calls left 9993") }, "\(bars)")
    }
  }

  @Test func `shows days where the quota needs them`() async throws {
    try await withStage([.delivery, .commuter]) { stage in
      let outcome = try await stage.onTerminal(
        Days.backfill(from: 30, to: 2), with: ["FLEETIZE_DAILY_CALLS": "10"])
      #expect(outcome.code == 75, "\(outcome)")
      #expect(outcome.output.contains(#/ 4/56 calls left 5, ETA \d+ d \d+ h/#), "\(outcome)")
    }
  }
}

extension Stage {
  /// Runs the program with a terminal as its stderr and stdout.
  func onTerminal(_ arguments: [String], with changes: [String: String] = [:]) async throws -> Program.Outcome {
    let command = ([Program.folder.appending("fleetize-etl").string] + arguments).joined(separator: " ")
    return try await Program.tool(
      "script", ["--quiet", "--return", "--command", command, "/dev/null"], environment.merging(changes) { $1 })
  }
}
