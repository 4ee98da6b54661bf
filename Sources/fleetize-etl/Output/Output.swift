import Glibc

/// Writes to stdout, and reports what cannot be written.
enum Output {
  /// - Throws: ``OutputError``.
  static func print(_ text: String, terminator: String = "\n") throws(OutputError) {
    try write(Array((text + terminator).utf8), to: STDOUT_FILENO, "stdout")
  }

  /// Replaces a file as a whole or not at all; a link stays, and the file that it leads to is replaced.
  static func replaceFile(_ path: String, with bytes: [UInt8]) throws(OutputError) {
    func failure() -> OutputError { OutputError(name: path, reason: String(cString: strerror(errno))) }
    var status = stat()
    let target = realpath(path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    // A device or a pipe, such as /dev/stdout, cannot be replaced.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw failure() }
      defer { close(file) }
      return try write(bytes, to: file, path)
    }
    let temporary = "\(target ?? path).\(getpid()).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure() }
    do {
      try write(bytes, to: file, path)
    } catch {
      close(file)
      unlink(temporary)
      throw error
    }
    guard fsync(file) == 0, close(file) == 0, rename(temporary, target ?? path) == 0 else {
      let error = failure()
      unlink(temporary)
      throw error
    }
  }

  /// - Throws: ``OutputError`` if not every byte is written.
  static func write(_ bytes: [UInt8], to file: CInt, _ name: String) throws(OutputError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw OutputError(name: name, reason: String(cString: strerror(errno))) }
      rest = rest.dropFirst(count)
    }
  }
}

/// The result could not be written; exits with 74.
struct OutputError: Error, Hashable, CustomStringConvertible {
  var name: String
  var reason: String

  var description: String { "the output to \(name) could not be written: \(reason)" }
  var hint: String { "free space there or write elsewhere, then run the same command again" }
}
