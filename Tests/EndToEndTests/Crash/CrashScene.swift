import FleetizeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

/// What undisturbed commands leave behind, shared by all crash tests.
struct CrashScene: Sendable {
  @TaskLocal static var current: CrashScene?

  let undisturbed: [CrashedCommand: Content]

  static let kinds: [VehicleKind] = [.delivery, .nightShift]
  /// Seconds between calls: above 0, as at night.
  static let interval = 0.001

  struct Shared: SuiteTrait, TestScoping {
    func provideScope(
      for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
      var undisturbed: [CrashedCommand: Content] = [:]
      for command in CrashedCommand.allCases {
        try await withCrashStage(command) { stage in
          try await stage.succeed(command.arguments)
          undisturbed[command] = try await Content(of: stage.databaseURL)
        }
      }
      try await CrashScene.$current.withValue(CrashScene(undisturbed: undisturbed)) { try await body() }
    }
  }
}

/// A stage that is ready for `command`, with an empty `database` on another server or a new one on the server of all tests.
func withCrashStage(
  _ command: CrashedCommand, database: String? = nil,
  fault: @escaping @Sendable (Simulator.Call) -> Simulator.Fault? = { _ in nil },
  _ body: (Stage) async throws -> Void
) async throws {
  try await withStage(
    CrashScene.kinds, interval: CrashScene.interval, isMigrated: command != .migrate, database: database,
    fault: fault
  ) { stage in
    try await command.prepare(stage)
    try await body(stage)
  }
}

/// The process to kill.
final class Victim: Sendable {
  private let state = Mutex<(process: pid_t, isKilled: Bool)>((0, false))

  func set(_ process: pid_t) { state.withLock { $0.process = process } }

  var isKilled: Bool { state.withLock(\.isKilled) }

  /// Sends SIGKILL as soon as the process is known.
  func kill() {
    while state.withLock({ $0.process }) == 0 { usleep(100) }
    state.withLock { state in
      state.isKilled = true
      _ = Foundation.kill(state.process, SIGKILL)
    }
  }
}
