import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres
import Transform

/// A sub-user who cannot be called as, while others of the account can.
public struct FailedUser: Hashable, Sendable {
  /// From 0, in the order of the settings.
  public let user: Int
  public let fault: Fault
}

extension Sync {
  /// Takes the device list of each user of the account, unless a recent one will do.
  ///
  /// A sub-user whose token is refused or who sees nothing does not stop the others.
  ///
  /// - Returns: the first user who sees each device.
  func takeDeviceLists(
    for goal: Goal, agenda: inout Agenda, result: inout SyncResult
  ) async throws -> [DeviceID: Int] {
    let now = clock.now()
    let asked = try await connection.run { [planning] db in try planning.usersToList(for: goal, now: now, on: db) }
    for user in asked {
      guard let fault = try await takeDeviceList(as: user, for: goal, agenda: &agenda, result: &result) else {
        continue
      }
      result.failedUsers.append(FailedUser(user: user, fault: fault))
    }
    if result.failedUsers.count == planning.userCount { try await explainNoList(&result) }
    let failed = Set(result.failedUsers.map(\.user))
    return try await connection.run { [planning] db in try planning.users(except: failed, on: db) }
  }

  /// Goes on without a sub-user whose token is refused.
  func drop(_ user: Int, from agenda: inout Agenda, users: [DeviceID: Int], result: inout SyncResult) throws {
    result.failedUsers.append(FailedUser(user: user, fault: .tokenRefused))
    guard result.failedUsers.count < planning.userCount else { throw StopReason.tokenRefused }
    agenda.drop { users[$0.device] == user }
  }

  /// No user sees a device: that is an answer if none ever did.
  private func explainNoList(_ result: inout SyncResult) async throws {
    let failed = result.failedUsers
    result.failedUsers = []
    if failed.contains(where: { $0.fault == .tokenRefused }) { throw StopReason.tokenRefused }
    let hasDevices = try await connection.run { [warehouse] db in try warehouse.devices.exist(on: db) }
    guard !hasDevices else { throw StopReason.noDeviceList(.emptyList) }
    progress.report(.note("the device list is empty: the account has no device yet"))
  }

  /// - Returns: the fault if the user is refused or sees nothing.
  private func takeDeviceList(
    as user: Int, for goal: Goal, agenda: inout Agenda, result: inout SyncResult
  ) async throws -> Fault? {
    while true {
      try agenda.checkLimit(callsMade: caller.callCount.value)
      let fault: Fault
      var sample: String?
      // While a backfill waits for its turn, the nightly run may take a list, which will do.
      let called = try await caller.call(.deviceList, as: user, device: nil, reserve: 0) { [planning, clock] db in
        try planning.usersToList(for: goal, now: clock.now(), on: db).contains(user)
      }
      switch called {
      case nil: return nil
      case .failure(let reason): fault = reason
      case .success(let response):
        _ = try await load(response, result: &result)
        sample = response.sample
        switch response.interpretation {
        case .list(let list):
          _ = agenda.noteList(nil, now: clock.now())
          try await note(list, of: user, answeredAt: response.archived.response.answeredAt)
          return nil
        case .rejected(let reason, _): fault = reason
        case .day: fault = .wrongShape("a day's response instead of a device list")
        }
      }
      if fault == .emptyList || fault == .tokenRefused { return fault }
      if case .stop(let reason, _) = agenda.noteList(fault, sample: sample, now: clock.now()) { throw reason }
      progress.report(.note("\(fault); asking for the device list again"))
    }
  }

  /// Records which devices a user sees, where the account has several users.
  private func note(_ list: FleetList, of user: Int, answeredAt: Date) async throws {
    guard planning.userCount > 1, planning.tokenHMACs.indices.contains(user) else { return }
    let hmac = planning.tokenHMACs[user]
    let devices = list.readings.map(\.device)
    try await connection.run { [warehouse] db in
      try warehouse.tokens.noteList(of: hmac, devices: devices, at: answeredAt, on: db)
    }
  }
}
