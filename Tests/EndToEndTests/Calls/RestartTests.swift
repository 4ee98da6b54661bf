import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Runs that are repeated.
@Suite struct `A backfill` {
  private static let kinds: [VehicleKind] = [.delivery, .longHaul, .nightShift, .neverMoved, .commuter]
  private static let command = Days.backfill(from: 21, to: 8)

  @Test func `run twice makes no further call and changes nothing`() async throws {
    try await withStage(Self.kinds) { stage in
      let first = try await stage.etl(Self.command)
      #expect(first.code == 0, "\(first.errors)")
      let (calls, tables) = (stage.calls.count, try await stage.tables())
      let again = try await stage.etl(Self.command)
      #expect(again.code == 0)
      #expect(stage.calls.count == calls)
      #expect(try await stage.tables() == tables)
      #expect(Set(stage.askedDays).count == stage.askedDays.count)
    }
  }
}

/// Whether the process lives; a zombie does not.
func isRunning(_ process: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
  return status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first != "Z"
}
