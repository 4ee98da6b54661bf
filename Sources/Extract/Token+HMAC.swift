import Crypto
import FoundationEssentials

extension Token {
  /// Recognizes the token without revealing it.
  ///
  /// - Parameter salt: the database's own, so that equal tokens look different in other databases.
  public func hmac(salt: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Data(secret.utf8), using: SymmetricKey(data: salt)))
  }
}
