import Crypto

/// A file in `migrations/` or `sql/`.
public struct SQLFile: Hashable, Sendable {
  /// Without its folder, for example `0001_create_warehouse.sql` or `logbook.sql`.
  public var name: String
  public var text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// The migrations that this program was built with.
  public static var migrations: [SQLFile] { EmbeddedSQL.migrations }
  /// The views that this program was built with.
  public static var views: [SQLFile] { EmbeddedSQL.views }

  /// Of the text, hexadecimal.
  public var sha256: String {
    SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
