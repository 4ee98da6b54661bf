import ArgumentParser
import FleetizeSimulator

struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seconds between two calls from one address.", valueName: "seconds"))
  var interval = 60.0

  @Option(help: ArgumentHelp("Calls of an account a day.", valueName: "calls"))
  var quota = 100

  @Option(help: "What a day is: any 24 hours (sliding), or from 00:00 UTC (midnight).")
  var quotaWindow: Simulator.QuotaWindow = .sliding

  @Option(help: ArgumentHelp("#1055 in a row before the token is blocked with #1002.", valueName: "times"))
  var patience = 5

  @Option(help: ArgumentHelp("HTTP status of an ERROR #NNNN.", valueName: "status"))
  var errorStatus = 200

  var limits: Simulator.Limits {
    Simulator.Limits(interval: interval, patience: patience, quota: quota, window: quotaWindow)
  }
}

extension Simulator.QuotaWindow: ExpressibleByArgument {}
