import CLibpq
import Logging

/// Logs the server's notices and warnings without their detail, which may quote stored values.
final class NoticeLog {
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  /// `self` must outlive the connection.
  func listen(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().log(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func log(_ result: OpaquePointer) {
    func field(_ code: UInt8) -> String? {
      PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
    }
    let message = field(UInt8(ascii: "M")) ?? String(cString: PQresultErrorMessage(result)).onOneLine
    var metadata: Logger.Metadata = [:]
    if let sqlState = field(UInt8(ascii: "C")), sqlState != "00000" { metadata["sqlstate"] = "\(sqlState)" }
    if let hint = field(UInt8(ascii: "H")) { metadata["hint"] = "\(hint)" }
    // Field V holds the untranslated severity.
    logger.log(level: level(field(UInt8(ascii: "V"))), "\(message)", metadata: metadata)
  }

  private func level(_ severity: String?) -> Logger.Level {
    switch severity {
    case "WARNING": .warning
    case "DEBUG", "LOG": .debug
    case "INFO": .info
    default: .notice
    }
  }
}
