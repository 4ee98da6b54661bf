import Glibc

/// A file with a secret: read once, and only if nobody else can read it.
public struct SecretFile: Sendable {
  public let bytes: [UInt8]
  /// Why and how somebody else can read it; nil if nobody can.
  public let exposure: Exposure?

  public struct Exposure: Error, Hashable, Sendable {
    public var hint: String
  }

  /// Why the file could not be read.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// Reads the file; permissions are those of the opened file, so that it cannot be exchanged in between.
  public init(_ path: String, maxBytes: Int) throws(Failure) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Self.failure() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Self.failure() }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure(description: "it is a folder") }
    bytes = try Self.contents(of: file, maxBytes)
    exposure = Self.exposure(status, path)
  }

  private static func contents(of file: CInt, _ maxBytes: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= maxBytes else { throw Failure(description: "it is larger than \(maxBytes) bytes") }
    }
  }

  private static func exposure(_ status: stat, _ path: String) -> Exposure? {
    guard FileAccess.isOpenToOthers(status) else { return nil }
    // A user who does not own the file would lock itself out with mode 600.
    return Exposure(
      hint: status.st_uid == geteuid() || geteuid() == 0
        ? "let only its owner read it: chmod 600 '\(path)'"
        : "let only root and the group of this program's user read it: chown root '\(path)', chmod 640 '\(path)'")
  }

  private static func failure() -> Failure { Failure(description: String(cString: strerror(errno))) }
}
