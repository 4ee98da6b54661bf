import Extract
import FleetModel
import Load

extension Settings.Account {
  /// With the stored values in place of settings that nothing configures.
  func keeping(_ stored: StoredAccount?) -> Settings.Account {
    guard let stored else { return self }
    var account = self
    if defaulted.contains(.timeZone) { account.timeZone = stored.timeZone }
    if defaulted.contains(.deviceTimeZones) { account.deviceTimeZones = stored.deviceTimeZones }
    if let limits = stored.limits {
      if defaulted.contains(.egress) { account.limits.egress = limits.egress }
      if defaulted.contains(.dailyCalls) { account.limits.dailyCalls = limits.dailyCalls }
      if defaulted.contains(.requestInterval) { account.limits.requestInterval = limits.requestInterval }
    }
    return account
  }

  /// Changes that move trips to other local dates, or allow more calls: each as a clause of a sentence.
  ///
  /// First values, zones of devices without trips and tighter limits are not among them.
  func riskyChanges(from stored: StoredAccount?) -> [String] {
    guard let stored else { return [] }
    return zoneChanges(from: stored) + limitChanges(from: stored)
  }

  private func zoneChanges(from stored: StoredAccount) -> [String] {
    var changes: [String] = []
    let hasMoved = timeZone != stored.timeZone
    if hasMoved, stored.devicesWithRoutes.contains(where: { stored.deviceTimeZones[$0] == nil }) {
      changes.append("time_zone is \(stored.timeZone) in the database and \(timeZone) in the settings")
    }
    for device in stored.devicesWithRoutes.sorted() {
      let (old, new) = (stored.deviceTimeZones[device], deviceTimeZones[device])
      guard old != new, old ?? stored.timeZone != new ?? timeZone else { continue }
      changes.append(
        "the zone of device \(device) is \(old ?? stored.timeZone) in the database and \(new ?? timeZone) in the settings"
      )
    }
    return changes
  }

  private func limitChanges(from stored: StoredAccount) -> [String] {
    guard stored.hasCalls, let old = stored.limits else { return [] }
    var changes: [String] = []
    if limits.dailyCalls > old.dailyCalls {
      changes.append("daily_calls is \(old.dailyCalls) in the database and \(limits.dailyCalls) in the settings")
    }
    if limits.requestInterval < old.requestInterval {
      changes.append(
        "request_interval is \(old.requestInterval) in the database and \(limits.requestInterval) in the settings")
    }
    if limits.egress != old.egress {
      changes.append("egress is \(old.egress) in the database and \(limits.egress) in the settings")
    }
    return changes
  }
}
