import ArgumentParser
import Glibc

@main
struct FleetizeETL: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "fleetize-etl",
    abstract: "Loads the data of FLEETIZE vehicle trackers into PostgreSQL, one device and day at a time.",
    discussion: """
      `fleetize-etl run` is the nightly job; `fleetize-etl backfill` fetches older days. Both can be started again at any time: they \
      continue where they stopped, and fetch a final day again only if you ask for it.

      Flags say what to do; settings say how to connect. A setting comes from the environment (FLEETIZE_API_TOKEN, DATABASE_URL, …), \
      else from the file that --config or FLEETIZE_CONFIG names (/etc/fleetize-etl/config.yaml if it exists), else from its default.

      EXIT CODES
        0    done
        1    internal error, or `doctor` found a problem
        2    finished, but some device-days failed, --fail-on or `replay --check` found something, or accounts ended differently
        64   wrong command or option
        69   the API or the database is unavailable
        74   the output could not be written
        75   try again later: the calls of 24 h are used up, or another command holds a lock
        76   the API does not answer as its document says
        77   the API refused or blocked a token
        78   wrong setting, or the database schema does not match this program
        130  stopped by SIGINT; 143 by SIGTERM
      """,
    version: version,
    subcommands: [
      MigrateCommand.self, RunCommand.self, BackfillCommand.self, ReplayCommand.self, StatusCommand.self,
      LogbookCommand.self, DoctorCommand.self, ConfigCommand.self, AccountCommand.self, DeviceCommand.self,
      FindingCommand.self, AnswerCommand.self,
      PruneCommand.self, EraseCommand.self,
      UnblockCommand.self, DemoCommand.self,
    ])

  static func main() async {
    keepStandardFilesOpen()
    // A closed pipe is an error of the write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
    // A dump of memory would hold the token.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    if let mistake = CommandMistake(Array(CommandLine.arguments.dropFirst())) {
      complain("error: \(mistake.problem)")
      complain("hint:  \(mistake.hint)")
      Glibc.exit(ExitStatus.usage.rawValue)
    }
    await main(nil)
  }

  /// Otherwise a socket could take the place of a closed stdout. Writing to it fails as to a closed file.
  private static func keepStandardFilesOpen() {
    for file in STDIN_FILENO...STDERR_FILENO where fcntl(file, F_GETFD) == -1 { _ = open("/dev/null", O_RDONLY) }
  }
}
