import FoundationEssentials
import Load
import Pipeline

/// What goes on, and how the nightly job fares.
extension DoctorRules {
  /// - Parameter now: by the server's clock.
  static func locks(_ locks: [Health.HeldLock], now: Date) -> Diagnosis {
    let stuck = locks.filter { lock in lock.idleSince.map { now.timeIntervalSince($0) > 15 * 60 } ?? false }
    guard let first = stuck.first else {
      return .ok(
        locks.isEmpty ? "no session holds a lock of this program" : "locks held by running work: \(locks.count)")
    }
    return .warning(
      "\(stuck.count) locks are held by idle sessions: \(first.what), server process \(first.process), "
        + "idle since \(first.idleSince?.utcText ?? "")",
      do:
        "check whether its program is still running (such as `backfill --wait`); if not, `select pg_terminate_backend(\(first.process))`"
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
      ? .warning(finding, do: "its program holds the egress and seems to hang: find it in `bi.run`")
      : .warning(
        finding,
        do: "nothing: its program died; the next call of that egress records the end, and the call counts as used")
  }

  static func transactions(_ long: [Health.LongTransaction], hiddenSessions: Int) -> Diagnosis {
    let hidden = hiddenSessions == 0 ? "" : "; \(hiddenSessions) other users' sessions are hidden from this login"
    guard let first = long.first else { return .ok("no transaction is older than an hour\(hidden)") }
    return .warning(
      "transactions older than an hour: \(long.count), the oldest since \(first.startedAt.utcText), server process "
        + "\(first.process), user \(first.user)\(first.application.isEmpty ? "" : ", \(first.application)")\(hidden)",
      do: "end it: it blocks `migrate` and keeps vacuum from removing dead rows")
  }

  static func lastSuccess(_ work: Health.Work?, now: Date) -> Diagnosis {
    guard let work, let lastRun = work.lastRun else {
      return .warning("`run` has never been started", do: "run `fleetize-etl run`, and schedule it for every night")
    }
    let latest =
      "; the last one began \(lastRun.utcText) and "
      + (work.lastExitCode.map { "ended with \($0)" } ?? "is still running, or was killed")
    let advice = "see the reason in bi.run (message), and check that it is scheduled for every night"
    guard let success = work.lastSuccess else {
      return .problem("no `run` has ever succeeded\(latest)", do: advice)
    }
    let finding = "the last successful `run` ended \(success.utcText)"
    let hours = now.timeIntervalSince(success) / 3_600
    if hours > 50 { return .problem(finding + latest, do: advice) }
    if hours > 26 { return .warning(finding + latest, do: advice) }
    return .ok(finding)
  }

  static func block(_ work: Health.Work?, now: Date) -> Diagnosis {
    if let since = work?.blockedSince {
      return .problem(
        "blocked since \(since.utcText) (vendor error 1002): nothing is sent",
        do: "contact FLEETIZE support, then `fleetize-etl unblock --confirm`")
    }
    if let tooFast = work?.lastTooFast, now.timeIntervalSince(tooFast) < 86_400 {
      return .warning(
        "the vendor said at \(tooFast.utcText) that calls come too fast (error 1055)",
        do:
          "make sure that nothing else uses this token or IP address, and that FLEETIZE_REQUEST_INTERVAL is at least 60"
      )
    }
    return .ok("not blocked")
  }
}
