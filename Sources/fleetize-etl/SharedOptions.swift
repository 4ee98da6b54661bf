import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// The options of every command.
struct SharedOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The YAML file with the settings.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp("Only this account; may be repeated. Default: all configured accounts.", valueName: "name"))
  var account: [String] = []

  @Flag(name: [.short, .long], help: "Print more on stderr: connections, plans and waits.")
  var verbose = false

  @Flag(name: [.short, .long], help: "Print only errors on stderr, for cron.")
  var quiet = false

  var verbosity: Verbosity { quiet ? .quiet : verbose ? .verbose : .normal }

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
  }
}

/// How much goes to stderr.
enum Verbosity {
  /// Errors and their hints.
  case quiet
  case normal
  case verbose
}

/// The option of commands that write settings into the database.
struct ConfirmOptions: ParsableArguments {
  @Flag(help: "Apply changed time zones, which move trips to other local dates, and less strict limits.")
  var confirmChanges = false
}

/// The options of commands that print a result.
struct FormatOptions: ParsableArguments {
  @Option(help: "Format of the result on stdout.")
  var format: OutputFormat = .text
}
