import FleetModel
import FoundationEssentials
import Postgres

/// Derives the states of device-days from the evidence.
public struct DayStates: Sendable {
  /// Reviews the days named, and of the given devices those that are open or may have other evidence.
  ///
  /// - Returns: the days whose state changed.
  @discardableResult
  func review(
    _ devices: [StateReview], days: some Collection<DayKey> = [], settlingDays: Int,
    keepsOdometerDoubts: Bool = true, on db: isolated Connection
  ) throws -> Set<DayKey> {
    let states = try differing(
      devices, days: days, settlingDays: settlingDays, keepsOdometerDoubts: keepsOdometerDoubts, on: db)
    try set(states.mapValues { ($0, nil) }, on: db)
    return Set(states.keys)
  }

  /// - Parameter states: with the moment from which a call can settle the doubt, where there is one.
  func set(_ states: [DayKey: (DayState, recheckAt: Date?)], on db: isolated Connection) throws {
    guard !states.isEmpty else { return }
    let rows = states.sorted { $0.key < $1.key }
    _ = try db.execute(
      """
      update etl.checkpoint set state = reviewed.state, reason = reviewed.reason, recheck_at = reviewed.recheck_at
      from unnest(
        \(rows.map(\.key.device))::integer[], \(rows.map(\.key.day))::date[], \(rows.map(\.value.0.name))::text[],
        \(rows.map(\.value.0.reason))::text[], \(rows.map(\.value.recheckAt))::timestamptz[]
      ) as reviewed (device_key, day, state, reason, recheck_at)
      where (checkpoint.device_key, checkpoint.day) = (reviewed.device_key, reviewed.day)
      """)
  }

  /// The states that days should have, where they have others.
  ///
  /// - Parameter keepsOdometerDoubts: whether a day that is open only because of the odometer stays so.
  public func differing(
    _ devices: [StateReview], days: some Collection<DayKey>, settlingDays: Int, keepsOdometerDoubts: Bool = true,
    on db: isolated Connection
  ) throws -> [DayKey: DayState] {
    guard !devices.isEmpty || !days.isEmpty else { return [:] }
    let rows = try db.query(
      """
      with \(Self.readings), \(Self.doubtful(devices, days: days))
      \(Self.evidence(settlingDays: settlingDays))
      """)
    var states: [DayKey: DayState] = [:]
    for row in rows {
      let day = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      var state = DayState(of: day.day, given: try DayEvidence(row))
      if !state.isClosed {
        // Pruned responses or erased readings may have been the proof: closed days stay closed.
        if try row.decode("is_frozen") { continue }
        if let proven = try provenState(row) { state = proven }
      }
      let stored: (String, String?) = (try row.decode("state"), try row.decode("reason"))
      let isDoubted = stored.1 == DayState.OpenReason.odometerMismatch.rawValue
      if keepsOdometerDoubts, isDoubted, state.isClosed { continue }
      if (state.name, state.reason) != stored { states[day] = state }
    }
    return states
  }

  /// The state of a day that was closed before an erasure deleted the proof. An empty day that has routes by now is not proven.
  private func provenState(_ row: Row) throws -> DayState? {
    guard let name: String = try row.decode("proven_state") else { return nil }
    let routeCount: Int32 = try row.decode("route_count")
    return name == "empty" && routeCount > 0 ? nil : DayState(name: name, reason: try row.decode("proven_reason"))
  }
}
