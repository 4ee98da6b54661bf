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
}
