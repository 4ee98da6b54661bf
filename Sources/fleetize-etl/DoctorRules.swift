import FoundationEssentials
import Load
import Pipeline
import Postgres

/// What `doctor` makes of what it found: pure functions, from facts to a line.
enum DoctorRules {
  /// - Parameters:
  ///   - skew: seconds that the server's clock is ahead of this one.
  ///   - uncertainty: half of what the question took, in seconds.
  static func clock(skew: Double, uncertainty: Double) -> Diagnosis {
    let apart = max(0, abs(skew) - uncertainty)
    let finding =
      "the database server's clock is \(seconds(abs(skew))) s \(skew < 0 ? "behind" : "ahead of") this machine's"
    let advice = "let both take the time by NTP: days end and calls are counted by this machine's clock"
    if apart >= 60 { return .problem(finding, do: advice) }
    if apart >= 2 { return .warning(finding, do: advice) }
    return .ok("the database server's clock agrees with this machine's to \(seconds(abs(skew) + uncertainty)) s")
  }

  static func apiURL(usesTLS: Bool, isLoopback: Bool, allowsPlainHTTP: Bool, address: String) -> Diagnosis {
    if !usesTLS && !isLoopback {
      return .warning(
        "plain HTTP to \(address): everybody on the way can read the token",
        do: "set FLEETIZE_API_URL to an https URL and take FLEETIZE_ALLOW_PLAIN_HTTP away")
    }
    if allowsPlainHTTP {
      return .warning(
        "plain HTTP is allowed (FLEETIZE_ALLOW_PLAIN_HTTP) and not needed",
        do: "take it away: a mistake in FLEETIZE_API_URL would show the token to everybody on the way")
    }
    return .ok(usesTLS ? "https to \(address)" : "plain HTTP, but only on this machine (\(address))")
  }

  static func transport(_ route: ConnectionRoute) -> Diagnosis {
    let how = route.usesTLS ? "encrypted" : "not encrypted"
    if route.isLocal { return .ok("the database is on this machine (\(route.host)), the connection \(how)") }
    if route.sslMode == "verify-full" { return .ok("\(route.host), \(how), the server's certificate is verified") }
    return .warning(
      "\(route.host) is another machine, the connection is \(how), and sslmode=\(route.sslMode) does not verify who answers",
      do: "add sslmode=verify-full to DATABASE_URL, or set PGSSLMODE, with the issuer's certificate in sslrootcert")
  }

  /// - Parameter version: such as 150018 for 15.18.
  static func version(_ version: Int) -> Diagnosis {
    let text = "PostgreSQL \(version / 10_000).\(version % 10_000)"
    guard version >= 150_000 else {
      return .warning("\(text) is older than what this program was tested with (15)", do: "update the server")
    }
    return .ok(text)
  }

  static func login(_ login: Health.Login) -> Diagnosis {
    if !login.missingRights.isEmpty {
      let missing = login.missingRights
      let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
      return .problem(
        "\(login.name) may not load: it lacks \(missing.prefix(3).joined(separator: ", "))\(more)",
        do: login.rolesAreInUse
          ? "log in as fleetize_loader, or run `fleetize-etl migrate` as fleetize_owner to renew its rights"
          : "log in as the owner of schema etl, or make roles with `fleetize-etl migrate --with-roles`")
    }
    if login.isSuperuser {
      return .warning(
        "\(login.name) is a superuser, which is far more than needed",
        do: login.rolesAreInUse
          ? "log in as fleetize_loader; `migrate` as fleetize_owner"
          : "make roles with `fleetize-etl migrate --with-roles`, then log in as fleetize_loader")
    }
    if login.isOwner { return .ok("\(login.name) owns the schema: it may load and migrate") }
    return .ok("\(login.name) may load; to migrate takes the owner of the schema")
  }

  static func partitions(missing: [String]) -> Diagnosis {
    missing.isEmpty
      ? .ok("the partitions of this month and the next are there")
      : .warning(
        "not there yet: \(missing.joined(separator: ", "))",
        do:
          "nothing, if the next `run` ends well: it makes them. Else `fleetize-etl migrate` as the owner, and look at its error"
      )
  }

  /// - Parameter free: bytes free where the database lies; nil when nobody can tell.
  static func disk(_ room: Health.Room, free: Int64?) -> Diagnosis {
    let size = "the database takes \(megabytes(room.databaseBytes)) MB"
    guard let free else {
      return .unchecked(
        "\(size); how much room is left PostgreSQL does not tell",
        do: "look at the server's disk (df), or let its monitoring watch it")
    }
    let finding = "\(size); \(megabytes(free)) MB are free where it lies"
    let advice = "make room on the server, or fetch and keep fewer days"
    if free < 200_000_000 { return .problem(finding, do: advice) }
    if free < 2_000_000_000 { return .warning(finding, do: advice) }
    return .ok(finding)
  }

  private static func seconds(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

  private static func megabytes(_ bytes: Int64) -> String { "\(bytes / 1_000_000)" }
}
