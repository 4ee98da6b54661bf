import ArgumentParser
import Extract
import Logbook
import Postgres

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show, check or start a configuration. Costs no call.",
    discussion: """
      Settings come from the environment, else from the file that --config or FLEETIZE_CONFIG names, else from \
      /etc/fleetize-etl/config.yaml if it exists, else from their defaults.

      EXAMPLES
        fleetize-etl config example > config.yaml
        fleetize-etl config check --config config.yaml
        fleetize-etl config show
      """,
    subcommands: [ConfigShow.self, ConfigCheck.self, ConfigExample.self])
}

struct ConfigShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print each setting and its origin, without secrets. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl config show --format json
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  func run() async throws {
    try await reporting {
      let settings = try Settings(file: shared.config)
      if !shared.quiet { settings.reportUnknownVariables() }
      switch output.format {
      case .text: try Output.print(settings.usedTable.joined(separator: "\n"))
      case .json: try Results.printJSON(settings.used)
      }
    }
  }
}

struct ConfigCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check all settings and token files without connecting to anything. Costs no call.",
    discussion: """
      Exits with 78 if something is wrong. `fleetize-etl doctor` also checks the database and the API.

      EXAMPLE
        fleetize-etl config check --config /etc/fleetize-etl/config.yaml
      """)

  @OptionGroup var shared: SharedOptions

  func run() async throws {
    try await reporting {
      let settings = try Settings(file: shared.config)
      if !shared.quiet { settings.reportUnknownVariables() }
      try Connection.check(settings.database)
      _ = try Reachability(baseURL: settings.apiURL, allowsPlainHTTP: settings.allowsPlainHTTP)
      for account in try settings.accounts(named: shared.account) { _ = try account.tokens() }
      try settings.checkTokensDiffer()
      try Output.print("The settings are valid\(settings.file.map { ": \($0)" } ?? "; there is no file").")
    }
  }
}

struct ConfigExample: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example",
    abstract: "Print a commented configuration file to start from. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl config example > /etc/fleetize-etl/config.yaml
      """)

  func run() async throws {
    try await reporting { try Output.print(Self.text) }
  }

  static let text = """
    # Settings of fleetize-etl. An environment variable takes precedence: FLEETIZE_DAILY_CALLS over daily_calls.
    # Defaults may be left out. If this file contains a password or a token, only its user may read it.

    # A PostgreSQL URI or conninfo string (variable DATABASE_URL). This one uses the socket and the name of the operating system's
    # user, as Debian sets it up. If it is left out, libpq's own settings apply: PGHOST, PGSERVICE, ~/.pgpass, …
    database_url: postgresql:///fleet?host=/var/run/postgresql

    # The account.
    account: default
    api_token_file: /etc/fleetize-etl/token   # only this program's user may read it
    time_zone: Europe/Berlin     # local times in the views; the default is UTC
    # device_time_zones: [492=Europe/London, 493=America/Chicago]   # vehicles in another zone
    # api_token_files: [/etc/fleetize-etl/one.token, /etc/fleetize-etl/two.token]   # one per sub-user, in place of api_token_file
    # api_token: …               # or the token itself
    request_interval: 60         # seconds from the end of a call to the start of the next one
    daily_calls: 100             # calls in any 24 h
    egress: default              # name of the IP address that calls leave from; calls through one egress share the interval

    # All accounts.
    api_url: https://api.fleetize.com/v2
    request_timeout: 45          # seconds per call; the vendor may take up to 30
    max_response_bytes: 67108864 # size limit of a response; if one is larger, its device-day fails
    allow_plain_http: false      # true allows http:// to other machines, which exposes the token
    first_days: 1                # days that the first run of a device covers; backfill fetches older ones
    settling_days: 14            # days after which a fetched day is closed without proof
    unjudged_nights: 3           # nights after which a listed vehicle that was never heard from is reported
    # erasures_file: /var/lib/fleetize-etl/erasures   # a record of erasures that survives the restore of a backup

    # Several accounts: in place of `account`, list their names, and set what differs in a section for each.
    # accounts: [north, south]
    # north:
    #   api_token_file: /etc/fleetize-etl/north.token
    # south:
    #   api_token_file: /etc/fleetize-etl/south.token
    #   time_zone: Europe/Lisbon
    #   egress: second-address
    """
}

extension Settings {
  /// Name, value and origin of each setting.
  var usedTable: [String] {
    TextTable(used.map { [$0.name, $0.value ?? "none", "(\($0.origin))"] }).lines
  }

  func reportUnknownVariables() {
    guard !unknownVariables.isEmpty else { return }
    complain("note: not a setting, ignored: \(unknownVariables.joined(separator: ", "))")
  }
}
