import FleetizeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline
@testable import fleetize_etl

/// How far a replay is, how fast it goes and how long it will take.
@Suite struct `The progress of a replay` {
  /// Seconds since the beginning; responses, bytes and points done, of 400 responses with 8 MB; and the bar. The estimate goes by bytes.
  @Test(arguments: [
    (2.0, 100, 2_000_000, 5_000, "[######------------------] 100/400 2500 points/s, ETA 6 s"),
    // Lists come first: a quarter of the responses, hardly any of the bytes, no points.
    (1.0, 100, 80_000, 0, "[######------------------] 100/400 0 points/s, ETA 1 min 39 s"),
    (90.0, 200, 1_000_000, 4_500_000, "[############------------] 200/400 50000 points/s, ETA 10 min 30 s"),
    (40.0, 300, 6_000_000, 10, "[##################------] 300/400 0 points/s, ETA 14 s"),
    (7_200.0, 40, 800_000, 720_000_000, "[##----------------------] 40/400 100000 points/s, ETA 18 h 0 min"),
    (4.0, 400, 8_000_000, 1_000, "[########################] 400/400 250 points/s, ETA 0 s"),
    // Responses that came since it began.
    (4.0, 401, 9_000_000, 1_000, "[########################] 401/400 250 points/s, ETA 0 s"),
    // Nothing can be said yet.
    (4.0, 0, 0, 0, "[------------------------] 0/400"),
  ]) func `is a bar on a terminal`(seconds: Double, responses: Int, bytes: Int, points: Int, bar: String) {
    let written = Written()
    let printer = ReplayPrinter(account: "north", isTerminal: true, elapsed: { seconds }, write: written.append)
    printer.report(
      ReplayProgress(responses: responses, totalResponses: 400, bytes: bytes, totalBytes: 8_000_000, points: points))
    printer.finish()
    printer.finish()
    #expect(written.texts == ["\r\u{1B}[K" + bar, "\n"])
  }

  @Test func `is a line every ten seconds elsewhere`() {
    let written = Written()
    let clock = Mutex(0.0)
    let printer = ReplayPrinter(
      account: "north", isTerminal: false, elapsed: { clock.withLock(\.self) }, write: written.append)
    for second in 1...25 {
      clock.withLock { $0 = Double(second) }
      printer.report(
        ReplayProgress(
          responses: 4 * second, totalResponses: 200, bytes: 20 * second, totalBytes: 1_000, points: 3_000 * second))
    }
    printer.finish()
    #expect(
      written.texts == [
        "[north] 40/200 responses, 3000 points/s, ETA 40 s\n", "[north] 80/200 responses, 3000 points/s, ETA 30 s\n",
      ])
  }

  /// As a person sees it who runs the program; it waits for a lock for three seconds, so that the figures have known bounds.
  @Test func `counts what the program has done in the time that it took`() async throws {
    try await withStage([.delivery, .nightShift]) { stage in
      try await stage.succeed(Days.backfill(from: 34, to: 4))
      let responses = try await stage.rows("select from etl.response").count
      let points = Double(try await stage.rows("select from warehouse.route_point").count)
      try await stage.execute(
        """
        truncate warehouse.device_reading, warehouse.device_version, warehouse.route, warehouse.route_point,
          warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding
        """)
      let start = ContinuousClock.now
      async let replay = stage.onTerminal(["replay"])
      try await holding(stage, "lock table warehouse.route in exclusive mode") {
        try await eventually("the replay waits for the lock") {
          try await !stage.rows("select from pg_locks where relation = 'warehouse.route'::regclass and not granted")
            .isEmpty
        }
        try await Task.sleep(for: .seconds(3))
      }
      let outcome = try await replay
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      #expect(outcome.code == 0, "\(outcome)")
      let bars = outcome.output.matches(of: #/\] (\d+)/(\d+) (\d+) points/s, ETA ([^\r\n]*)/#).compactMap { match in
        Int(match.1).flatMap { done in Double(match.3).map { (done: done, of: match.2, pace: $0, eta: match.4) } }
      }
      #expect(bars.count > 1 && bars.map(\.done) == Set(bars.map(\.done)).sorted(), "\(outcome)")
      #expect(bars.hasOnly { $0.of == "\(responses)" } && bars.last?.done == responses, "\(outcome)")
      let (first, last) = (try #require(bars.first), try #require(bars.last))
      // The first batch took as long as the lock was held; days differ in size.
      let estimate = try #require(first.eta.hasSuffix(" s") ? Int(first.eta.dropLast(2)) : nil, "\(first)")
      #expect(2 * estimate >= 3 * (responses - first.done) / first.done && estimate >= 3, "\(first)")
      #expect(last.eta == "0 s", "\(last)")
      #expect(
        last.pace >= (points / seconds).rounded(.down) && last.pace <= points / 3, "\(last), \(points), \(seconds)")
      #expect(outcome.output.contains("\(responses) responses, \(Int(points)) points in "), "\(outcome)")
    }
  }
}

private final class Written: Sendable {
  private let all = Mutex<[String]>([])

  var texts: [String] { all.withLock(\.self) }

  @Sendable func append(_ text: String) { all.withLock { $0.append(text) } }
}
