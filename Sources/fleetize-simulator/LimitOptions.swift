import ArgumentParser
import FleetizeSimulator

struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seconds between two calls from one address.", valueName: "seconds"))
  var interval = 60.0

  @Option(help: ArgumentHelp("Calls per account and day. Calls beyond get ERROR #1060.", valueName: "calls"))
  var quota = 100

  @Option(help: "The day of the quota: any 24 hours (sliding), or from 00:00 UTC (midnight).")
  var quotaWindow: Simulator.QuotaWindow = .sliding

  @Option(
    help: ArgumentHelp("How often in a row a token gets #1055 before it is blocked with #1002.", valueName: "times"))
  var patience = 5

  @Option(help: ArgumentHelp("HTTP status of vendor errors.", valueName: "status"))
  var errorStatus = 200

  var limits: Simulator.Limits {
    Simulator.Limits(interval: interval, patience: patience, quota: quota, window: quotaWindow)
  }
}

extension Simulator.QuotaWindow: ExpressibleByArgument {}
