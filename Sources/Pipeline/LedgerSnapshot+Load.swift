import Extract
import Load

extension LedgerSnapshot {
  /// What the table of calls says, as pacing wants it. Open calls are counted there as ending now.
  init(_ snapshot: CallLedger.Snapshot) {
    self.init(
      lastEndOnEgress: snapshot.lastEnd, accountEnds: snapshot.ends, blockedSince: snapshot.blockedSince,
      tooFastInARow: snapshot.tooFastInARow, lastTooFast: snapshot.lastTooFast)
  }
}
