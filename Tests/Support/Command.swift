import Foundation

/// Runs programs of this machine.
public enum Command {
  public struct Failure: Error { let text: String }

  @discardableResult
  public static func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let directory = FileManager.default.temporaryDirectory.appending(path: "fleetize-test-\(UUID().uuidString)")
    try Data(input).write(to: directory)
    defer { try? FileManager.default.removeItem(at: directory) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: directory)
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let result = try output.fileHandleForReading.readToEnd() ?? Data()
    let words = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(text: String(decoding: words, as: UTF8.self)) }
    return Array(result)
  }

  public static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    try run(["gzip", "-9", "-c"], input: bytes)
  }
}

/// Runs `body` with a new temporary folder, deleted afterwards.
public func withTemporaryFolder<R>(
  isolation: isolated (any Actor)? = #isolation, _ body: (URL) async throws -> R
) async throws -> R {
  let folder = FileManager.default.temporaryDirectory.appending(path: "fleetize-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
