import FleetModel
import Postgres

/// An answer came, and the database did not take it: its call is spent, and has to be made again.
public struct UnkeptAnswer: Error, CustomStringConvertible {
  public let request: Request
  public let cause: PostgresError

  public var description: String {
    "the answer to \(request) came, but archiving it failed, and the next run makes this call again unless it was archived after all: \(cause)"
  }
}
