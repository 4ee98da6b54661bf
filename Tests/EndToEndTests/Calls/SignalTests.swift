import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Signals that end the program.
@Suite struct `A signal` {
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `ends the wait for the next call at once`(signal: Int32) async throws
  {
    try await withStage { stage in
      let outcome = try await stage.etl(
        Days.backfill(from: 4, to: 2), with: ["FLEETIZE_REQUEST_INTERVAL": "3600"]
      ) { process in
        try await eventually("the list is loaded") {
          try await stage.rows("select from etl.checkpoint").count == 6
        }
        kill(process, signal)
        try await eventually("the program has ended") { !isRunning(process) }
      }
      #expect(outcome.code == 128 + signal)
      #expect(stage.calls.count == 1)
      #expect(try await stage.rows("select exit_code, reason from bi.run") == ["(\(128 + signal),interrupted)"])
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `says what it waits for, and a second one ends the program at once`(
    signal: Int32
  ) async throws {
    try await withStage([.delivery], fault: { $0.action == .device ? .silence : nil }) { stage in
      let outcome = try await stage.etl(
        Days.backfill(from: 3, to: 2), with: ["FLEETIZE_REQUEST_TIMEOUT": "600"]
      ) { process in
        try await eventually("a device-day is asked for") { stage.askedDays.count == 1 }
        kill(process, signal)
        // Time for the first one to be noticed: equal signals that wait become one.
        try await Task.sleep(for: .milliseconds(300))
        #expect(isRunning(process))
        kill(process, signal)
        try await eventually("the program has ended") { !isRunning(process) }
      }
      #expect(outcome.code == 128 + signal)
      #expect(outcome.errors.contains("finishing the call in flight, up to 600 s; send the signal again to stop now"))
      #expect(try await stage.rows("select from etl.api_call where ended_at is null").count == 1)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `lets a slow call and its device-day finish, and nothing after it`(
    signal: Int32
  ) async throws {
    try await withStage(fault: { $0.action == .device ? .late(seconds: 1) : nil }) { stage in
      let outcome = try await stage.etl(Days.backfill(from: 4, to: 2)) { process in
        try await eventually("a device-day is asked for") { stage.askedDays.count == 1 }
        kill(process, signal)
      }
      #expect(outcome.code == 128 + signal)
      #expect(stage.askedDays.count == 1)
      let fetched = try await stage.rows("select device_id, day from bi.data_coverage where fetched_at is not null")
      #expect(fetched == stage.askedDays.map { "(\($0.device),\($0.day))" })
      #expect(try await stage.rows("select from etl.unloaded_response") == [])
      #expect(try await stage.rows("select from etl.api_call where outcome is distinct from 'answered'") == [])
    }
  }
}
