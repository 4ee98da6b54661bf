import Glibc

extension Token {
  private static let maxFileBytes = 65_536

  /// Reads the token from a file of its own.
  ///
  /// The permissions are checked on the opened file, so that it cannot be exchanged in between.
  /// - Throws: when the file cannot be read, is readable by its group or others, or holds no token.
  public init(contentsOf path: String) throws(SettingError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Self.unreadable(path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Self.unreadable(path) }
    guard !FileAccess.isOpenToOthers(status) else {
      throw SettingError(
        .token, "\(Self.shown(path)) is open to its group or to others",
        hint: "let its owner alone read it: chmod 600 '\(path)'")
    }
    try self.init(try Self.text(of: file, path))
  }

  private static func text(of file: CInt, _ path: String) throws(SettingError) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
      guard bytes.count <= maxFileBytes else {
        throw SettingError(
          .token, "\(shown(path)) is larger than \(maxFileBytes) bytes",
          hint: "FLEETIZE_API_TOKEN_FILE names a file that holds the token alone")
      }
    }
  }

  /// Not what may be the token itself, set where its file belongs.
  private static func shown(_ path: String) -> String {
    path.hasPrefix("/") ? "the token file \(path)" : "the token file (a relative path, not shown)"
  }

  private static func unreadable(_ path: String) -> SettingError {
    SettingError(
      .token, "\(shown(path)) cannot be read: \(String(cString: strerror(errno)))",
      hint: "FLEETIZE_API_TOKEN_FILE names a file that the user of this program owns")
  }
}
