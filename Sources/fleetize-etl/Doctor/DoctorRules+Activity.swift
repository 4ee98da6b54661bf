import FoundationEssentials
import Load
import Logbook
import Pipeline

/// Locks, calls, transactions and the nightly job.
extension DoctorRules {
  /// - Parameter now: by the server's clock.
  static func locks(_ locks: [Health.HeldLock], now: Date) -> Diagnosis {
    let stuck = locks.filter { lock in lock.idleSince.map { now.timeIntervalSince($0) > 15 * 60 } ?? false }
    guard let first = stuck.first else {
      return .ok(locks.isEmpty ? "no lock of this program is held" : "locks held by work in progress: \(locks.count)")
    }
    return .warning(
      "\(counted(stuck.count, "lock")) held by idle sessions: \(first.what), server process \(first.process), "
        + "idle since \(first.idleSince?.utcText ?? "")",
      do:
        "check whether its program is still working (a `backfill --wait` may be); else `select pg_terminate_backend(\(first.process))`"
    )
  }

  /// - Parameters:
  ///   - locks: an open call whose egress is locked is in flight.
  ///   - timeout: of a call, in seconds.
  static func openCalls(
    _ calls: [Health.OpenCall], locks: [Health.HeldLock], timeout: Double, now: Date
  ) -> Diagnosis {
    let old = calls.filter { now.timeIntervalSince($0.startedAt) > timeout + 60 }
    guard let first = old.first else {
      return .ok(calls.isEmpty ? "no call is in flight" : "calls in flight: \(calls.count)")
    }
    let finding =
      "a call through egress \(first.egress) that started \(first.startedAt.utcText) has no end in the ledger"
    return locks.contains { $0.what.hasSuffix("egress \(first.egress)") }
      ? .warning(finding, do: "its program holds the egress and seems to hang: find it in `bi.run`")
      : .warning(
        finding,
        do: "nothing: its program died; the next call through this egress writes the end, and the call counts as used")
  }

  static func transactions(_ long: [Health.LongTransaction], hiddenSessions: Int) -> Diagnosis {
    let hidden =
      hiddenSessions == 0 ? "" : "; \(counted(hiddenSessions, "session")) of other users are hidden from this login"
    guard let first = long.first else { return .ok("no transaction is older than an hour\(hidden)") }
    return .warning(
      "transactions older than an hour: \(long.count), the oldest since \(first.startedAt.utcText), server process "
        + "\(first.process), user \(first.user)\(first.application.isEmpty ? "" : ", \(first.application)")\(hidden)",
      do: "end it: it can block `migrate`, and it keeps vacuum from removing dead rows")
  }

  static func lastSuccess(_ work: Health.NightlyJob?, now: Date) -> Diagnosis {
    guard let work, let lastRun = work.lastRun else {
      return .warning("`run` was never started", do: "schedule `fleetize-etl run` for every night")
    }
    let latest =
      "; the last one started \(lastRun.utcText) and "
      + (work.lastExitCode.map { "ended with \($0)" } ?? "is still running, or was killed")
    let advice = "see bi.run for the reason, and check that `run` is started every night"
    guard let success = work.lastSuccess else {
      return .problem("no `run` has succeeded yet\(latest)", do: advice)
    }
    let finding = "the last successful `run` ended \(success.utcText)"
    let hours = now.timeIntervalSince(success) / 3_600
    if hours > 50 { return .problem(finding + latest, do: advice) }
    if hours > 26 { return .warning(finding + latest, do: advice) }
    return .ok(finding)
  }

  static func deviation(_ work: Health.NightlyJob?) -> Diagnosis {
    guard let deviation = work?.deviation else { return .ok("the API answers as its document says") }
    return .problem(
      "since \(deviation.since.utcText): \(printable(deviation.message))",
      do:
        "check the settings and ask FLEETIZE support whether the API has changed; each run tries a single call until it is right again"
    )
  }

  static func block(_ work: Health.NightlyJob?, now: Date) -> Diagnosis {
    if let since = work?.blockedSince {
      return .problem(
        "blocked since \(since.utcText) (vendor error 1002): nothing is sent",
        do: "contact FLEETIZE support, then run `fleetize-etl unblock --confirm`")
    }
    if let tooFast = work?.lastTooFast, now.timeIntervalSince(tooFast) < 86_400 {
      return .warning(
        "the API said at \(tooFast.utcText) that calls come too fast (vendor error 1055)",
        do: "stop other programs that use this token or address, and set FLEETIZE_REQUEST_INTERVAL to 60 or more")
    }
    return .ok("not blocked")
  }
}
