import FoundationEssentials
import Glibc

/// The resources used by a process that has ended.
struct Measured {
  /// Seconds of wall time.
  var wall: Double
  /// Seconds of CPU time of the process itself, without its children and the server.
  var cpu: Double
  /// MB.
  var peakMemory: Double

  struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a program. Its output is shown only if it fails.
  static func run(_ arguments: [String], environment: [String: String]) throws -> Measured {
    let log = "/tmp/fleetize-benchmarks.\(getpid()).log"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var inherited = ProcessInfo.processInfo.environment
    inherited.merge(environment) { $1 }
    let words = arguments.map { strdup($0) } + [nil]
    let variables = inherited.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + variables).forEach { free($0) } }

    let clock = ContinuousClock()
    let start = clock.now
    var process: pid_t = 0
    guard posix_spawnp(&process, arguments[0], &actions, nil, words, variables) == 0 else {
      throw Failed(description: "\(arguments[0]) cannot be started")
    }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(process, &status, 0, &usage) == process else { throw Failed(description: "wait4 failed") }
    let wall = (clock.now - start) / .seconds(1)
    let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    unlink(log)
    guard status == 0 else {
      throw Failed(description: "\(arguments.joined(separator: " ")) ended with \(status): \(output)")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return Measured(
      wall: wall, cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMemory: Double(usage.ru_maxrss) / 1_024)
  }
}
