import Extract
import FleetModel
import Foundation

/// A record of erasures outside of the database, so that they survive the restore of an older backup.
///
/// One line per erasure, never removed: when, device, first day, last day, account.
struct ErasuresFile: Sendable {
  let path: String

  /// Appends lines; creates the file, readable only by its owner, if it is missing.
  func append(_ erasures: [Erasure], account: String) throws {
    let lines = erasures.map { erasure in
      "\(erasure.erasedAt.formatted(.iso8601)) \(erasure.device) \(erasure.days.lowerBound) \(erasure.days.upperBound) \(account)\n"
    }
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("cannot be written: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    let bytes = Array(lines.joined().utf8)
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      throw failure("cannot be written: \(String(cString: strerror(errno))); nothing was erased")
    }
  }

  /// The erasures of an account; nil if the file does not exist.
  func erasures(of account: String) throws -> [Erasure]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw failure("cannot be read: \(String(cString: strerror(errno)))")
    }
    var erasures: [Erasure] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty && !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 4)
      guard words.count == 5, let erasedAt = try? Date(String(words[0]), strategy: .iso8601),
        let device = Int64(words[1]), let from = UTCDay(String(words[2])), let to = UTCDay(String(words[3])), from <= to
      else {
        throw failure(
          "has no valid erasure in line \(index + 1)",
          hint: "correct this line to \"WHEN DEVICE FROM TO ACCOUNT\", so that no erasure is lost")
      }
      if words[4] == account { erasures.append(Erasure(device: DeviceID(device), days: from...to, erasedAt: erasedAt)) }
    }
    return erasures
  }

  private func failure(_ what: String, hint: String? = nil) -> SettingError {
    SettingError("erasures_file (FLEETIZE_ERASURES_FILE) \(path) \(what)", hint: hint)
  }
}
