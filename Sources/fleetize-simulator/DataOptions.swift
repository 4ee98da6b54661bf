import ArgumentParser
import FleetModel
import FleetizeSimulator

/// What the API has, and how long it takes to say it.
struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The first day with data. Older days are answered without routes.", valueName: "date"))
  var historyFrom: UTCDay?

  @Option(help: ArgumentHelp("Like --history-from, but relative: this many days before today.", valueName: "days"))
  var historyDays: Int?

  @Option(help: ArgumentHelp("Processing time of a call per route point.", valueName: "seconds"))
  var secondsPerPoint: Double?

  @Option(help: ArgumentHelp("The longest processing time of a call.", valueName: "seconds"))
  var processingLimit = 30.0

  @Option(help: "What happens at that limit: HTTP status 504, the body is cut off (cut), or no response (silence).")
  var overrun: Processing.Overrun = .gatewayTimeout

  @Option(
    help: """
      How calls of device interpret scope: it names tags at any depth (everywhere), only the nodes device and routes \
      (top-level), or has no effect (ignored).
      """)
  var scope: ScopeSupport = .everywhere

  func validate() throws {
    guard historyFrom == nil || historyDays == nil else {
      throw ValidationError("give either --history-from or --history-days")
    }
    guard historyDays ?? 0 >= 0, secondsPerPoint ?? 0 >= 0, processingLimit >= 0 else {
      throw ValidationError("--history-days, --seconds-per-point and --processing-limit must not be negative")
    }
  }

  func apply(to configuration: inout Simulator.Configuration) {
    configuration.history = historyFrom.map(History.since) ?? historyDays.map(History.days)
    configuration.processing = secondsPerPoint.map {
      Processing(secondsPerPoint: $0, limit: processingLimit, overrun: overrun)
    }
    configuration.scopeSupport = scope
  }
}

extension Processing.Overrun: ExpressibleByArgument {}
extension ScopeSupport: ExpressibleByArgument {}
