import FoundationEssentials

/// A route without its points, for tests that do not read JSON.
public struct SimulatedRoute: Hashable, Sendable {
  public var departedAt: Date
  public var arrivedAt: Date
  public var originKm: Int
  public var destinationKm: Int
  public var pauseSeconds: Int
}

extension SimulatedRoute {
  init(_ trip: Trip, metresBefore: Int) {
    departedAt = Date(timeIntervalSince1970: Double(trip.departure))
    arrivedAt = Date(timeIntervalSince1970: Double(trip.arrival))
    originKm = metresBefore / 1000
    destinationKm = (metresBefore + trip.metres) / 1000
    pauseSeconds = trip.pauseSeconds
  }
}
