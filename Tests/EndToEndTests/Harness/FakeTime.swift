import Foundation
import Testing

/// libfaketime, which gives a process a wrong clock.
enum FakeTime {
  static func library() throws -> String {
    let libraries = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map {
      "/usr/lib/\($0)/faketime/libfaketime.so.1"
    }
    return try #require(
      libraries.first { FileManager.default.fileExists(atPath: $0) }, "deploy/install-packages installs libfaketime")
  }

  /// The environment of a program whose clock is wrong.
  ///
  /// - Parameter offset: such as `+2d` or `-60`.
  static func environment(_ offset: String) throws -> [String: String?] {
    [
      "LD_PRELOAD": try library(), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
      "FAKETIME_DISABLE_SHM": "1",
    ]
  }
}
