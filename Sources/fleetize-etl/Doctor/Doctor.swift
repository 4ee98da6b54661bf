import Extract
import FoundationEssentials
import Load
import Logging
import Postgres

/// The checks of `doctor`. If one is impossible, the others still run.
struct Doctor: Sendable {
  let settings: Settings
  let accounts: [Settings.Account]
  let now: Date
  let logger: Logger

  /// Checks on this machine and on the way to the API.
  private static let here: [(name: String, look: @Sendable (Doctor) async -> Diagnosis)] = [
    ("api_url", { $0.apiURL() }),
    ("api", { await $0.api() }),
  ]

  /// Checks of the database as a whole.
  private static let inDatabase: [(name: String, look: @Sendable (Doctor, isolated Connection) throws -> Diagnosis)] = [
    ("database_tls", { try DoctorRules.transport($1.route) }),
    ("clock", { _, db in try clock(on: db) }),
    ("database_version", { try DoctorRules.version($1.serverVersion) }),
    ("role", { try DoctorRules.login(Health.login(on: $1)) }),
    ("partitions", { try DoctorRules.partitions(missing: Health.missingPartitions($0.monthsAhead, on: $1)) }),
    ("disk", { _, db in try disk(on: db) }),
    (
      "locks",
      { try DoctorRules.locks(Health.heldLocks(egresses: $0.egresses, on: $1), now: Health.serverTime(on: $1)) }
    ),
    ("open_calls", { try $0.openCalls(on: $1) }),
    ("transactions", { _, db in try transactions(on: db) }),
    ("shared_devices", { _, db in try DoctorRules.sharedDevices(Health.sharedDevices(on: db)) }),
  ]

  /// Checks of an account in the database.
  private static let ofAccount:
    [(name: String, look: @Sendable (Doctor, Settings.Account, isolated Connection) throws -> Diagnosis)] = [
      ("time_zone", { try timeZone(of: $1, on: $2) }),
      ("stored_settings", { try storedSettings(of: $1, on: $2) }),
      ("last_success", { try DoctorRules.lastSuccess(work(of: $1, on: $2), now: $0.now) }),
      ("protocol", { try DoctorRules.deviation(work(of: $1, on: $2)) }),
      ("block", { try DoctorRules.block(work(of: $1, on: $2), now: $0.now) }),
      ("findings", { try DoctorRules.findings(Health.openFindings(of: $1.name, on: $2)) }),
      ("vehicles", { try DoctorRules.vehicles(Health.vehicles(of: $1.name, on: $2)) }),
    ]

  /// All checks, in order.
  static var names: [String] {
    ["token"] + here.map(\.name) + ["database", "pooler", "schema"] + inDatabase.map(\.name) + ofAccount.map(\.name)
  }

  func checks() async -> [Diagnosis] {
    // Reads the tokens of all accounts, so once.
    let equality = equalTokens()
    var checks = accounts.map { token(of: $0, equality: equality).named("token", account: accountName($0)) }
    for (name, look) in Self.here { checks.append(await look(self).named(name)) }
    let connection: Connection
    do {
      connection = try await Session.connect(settings, logger)
    } catch {
      let advice = (error as? PostgresError)?.hint ?? "make the database reachable"
      checks.append(Diagnosis.problem(sentence(for: error), do: advice).named("database"))
      let unchecked = Diagnosis.unchecked("no connection to the database")
      checks += ["pooler", "schema"].map { unchecked.named($0) }
      return checks + allInDatabase { unchecked.named($0, account: $1) }
    }
    checks.append(Diagnosis.ok("connected").named("database"))
    checks.append(await pooler(before: connection).named("pooler"))
    checks.append(await schema(on: connection).named("schema"))
    checks += await checkDatabase(connection)
    await connection.close()
    return checks
  }

  private func equalTokens() -> SettingError? {
    do {
      try settings.checkTokensDiffer()
      return nil
    } catch {
      return error
    }
  }

  private func checkDatabase(_ connection: Connection) async -> [Diagnosis] {
    do {
      return try await connection.run { db in
        Self.inDatabase.map { name, look in Self.trying(on: db) { try look(self, db) }.named(name) }
          + Self.ofAccount.flatMap { name, look in
            accounts.map { account in
              Self.trying(on: db) { try look(self, account, db) }.named(name, account: accountName(account))
            }
          }
      }
    } catch {
      return allInDatabase { Diagnosis.unchecked("\(error)").named($0, account: $1) }
    }
  }

  private func allInDatabase(_ line: (_ name: String, _ account: String?) -> Diagnosis) -> [Diagnosis] {
    Self.inDatabase.map { line($0.name, nil) }
      + Self.ofAccount.flatMap { check in accounts.map { line(check.name, accountName($0)) } }
  }

  private static func trying(on db: isolated Connection, _ look: () throws -> Diagnosis) -> Diagnosis {
    do {
      return try db.readOnly(look)
    } catch let error as UnknownTimeZone {
      return .problem("\(error)", do: "set FLEETIZE_TIME_ZONE or device_time_zones to names such as Europe/Berlin")
    } catch let error as PostgresError where ["42P01", "3F000"].contains(error.sqlState) {
      return .unchecked("the tables do not exist")
    } catch let error as PostgresError where error.sqlState == "42501" {
      return .unchecked("not permitted: \(error.message)", do: "run doctor with the login of the nightly job")
    } catch {
      return .unchecked("\(error)")
    }
  }

  /// Nil where there is only one account.
  private func accountName(_ account: Settings.Account) -> String? {
    settings.accounts.count > 1 ? account.name : nil
  }
}
