import Pipeline

extension StopReason.Word {
  /// Nil if the run did all its work or failed in a way that has no word.
  init?(_ result: SyncResult) {
    self.init(result.stop, result.failure)
  }

  init?(_ stop: StopReason?, _ failure: (any Error)?) {
    if let failure {
      switch ExitStatus(failure) {
      case .tryLater: self = .locked
      case .unavailable: self = .unavailable
      default: return nil
      }
    } else if let stop {
      self = stop.word
    } else {
      return nil
    }
  }
}
