import Extract

/// Finds mistyped `FLEETIZE_…` variables, which would otherwise be ignored.
enum VariableCheck {
  /// Variables of the simulator, the tests, the benchmarks and the scheduler in deploy/.
  private static let others = [
    "FLEETIZE_SIMULAT", "FLEETIZE_TEST_", "FLEETIZE_UPDATE_", "FLEETIZE_KILL", "FLEETIZE_SEED", "FLEETIZE_REAL_FLEET",
    "FLEETIZE_BENCHMARKS", "FLEETIZE_RUN_AT",
  ]

  /// Names only: a value can be a secret.
  ///
  /// Orchestrators add variables of their own, so a name that is not close to a setting is only worth a note.
  /// - Returns: The names that are not settings.
  /// - Throws: ``SettingError`` for a name that is close to a setting.
  static func unknownVariables(_ names: some Sequence<String>, accounts: [String]) throws(SettingError) -> [String] {
    let ofAccounts = accounts.flatMap { account in
      SettingName.allCases.filter(\.isOfAccount).map { $0.variable(of: account) }
    }
    let known = Set(SettingName.allCases.map { $0.variable() } + ofAccounts + [Settings.fileVariable])
    let unknown = names.filter { name in
      name.uppercased().hasPrefix("FLEETIZE_") && !known.contains(name) && !others.contains { name.hasPrefix($0) }
    }.sorted()
    for name in unknown {
      guard let right = nearest(to: name, in: known) else { continue }
      throw SettingError("the variable \(name) is not a setting", hint: "rename it to \(right), or unset it")
    }
    return unknown
  }
}
