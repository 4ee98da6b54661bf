import FleetModel
import FoundationEssentials
import Postgres

extension Warehouse {
  /// Reviews the states of days from their evidence, then compares the odometer with the routes of the days concerned: where it
  /// disagrees, findings say so, and closed days open again.
  ///
  /// - Parameters:
  ///   - days: to review whatever their state.
  ///   - others: to compare the odometer of as well.
  /// - Returns: the days whose state is another now.
  @discardableResult
  public func review(
    _ devices: [StateReview], days: Set<DayKey> = [], comparingOdometerOf others: Set<DayKey> = [], settlingDays: Int,
    on db: isolated Connection
  ) throws -> Set<DayKey> {
    let reviewed = try states.review(devices, days: days, settlingDays: settlingDays, on: db)
    let compared = reviewed.union(others)
    let doubts = try odometer.compare(of: compared, on: db)
    try states.set(doubts.opened.mapValues { (.provisional(.odometerMismatch), $0) }, on: db)
    try states.review(
      [], days: doubts.released, settlingDays: settlingDays, keepsOdometerDoubts: false, on: db)
    return reviewed.union(doubts.opened.keys).union(doubts.released)
  }

  /// The states that days should have, where they have others. Writes nothing.
  public func differingStates(
    _ devices: [StateReview], days: Set<DayKey>, settlingDays: Int, on db: isolated Connection
  ) throws -> [DayKey: DayState] {
    var differing = try states.differing(devices, days: days, settlingDays: settlingDays, on: db)
    let doubts = try odometer.doubts(of: days, on: db)
    for day in doubts.opened.keys { differing[day] = .provisional(.odometerMismatch) }
    let released = try states.differing(
      [], days: doubts.released, settlingDays: settlingDays, keepsOdometerDoubts: false, on: db)
    differing.merge(released) { $1 }
    return differing
  }
}
