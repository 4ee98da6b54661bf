import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// The options of every command.
struct SharedOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A YAML file with settings.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp("Only this account; may be repeated. All that are configured otherwise.", valueName: "name"))
  var account: [String] = []

  @Flag(name: [.short, .long], help: "Say more on stderr.")
  var verbose = false
}

/// The options of commands that print a result.
struct FormatOptions: ParsableArguments {
  @Option(help: "How the result is printed on stdout.")
  var format: OutputFormat = .text
}
