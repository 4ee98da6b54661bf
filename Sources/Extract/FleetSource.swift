import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Where answers come from: the API over HTTP, or a recording.
public protocol FleetSource: Sendable {
  /// Makes one call.
  ///
  /// - Returns: any HTTP answer, also one that says no or that was cut; a fault only where there was none.
  func send(_ request: Request, now: @Sendable () -> Date) async -> Result<Response, Fault>
}
