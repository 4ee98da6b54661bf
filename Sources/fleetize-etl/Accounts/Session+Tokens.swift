import Extract
import Load
import Logbook
import Pipeline
import Postgres

extension Session {
  /// Checks before any call that an account may use its tokens.
  ///
  /// - Returns: the tokens, and their keyed hashes in the same order.
  /// - Throws: ``SettingError`` if the account is retired or one of its tokens belongs to another account.
  func tokens(
    of account: Settings.Account, on connection: Connection
  ) async throws -> (tokens: [Token], hmacs: [[UInt8]]) {
    let tokens = try account.tokens()
    let name = account.name
    let (hmacs, owner, retiredAt) = try await connection.run { db in
      let salt = try AccountTokens.salt(on: db)
      let hmacs = tokens.map { $0.hmac(salt: salt) }
      return (
        hmacs, try AccountTokens.owner(of: hmacs, besides: name, on: db),
        try StoredAccount(named: name, on: db)?.retiredAt
      )
    }
    if let retiredAt {
      throw SettingError(
        "the account was retired at \(retiredAt.utcText)",
        hint: "remove it from the settings, or take it back with `fleetize-etl account add \(printable(name))`")
    }
    if let owner { throw Self.tokenBelongs(to: owner, not: name) }
    return (tokens, hmacs)
  }

  static func tokenBelongs(to owner: String, not name: String) -> SettingError {
    let (owner, name) = (printable(owner), printable(name))
    return SettingError(
      "the token of account \(name) belongs to account \(owner) in the database",
      hint: "if \(name) is a new name for \(owner), run `fleetize-etl account rename \(owner) \(name)`; "
        + "if the token is right, run `fleetize-etl account forget-token \(owner)`")
  }
}

extension Settings {
  /// - Throws: ``SettingError`` if two of the configured tokens are equal. A token that cannot be read is left to its account.
  func checkTokensDiffer() throws(SettingError) {
    var owners: [Token: String] = [:]
    for account in accounts {
      for token in (try? account.tokens()) ?? [] {
        guard let other = owners.updateValue(account.name, forKey: token) else { continue }
        throw SettingError(
          other == account.name
            ? "account \(other) has the same token twice"
            : "the accounts \(other) and \(account.name) have the same token",
          hint: "give each account its own token: FLEETIZE keeps one quota per account")
      }
    }
  }
}
