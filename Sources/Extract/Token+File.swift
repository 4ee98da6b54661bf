extension Token {
  private static let maxFileBytes = 65_536

  /// Reads the token from a file that contains nothing else.
  ///
  /// - Throws: if the file cannot be read, others can read it, or it contains no token.
  public init(contentsOf path: String) throws(SettingError) {
    let file: SecretFile
    do throws(SecretFile.Failure) {
      file = try SecretFile(path, maxBytes: Self.maxFileBytes)
    } catch {
      throw SettingError(
        "\(Self.shown(path)) cannot be read: \(error)",
        hint: "api_token_file (FLEETIZE_API_TOKEN_FILE) must name a file that contains only the token")
    }
    if let exposure = file.exposure {
      throw SettingError("\(Self.shown(path)) is open to its group or to others", hint: exposure.hint)
    }
    try self.init(String(decoding: file.bytes, as: UTF8.self))
  }

  /// A relative path may be the token itself, set in place of its file.
  private static func shown(_ path: String) -> String {
    path.hasPrefix("/") ? "the token file \(path)" : "the token file (a relative path, not shown)"
  }
}
