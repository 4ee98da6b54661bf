import FoundationEssentials
import Load
import Pipeline

/// What goes on, and how the nightly job fares.
extension DoctorRules {
  /// - Parameter now: by the server's clock.
  static func locks(_ locks: [Health.HeldLock], now: Date) -> Diagnosis {
    let stuck = locks.filter { lock in lock.idleSince.map { now.timeIntervalSince($0) > 15 * 60 } ?? false }
    guard let first = stuck.first else {
      return .ok(locks.isEmpty ? "no lock of this program is held" : "locks held by work in progress: \(locks.count)")
    }
    return .warning(
      "\(stuck.count) locks are held by sessions that do nothing: \(first.what), server process \(first.process), "
        + "idle since \(first.idleSince?.utcText ?? "")",
      do:
        "see whether its program still works (a `backfill --wait` may); else `select pg_terminate_backend(\(first.process))`"
    )
  }

  /// - Parameters:
  ///   - locks: held now: an open call whose egress is locked is in flight.
  ///   - timeout: of a call, in seconds.
  static func openCalls(
    _ calls: [Health.OpenCall], locks: [Health.HeldLock], timeout: Double, now: Date
  ) -> Diagnosis {
    let old = calls.filter { now.timeIntervalSince($0.startedAt) > timeout + 60 }
    guard let first = old.first else {
      return .ok(calls.isEmpty ? "no call is in flight" : "calls in flight: \(calls.count)")
    }
    let finding = "a call of egress \(first.egress) that began \(first.startedAt.utcText) has no end in the ledger"
    return locks.contains { $0.what.hasSuffix("egress \(first.egress)") }
      ? .warning(finding, do: "its program holds the egress and seems to hang: look for it in `bi.run`")
      : .warning(
        finding, do: "nothing: its program died, and the next call of that egress writes the end; it counts as used")
  }

  static func transactions(_ long: [Health.LongTransaction], hiddenSessions: Int) -> Diagnosis {
    let hidden = hiddenSessions == 0 ? "" : "; \(hiddenSessions) sessions of others are hidden from this login"
    guard let first = long.first else { return .ok("no transaction is older than an hour\(hidden)") }
    return .warning(
      "transactions older than an hour: \(long.count), the oldest since \(first.startedAt.utcText), server process "
        + "\(first.process), user \(first.user)\(first.application.isEmpty ? "" : ", \(first.application)")\(hidden)",
      do: "end it, or the query behind it: it keeps `migrate` waiting and dead rows from being cleared away")
  }

  static func lastSuccess(_ work: Health.NightlyJob?, now: Date) -> Diagnosis {
    guard let work, let lastRun = work.lastRun else {
      return .warning("`run` was never started", do: "start `fleetize-etl run`, and have it started every night")
    }
    let latest =
      "; the last one began \(lastRun.utcText) and "
      + (work.lastExitCode.map { "ended with \($0)" } ?? "works still, or was killed")
    let advice = "see why in bi.run (message), and whether it is started every night"
    guard let success = work.lastSuccess else {
      return .problem("no `run` has ever ended well\(latest)", do: advice)
    }
    let finding = "the last `run` that ended well did so \(success.utcText)"
    let hours = now.timeIntervalSince(success) / 3_600
    if hours > 50 { return .problem(finding + latest, do: advice) }
    if hours > 26 { return .warning(finding + latest, do: advice) }
    return .ok(finding)
  }

  static func block(_ work: Health.NightlyJob?, now: Date) -> Diagnosis {
    if let since = work?.blockedSince {
      return .problem(
        "blocked since \(since.utcText) (vendor error 1002): nothing is sent",
        do: "speak to FLEETIZE support, then `fleetize-etl unblock --confirm`")
    }
    if let tooFast = work?.lastTooFast, now.timeIntervalSince(tooFast) < 86_400 {
      return .warning(
        "the vendor said at \(tooFast.utcText) that calls come too fast (error 1055)",
        do: "see that nothing else uses this token or address; FLEETIZE_REQUEST_INTERVAL is 60 or more")
    }
    return .ok("not blocked")
  }
}
