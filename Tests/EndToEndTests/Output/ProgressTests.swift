import FleetizeSimulator
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import fleetize_etl

/// What a person at a terminal sees of long work.
@Suite struct `A terminal` {
  @Test func `shows how much is done, the calls left, the next call and the time it will take`() async throws {
    try await withStage([.delivery], interval: 0.3) { stage in
      let outcome = try await stage.onTerminal(Days.backfill(from: 7, to: 2))
      #expect(outcome.code == 0, "\(outcome)")
      // The bar is redrawn over itself.
      let bars = outcome.output.components(separatedBy: "\r\u{1B}[K")
      #expect(bars.contains { $0.hasPrefix("[------------------------] 0/6 calls left 9999") }, "\(bars)")
      #expect(
        bars.contains { $0.contains(/^\[####--------------------\] 1\/6 calls left 9998, .*ETA \d+ s/) }, "\(bars)")
      #expect(bars.contains { $0.contains(#/ 3/6 calls left 9996,.* ETA \d+ s/#) }, "\(bars)")
      #expect(bars.contains { $0.hasPrefix("[########################] 6/6 calls left 9993") }, "\(bars)")
    }
  }

  @Test func `of 40 columns has no line that is wider, and the countdown moves`() async throws {
    try await withStage([.delivery], interval: 3) { stage in
      let outcome = try await stage.onTerminal(Days.backfill(from: 3, to: 2), columns: 40)
      #expect(outcome.code == 0, "\(outcome)")
      let bars = outcome.output.components(separatedBy: "\r\u{1B}[K").dropFirst().map {
        $0.prefix { $0 != "\n" && $0 != "\r\n" && $0 != "\r" }
      }
      #expect(bars.hasOnly { $0.count < 40 }, "\(bars)")
      #expect(bars.contains { $0.hasPrefix("fetching the device list") }, "\(bars)")
      for seconds in 1...3 { #expect(bars.contains { $0.contains("next call in \(seconds) s") }, "\(bars)") }
    }
  }

  @Test(arguments: ["dumb", ""]) func `that cannot redraw a line gets lines`(kind: String) async throws {
    try await withStage([.delivery]) { stage in
      let outcome = try await stage.onTerminal(Days.backfill(from: 3, to: 2), with: ["TERM": kind])
      #expect(outcome.code == 0 && !outcome.output.contains("\u{1B}"), "\(outcome)")
      #expect(outcome.output.contains(": 1 route, ") || outcome.output.contains(" routes, "), "\(outcome)")
    }
  }

  @Test(arguments: [(200, true), (80, true), (60, false), (40, false), (20, false), (5, false), (1, false)])
  func `gets a bar that fits`(width: Int, hasETA: Bool) {
    let line = ProgressLine(done: 123, total: 4_560, parts: ["calls left 95", "next call in 59 s", "ETA 44 d 10 h"])
    let text = line.text(width: width)
    #expect(text.count <= max(1, width - 1), "\(text)")
    #expect(text.contains("ETA") == hasETA, "\(text)")
    #expect(width < 20 || text.contains("123/4560"), "\(text)")
  }

  @Test func `gets nothing but errors with --quiet, and more with --verbose`() async throws {
    try await withStage([.delivery], interval: 0.1) { stage in
      let quiet = try await stage.etl(
        Days.backfill(from: 3, to: 2, "--quiet"), with: ["FLEETIZE_UNKNOWN_THING": "1"])
      #expect(quiet.code == 0 && quiet.errors.isEmpty, "\(quiet)")
      let verbose = try await stage.etl(
        Days.backfill(from: 5, to: 4, "--verbose"), with: ["FLEETIZE_REQUEST_INTERVAL": "1"])
      #expect(verbose.errors.contains("next call at ") && verbose.errors.contains("connected to the database"))
      let both = try await stage.etl(["status", "--quiet", "--verbose"])
      #expect(both.code == 64, "\(both)")
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
  func onTerminal(
    _ arguments: [String], columns: Int = 80, with changes: [String: String] = [:]
  ) async throws -> Program.Outcome {
    let command = (["stty cols \(columns);", Program.folder.appending("fleetize-etl").string] + arguments)
      .joined(separator: " ")
    return try await Program.tool(
      "script", ["--quiet", "--return", "--command", command, "/dev/null"],
      environment.merging(["TERM": "xterm"]) { $1 }.merging(changes) { $1 })
  }
}
