import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Where one account's responses come from: the API over HTTP, or a recording.
public protocol FleetSource: Sendable {
  /// How many users of the account there are to call as: one, or several sub-users who see different devices.
  var userCount: Int { get }

  /// Makes one call.
  ///
  /// - Parameter user: whose token goes with it, from 0.
  /// - Returns: any HTTP response, also one that says no or that was cut; a fault only where there was none.
  func send(_ request: Request, as user: Int, now: @Sendable () -> Date) async -> Result<Response, Fault>
}
