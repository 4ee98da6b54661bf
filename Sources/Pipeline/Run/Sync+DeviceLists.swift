import FleetModel
import FleetizeAPI
import Postgres
import Transform

extension Sync {
  /// Takes the device list of each user of the account, unless a recent one will do.
  ///
  /// - Returns: which user sees which device.
  func takeDeviceLists(
    for goal: Goal, agenda: inout Agenda, result: inout SyncResult
  ) async throws -> [DeviceID: Int] {
    let now = clock.now()
    guard try await connection.run({ [planning] db in try planning.needsLists(for: goal, now: now, on: db) }) else {
      return [:]
    }
    var users: [DeviceID: Int] = [:]
    for user in 0..<planning.userCount {
      for device in try await deviceList(as: user, for: goal, agenda: &agenda, result: &result) {
        users[device] = users[device] ?? user
      }
    }
    return users
  }

  private func deviceList(
    as user: Int, for goal: Goal, agenda: inout Agenda, result: inout SyncResult
  ) async throws -> [DeviceID] {
    while true {
      try agenda.checkLimit(callsMade: caller.callCount.value)
      let fault: Fault
      var sample: String?
      // While a backfill waits for its turn, the nightly run may take a list, which will do.
      let called = try await caller.call(.deviceList, as: user, device: nil, reserve: 0) { [planning, clock] db in
        try planning.needsLists(for: goal, now: clock.now(), on: db)
      }
      switch called {
      case nil: return []
      case .failure(let reason): fault = reason
      case .success(let response):
        _ = try await load(response, result: &result)
        sample = response.sample
        switch response.interpretation {
        case .list(let list):
          _ = agenda.noteList(nil, now: clock.now())
          return list.readings.map(\.device)
        case .rejected(let reason, _): fault = reason
        case .day: fault = .wrongShape("a day's response instead of a device list")
        }
      }
      if case .stop(let reason, _) = agenda.noteList(fault, sample: sample, now: clock.now()) { throw reason }
      progress.report(.note("\(fault); asking for the device list again"))
    }
  }
}
