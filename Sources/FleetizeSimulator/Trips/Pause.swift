/// A planned stop within a trip.
struct Pause: Hashable, Sendable {
  /// Type 1 of the document, ignition off. Otherwise type 2, long stopped.
  var isIgnitionOff: Bool
  /// Metres driven since departure.
  var metres: Int
  /// Seconds of driving since departure, without earlier pauses.
  var drivenSeconds: Int
  var seconds: Int
}
