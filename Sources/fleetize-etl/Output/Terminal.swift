import FoundationEssentials
import Glibc

/// The terminal that stderr leads to.
enum Terminal {
  /// Whether a line on it can be redrawn.
  static let canRedraw: Bool = {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(kind)
  }()

  /// Columns at this moment; 80 where the terminal does not say.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
