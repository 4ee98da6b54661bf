/// A stop within a trip, as planned.
struct Pause: Hashable, Sendable {
  /// Type 1 of the document: ignition off. Otherwise type 2, long stopped.
  var isIgnitionOff: Bool
  /// Metres driven since the departure.
  var metres: Int
  /// Seconds of driving since the departure, earlier pauses not counted.
  var drivenSeconds: Int
  var seconds: Int
}
