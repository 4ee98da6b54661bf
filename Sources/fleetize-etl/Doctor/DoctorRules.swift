import FoundationEssentials
import Load
import Pipeline
import Postgres

/// Verdicts of `doctor`: pure functions from facts to a line.
enum DoctorRules {
  static func clock(_ clocks: DatabaseClock.Comparison) -> Diagnosis {
    let skew = clocks.offset
    let finding =
      "the database server's clock is \(seconds(abs(skew))) s \(skew < 0 ? "behind" : "ahead of") this machine's"
    let advice = "synchronize both clocks by NTP: they decide when days end and calls are allowed"
    if clocks.isUnusable { return .problem("\(finding): no other command starts", do: advice) }
    if clocks.isNotable { return .warning(finding, do: advice) }
    return .ok(
      "the database server's clock differs from this machine's by at most \(seconds(abs(skew) + clocks.uncertainty)) s")
  }

  static func apiURL(usesTLS: Bool, isLoopback: Bool, allowsPlainHTTP: Bool, address: String) -> Diagnosis {
    if !usesTLS && !isLoopback {
      return .warning(
        "plain HTTP to \(address): the token can be read on the network",
        do: "set FLEETIZE_API_URL to an https URL and remove FLEETIZE_ALLOW_PLAIN_HTTP")
    }
    if allowsPlainHTTP {
      return .warning(
        "plain HTTP is allowed (FLEETIZE_ALLOW_PLAIN_HTTP) but not needed",
        do: "remove FLEETIZE_ALLOW_PLAIN_HTTP: with it, a mistake in FLEETIZE_API_URL exposes the token")
    }
    return .ok(usesTLS ? "https to \(address)" : "plain HTTP, on this machine only (\(address))")
  }

  static func transport(_ route: ConnectionRoute) -> Diagnosis {
    let how = route.usesTLS ? "encrypted" : "not encrypted"
    if route.isLocal { return .ok("the database is on this machine (\(route.host)); the connection is \(how)") }
    if route.sslMode == "verify-full" { return .ok("\(route.host), \(how), the server's certificate is verified") }
    return .warning(
      "\(route.host) is another machine, the connection is \(how), and sslmode=\(route.sslMode) does not verify the server",
      do: "add sslmode=verify-full to DATABASE_URL, and sslrootcert with the certificate of the issuer")
  }

  /// - Parameter version: such as 150018 for 15.18.
  static func version(_ version: Int) -> Diagnosis {
    let text = "PostgreSQL \(version / 10_000).\(version % 10_000)"
    guard version >= 150_000 else {
      return .warning(
        "\(text) is older than 15, the oldest version that this program is tested with", do: "update the server")
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
          : "log in as the owner of schema etl, or create roles with `fleetize-etl migrate --with-roles`")
    }
    if login.isSuperuser {
      return .warning(
        "\(login.name) is a superuser, which is more than this program needs",
        do: login.rolesAreInUse
          ? "log in as fleetize_loader; `migrate` as fleetize_owner"
          : "create roles with `fleetize-etl migrate --with-roles`, then log in as fleetize_loader")
    }
    if login.isOwner { return .ok("\(login.name) owns the schema: it may load and migrate") }
    return .ok("\(login.name) may load; migrate as the owner of the schema")
  }

  static func partitions(missing: [String]) -> Diagnosis {
    missing.isEmpty
      ? .ok("the partitions of this month and the next exist")
      : .warning(
        "missing: \(missing.joined(separator: ", "))",
        do:
          "nothing if the next `run` succeeds, which creates them; else run `fleetize-etl migrate` as the owner"
      )
  }

  /// - Parameter free: free bytes on the disk of the database; nil if unknown.
  static func disk(_ room: Health.Room, free: Int64?) -> Diagnosis {
    let size = "the database uses \(megabytes(room.databaseBytes)) MB"
    guard let free else {
      return .unchecked(
        "\(size); the free space on its disk is unknown",
        do: "monitor the disk of the server")
    }
    let finding = "\(size); \(megabytes(free)) MB are free on its disk"
    let advice = "free disk space on the server, or prune old points and responses"
    if free < 200_000_000 { return .problem(finding, do: advice) }
    if free < 2_000_000_000 { return .warning(finding, do: advice) }
    return .ok(finding)
  }

  private static func seconds(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

  private static func megabytes(_ bytes: Int64) -> String { "\(bytes / 1_000_000)" }
}
