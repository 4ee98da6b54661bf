import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Where one account's responses come from: the API over HTTP, or a simulation.
public protocol FleetSource: Sendable {
  /// How many users of the account can be called as: one, or several sub-users who see different devices.
  var userCount: Int { get }

  /// Makes one call.
  ///
  /// - Parameters:
  ///   - scope: the only tags to ask for; empty for all.
  ///   - user: the user whose token is sent, from 0.
  /// - Returns: any HTTP response, including refusals and responses that were cut; a fault only if there was none.
  func send(_ request: Request, scope: [String], as user: Int, now: @Sendable () -> Date) async -> Result<
    Response, Fault
  >
}
