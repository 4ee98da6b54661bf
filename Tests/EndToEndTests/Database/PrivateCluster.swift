import Foundation
import Testing

/// A PostgreSQL server of a test's own, which may be stopped, filled and copied.
struct PrivateCluster: Sendable {
  let folder: String
  private static let script = Repository.folder.appending(path: "deploy/private-postgres").path

  /// Starts it, the first time or again; its URL.
  ///
  /// - Parameter port: nil for a free one.
  @discardableResult
  func start(port: Int? = nil) async throws -> String {
    try await prepare("start", port: port)
  }

  /// A further server that follows the one at `url` and takes no writes.
  func startStandby(of url: String) async throws -> String {
    try await prepare("standby", url)
  }

  /// As ``start(port:)``, with a folder that has room for some megabytes only; the mount is seen by the server alone and ends with it.
  func startWithSmallDisk(megabytes: Int) async throws -> String {
    let steps = startOnDisk(at: "\(folder)/small", megabytes: megabytes)
    return try url(from: await Program.tool("unshare", ["--mount", "bash", "-c", steps], Self.options()))
  }

  /// As ``start(port:)``, of a cluster that was started before, in a network of its own where it is at `address`.
  func start(at address: String, options: String) async throws -> String {
    let steps = """
      set -e
      ip link set lo up
      ip address add \(address)/32 dev lo
      exec '\(Self.script)' start '\(folder)'
      """
    let variables = ["PRIVATE_POSTGRES_OPTIONS": "-c fsync=off -c listen_addresses='*' \(options)"]
    return try url(from: await Program.tool("unshare", ["--net", "bash", "-c", steps], variables))
  }

  /// As ``start(port:)``, with a clock that is wrong by as many seconds as `file` says at the moment: `+0`, `+3600`.
  func start(withClockOf file: String) async throws -> String {
    let libraries = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map {
      "/usr/lib/\($0)/faketime/libfaketime.so.1"
    }
    let library = try #require(
      libraries.first { FileManager.default.fileExists(atPath: $0) }, "deploy/install-packages installs libfaketime")
    let clock = [
      "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
      "FAKETIME_DONT_FAKE_MONOTONIC": "1",
      "NO_FAKE_STAT": "1",
    ]
    // All of it as one user: the library keeps what its processes share in files of whoever came first.
    let user = getuid() == 0 ? ["--reuid", "postgres", "--regid", "postgres", "--init-groups"] : []
    let settings = Self.options().merging(clock) { $1 }.map { "\($0)=\($1)" }
    return try url(from: await Program.tool("setpriv", user + ["env"] + settings + [Self.script, "start", folder]))
  }

  /// As ``start(port:)``, with a disk of its own for the write-ahead log; it is unmounted by ``remove()``.
  ///
  /// Segments are small, so that each is soon followed by one that needs room, and nothing removes old ones.
  func startWithSmallLog(megabytes: Int) async throws -> String {
    let steps = startOnDisk(at: smallLog, megabytes: megabytes)
    var options = Self.options()
    options["PRIVATE_POSTGRES_OPTIONS"]? += " -c max_wal_size=1GB -c checkpoint_timeout=1h"
    options["PRIVATE_POSTGRES_INITDB_OPTIONS"] = "--waldir=\(smallLog)/wal --wal-segsize=1"
    return try url(from: await Program.tool("bash", ["-c", steps], options))
  }

  /// Shell steps that start the server with a disk of its own at `place`.
  private func startOnDisk(at place: String, megabytes: Int) -> String {
    """
    set -e
    mkdir -p '\(place)'
    mount -t tmpfs -o size=\(megabytes)m tmpfs '\(place)'
    chown postgres '\(folder)' '\(place)'
    exec '\(Self.script)' start '\(folder)'
    """
  }

  /// Where the disk for the log is mounted.
  var smallLog: String { "\(folder)/log" }

  /// The small disk, as its server sees it.
  func smallDisk() throws -> URL { URL(filePath: "/proc/\(try process())/root\(folder)/small") }

  /// Ends the server as `pg_ctl stop -m immediate` does: no session is told, nothing is tidied up.
  func stopAtOnce() throws {
    let process = try process()
    kill(process, SIGQUIT)
    for _ in 0..<10_000 where isRunning(process) { usleep(1_000) }
  }

  func remove() async throws {
    let hasLog = FileManager.default.fileExists(atPath: smallLog)
    _ = try await Program.tool("bash", [Self.script, "stop", folder])
    guard hasLog else { return }
    _ = try await Program.tool("umount", [smallLog])
    try FileManager.default.removeItem(atPath: folder)
  }

  /// The server's first process.
  func process() throws -> pid_t {
    let text = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
    return try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
  }

  private func prepare(_ command: String, _ more: String..., port: Int? = nil) async throws -> String {
    try url(from: await Program.tool("bash", [Self.script, command, folder] + more, Self.options(port: port)))
  }

  private func url(from started: Program.Outcome) throws -> String {
    guard started.code == 0 else { throw StageFailure(text: "no cluster: \(started)") }
    return started.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A throw-away cluster need not survive a power cut.
  private static func options(port: Int? = nil) -> [String: String] {
    ["PRIVATE_POSTGRES_OPTIONS": "-c fsync=off" + (port.map { " -p \($0)" } ?? "")]
  }
}

/// Runs `body` with a folder for a cluster, removed afterwards.
func withClusterFolder(_ body: (PrivateCluster) async throws -> Void) async throws {
  // Not in a temporary folder that root alone can reach: the server may run as another user.
  let cluster = PrivateCluster(folder: "/tmp/fleetize-cluster-\(UUID().uuidString)")
  let result: Result<Void, any Error>
  do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
  try await cluster.remove()
  try result.get()
}

/// Runs `body` with the URL of a server of its own.
func withPrivateCluster(_ body: (String) async throws -> Void) async throws {
  try await withClusterFolder { try await body($0.start()) }
}

/// Runs `body` with the URL of a server of its own, and with what sets how many seconds its clock is wrong: `+0` at first, `+3600`.
func withWrongClock(
  _ body: (_ server: String, _ set: @escaping @Sendable (String) throws -> Void) async throws -> Void
) async throws {
  let clock = "/tmp/fleetize-clock-\(UUID().uuidString)"
  @Sendable func set(_ offset: String) throws { try offset.write(toFile: clock, atomically: false, encoding: .utf8) }
  try set("+0")
  defer { unlink(clock) }
  try await withClusterFolder { try await body($0.start(withClockOf: clock), set) }
}
