import ArgumentParser
import Glibc

@main
struct FleetizeETL: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "fleetize-etl",
    abstract: "Moves the full-day device and route data of FLEETIZE vehicle trackers into PostgreSQL.",
    discussion: """
      The nightly job is `fleetize-etl run`; older days come with `fleetize-etl backfill`. Both can be started again at any time: \
      they go on where they stopped, and a day that is final is never fetched again.

      Settings come from flags, then the environment (FLEETIZE_API_TOKEN, DATABASE_URL, …), then the file given with --config.

      EXIT CODES
        0    done
        1    internal error; of `doctor`: something is a problem
        2    finished, but some device-days failed, or `replay --check` found differences
        64   usage
        69   API or database unavailable
        75   try later: the calls of 24 h are spent and work is left
        77   the token was refused or is blocked
        78   configuration, or the database schema does not fit this program
        130  interrupted by SIGINT; 143 by SIGTERM
      """,
    version: version,
    subcommands: [
      Migrate.self, Run.self, Backfill.self, ReplayCommand.self, Status.self, LogbookCommand.self, Doctor.self,
      Prune.self, Erase.self,
      Unblock.self, Demo.self,
    ])

  static func main() async {
    // A dump of memory would hold the token.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    await main(nil)
  }
}
