import Extract
import FleetModel
import Foundation
import Load
import Pipeline
import Postgres
import Schema

// The checks that take more than a line.

extension Doctor {
  /// - Parameter equality: which tokens are equal, although they must differ; nil for none.
  func token(of account: Settings.Account, equality: SettingError?) -> Diagnosis {
    do {
      let count = try account.tokens().count
      if let equality { throw equality }
      let isVariable = account.tokenSources.contains { if case .text = $0 { true } else { false } }
      return .ok(
        count == 1
          ? "one token, in \(isVariable ? "a setting; a file of its own is safer" : "a file of its own")"
          : "\(count) tokens")
    } catch let error as SettingError {
      return .problem("\(error)", do: error.hint ?? "set FLEETIZE_API_TOKEN_FILE")
    } catch {
      return .problem("\(error)", do: "set FLEETIZE_API_TOKEN_FILE")
    }
  }

  func apiURL() -> Diagnosis {
    do {
      let way = try reachability()
      return DoctorRules.apiURL(
        usesTLS: way.usesTLS, isLoopback: way.isLoopback, allowsPlainHTTP: settings.allowsPlainHTTP,
        address: way.address)
    } catch let error as SettingError {
      return .problem("\(error)", do: error.hint ?? "set FLEETIZE_API_URL")
    } catch {
      return .problem("\(error)", do: "set FLEETIZE_API_URL")
    }
  }

  func api() async -> Diagnosis {
    guard let way = try? reachability() else { return .unchecked("needs a valid api_url") }
    if let failure = await way.failure() {
      return .problem(
        "\(way.address) cannot be reached: \(failure)",
        do: "check FLEETIZE_API_URL, DNS, the firewall and the certificates of this machine; no call was spent")
    }
    return .ok(way.usesTLS ? "connected, TLS verified, no request sent" : "connected, no request sent")
  }

  private func reachability() throws -> Reachability {
    try Reachability(baseURL: settings.apiURL, allowsPlainHTTP: settings.allowsPlainHTTP)
  }

  func pooler(before connection: Connection) async -> Diagnosis {
    do {
      guard try await connection.sharesSessions({ try await Session.connect(settings, logger) }) else {
        return .ok("no pooler shares this session with other clients")
      }
      return .problem(Session.sharedSessions.description, do: Session.sharedSessions.hint ?? "")
    } catch {
      return .unchecked("\(error)")
    }
  }

  func schema(on connection: Connection) async -> Diagnosis {
    do {
      let migrator = Migrator(connection: connection, logger: logger)
      try await connection.run { db in try db.readOnly { try migrator.check(on: db) } }
      return .ok("matches this program")
    } catch let error as MigrationError {
      return .problem("\(error)", do: "run `fleetize-etl migrate`; until then no command starts that uses the tables")
    } catch let error as PostgresError where error.sqlState == "42501" {
      return .unchecked("not permitted: \(error.message)", do: "run doctor with the login of the nightly job")
    } catch {
      return .unchecked("\(error)")
    }
  }

  static func clock(on db: isolated Connection) throws -> Diagnosis {
    DoctorRules.clock(try DatabaseClock.compare(on: db))
  }

  /// This month and the next.
  var monthsAhead: [UTCDay] {
    let month = UTCDay(containing: now).startOfMonth
    return [month, month.advanced(by: 31).startOfMonth]
  }

  static func disk(on db: isolated Connection) throws -> Diagnosis {
    let room = try Health.room(on: db)
    // The folder is on the server: its path means something here only on the same machine.
    guard let folder = room.folder, try db.route.isLocal,
      let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber
    else { return DoctorRules.disk(room, free: nil) }
    return DoctorRules.disk(room, free: free.int64Value)
  }

  var egresses: [String] { Set(accounts.map(\.limits.egress)).sorted() }

  func openCalls(on db: isolated Connection) throws -> Diagnosis {
    DoctorRules.openCalls(
      try Health.openCalls(on: db), locks: try Health.heldLocks(egresses: egresses, on: db),
      timeout: settings.requestTimeout, now: now)
  }

  static func transactions(on db: isolated Connection) throws -> Diagnosis {
    let serverTime = try Health.serverTime(on: db)
    let (long, hidden) = try Health.transactions(before: serverTime.addingTimeInterval(-3_600), on: db)
    return DoctorRules.transactions(long, hiddenSessions: hidden)
  }

  static func timeZone(of account: Settings.Account, on db: isolated Connection) throws -> Diagnosis {
    try Health.check(timeZone: account.timeZone, deviceTimeZones: account.deviceTimeZones, on: db)
    return .ok("PostgreSQL knows \(account.timeZone)")
  }

  static func storedSettings(of account: Settings.Account, on db: isolated Connection) throws -> Diagnosis {
    let stored = try StoredAccount(named: account.name, on: db)
    let changes = account.keeping(stored).riskyChanges(from: stored)
    guard changes.isEmpty else {
      return .warning(
        changes.joined(separator: "; "),
        do: "correct the settings, or apply the change with `fleetize-etl migrate --confirm-changes`")
    }
    return .ok("no changed setting needs to be confirmed")
  }

  static func work(of account: Settings.Account, on db: isolated Connection) throws -> Health.NightlyJob? {
    try Health.nightlyJob(of: account.name, egress: account.limits.egress, on: db)
  }
}
