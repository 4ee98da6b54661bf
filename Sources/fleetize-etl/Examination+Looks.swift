import Extract
import FleetModel
import Foundation
import Load
import Postgres
import Schema

// The looks that are more than a line.

extension Examination {
  func token(of account: Settings.Account) -> Diagnosis {
    do {
      let count = try account.tokens().count
      let isVariable = account.tokenSources.contains { if case .text = $0 { true } else { false } }
      return .ok(
        count == 1
          ? "there is one\(isVariable ? "; a file of its own keeps it better" : ", in a file of its own")"
          : "there are \(count)")
    } catch let error as SettingError {
      return .problem(error.reason, do: error.hint)
    } catch {
      let hint = (error as? SettingsError)?.hint
      return .problem("\(error)", do: hint ?? "set FLEETIZE_API_TOKEN_FILE")
    }
  }

  func apiURL() -> Diagnosis {
    do {
      let way = try reachability()
      return DoctorRules.apiURL(
        usesTLS: way.usesTLS, isLoopback: way.isLoopback, allowsPlainHTTP: settings.allowsPlainHTTP,
        address: way.address)
    } catch let error as SettingError {
      return .problem(error.reason, do: error.hint)
    } catch {
      return .problem("\(error)", do: "set FLEETIZE_API_URL")
    }
  }

  func api() async -> Diagnosis {
    guard let way = try? reachability() else { return .unchecked("there is no usable address") }
    if let failure = await way.failure() {
      return .problem(
        "\(way.address) cannot be reached: \(failure)",
        do: "check FLEETIZE_API_URL, the name service, the firewall and this machine's certificates; no call was spent")
    }
    return .ok(way.usesTLS ? "connected, TLS verified, nothing sent" : "connected, nothing sent")
  }

  private func reachability() throws -> Reachability {
    try Reachability(baseURL: settings.apiURL, allowsPlainHTTP: settings.allowsPlainHTTP)
  }

  func pooler(before connection: Connection) async -> Diagnosis {
    do {
      guard try await connection.sharesSessions({ try await Session.connect(settings, logger) }) else {
        return .ok("none shares our session with others")
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
      return .ok("that of this program")
    } catch let error as MigrationError {
      return .problem("\(error)", do: "nothing else starts before: see the line above")
    } catch let error as PostgresError where error.sqlState == "42501" {
      return .unchecked("this login may not look: \(error.message)", do: "look with the login of the nightly job")
    } catch {
      return .unchecked("\(error)")
    }
  }

  static func clock(on db: isolated Connection) throws -> Diagnosis {
    // The first question may wait for the server to warm up.
    _ = try Health.serverTime(on: db)
    let before = Date()
    let server = try Health.serverTime(on: db)
    let after = Date()
    let took = after.timeIntervalSince(before)
    return DoctorRules.clock(skew: server.timeIntervalSince(before) - took / 2, uncertainty: took / 2)
  }

  /// Of this month and the next.
  var monthsAhead: [UTCDay] {
    let month = UTCDay(containing: now).startOfMonth
    return [month, month.advanced(by: 31).startOfMonth]
  }

  static func disk(on db: isolated Connection) throws -> Diagnosis {
    let room = try Health.room(on: db)
    // The folder is the server's: only on the same machine does its name mean anything here.
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

  static func work(of account: Settings.Account, on db: isolated Connection) throws -> Health.NightlyJob? {
    try Health.nightlyJob(of: account.name, egress: account.limits.egress, on: db)
  }
}
