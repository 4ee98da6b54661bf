import Testing

/// A moment at which the program is killed.
struct CrashPoint: Sendable, CustomTestStringConvertible {
  enum Place: Sendable {
    /// In the conversation with the database.
    case database(Trigger)
    /// When the simulator has received this call, from 1.
    case request(call: Int)
    /// When the program has received half of the response to this call.
    case body(call: Int)
  }

  let command: CrashedCommand
  let name: String
  let place: Place

  var testDescription: String { "\(command), \(name)" }
}
