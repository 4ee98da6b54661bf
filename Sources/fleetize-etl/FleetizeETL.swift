import ArgumentParser
import Glibc

@main
struct FleetizeETL: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "fleetize-etl",
    abstract: "Export the routes of FLEETIZE vehicle trackers to PostgreSQL.",
    discussion: """
      `fleetize-etl run` is the nightly job; `fleetize-etl backfill` fetches older days. Both can be restarted at any time: they continue \
      where they stopped, and never fetch a final day again.

      Settings come from the environment (FLEETIZE_API_TOKEN, DATABASE_URL, …), or else from the file given with --config.

      EXIT CODES
        0    done
        1    internal error; for `doctor`: there is a problem
        2    finished, but some device-days failed, or `replay --check` found differences
        64   usage error
        69   API or database unavailable
        75   try later: the quota is spent and work is left, or a database lock could not be acquired
        77   the token was refused or is blocked
        78   configuration, or a database schema that does not fit this program
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
