import ArgumentParser
import Extract
import Load
import Logbook
import Pipeline
import Postgres
import Schema

/// The exit codes, on which schedulers rely.
enum ExitStatus: Int32 {
  case done = 0
  case internalError = 1
  case someDaysFailed = 2
  case usage = 64
  case unavailable = 69
  case outputFailed = 74
  case tryLater = 75
  case protocolViolated = 76
  case tokenRefused = 77
  case configuration = 78

  init(_ error: any Error) {
    switch error {
    case is SettingError:
      self = .configuration
    case is UsageError:
      self = .usage
    case is OutputError:
      self = .outputFailed
    case is UnknownDevices:
      self = .usage
    case LogbookError.noViews:
      self = .configuration
    case is LogbookError:
      self = .usage
    case MigrationError.broken(_, let error) where error.trouble != nil:
      self.init(error)
    case let error as MigrationError:
      self = error.isTemporary ? .tryLater : .configuration
    case let error as PruneError:
      self = error.isTemporary ? .tryLater : .configuration
    case is EraseInProgress:
      self = .tryLater
    case let error as UnarchivedResponse:
      self.init(error.cause)
    case let error as PostgresError:
      self.init(error)
    case let reason as StopReason:
      self.init(reason)
    default:
      self = .internalError
    }
  }

  init(_ error: PostgresError) {
    switch error.trouble {
    case .noRoom, .readOnly: self = .unavailable
    case .notPermitted: self = .configuration
    case .contended, .stopped: self = .tryLater
    case nil where error.kind == .wrongTarget: self = .configuration
    case nil: self = error.isUnavailable ? .unavailable : .internalError
    }
  }

  init(_ reason: StopReason) {
    switch reason {
    case .quotaSpent, .callLimitReached, .tooFastTwice: self = .tryLater
    case .tokenRefused, .blocked: self = .tokenRefused
    case .unreachable, .noDeviceList, .notBefore: self = .unavailable
    case .protocolViolated: self = .protocolViolated
    case .interrupted: self = .internalError
    case .historyEnds: self = .done
    case .nobodyJudged: self = .someDaysFailed
    }
  }

  /// The exit code of several accounts: that of a signal; the one that all share; 75 if each is done or waits for calls; else 2.
  static func combined(_ codes: [Int32]) -> Int32 {
    if let signal = codes.first(where: { $0 > 128 }) { return signal }
    guard let first = codes.first else { return 0 }
    if codes.allSatisfy({ $0 == first }) { return first }
    return codes.allSatisfy { [0, tryLater.rawValue].contains($0) } ? tryLater.rawValue : someDaysFailed.rawValue
  }

  /// Differences count as failed days.
  static func code(of result: ReplayResult) -> Int32 {
    if case .interrupted = result.stop, let signal = result.signal { return 128 + signal }
    if let failure = result.failure { return ExitStatus(failure).rawValue }
    if !result.errors.isEmpty { return internalError.rawValue }
    return (result.differenceCount == 0 ? ExitStatus.done : .someDaysFailed).rawValue
  }

  /// In order of precedence: a signal, a failure, an early end, failed device-days or findings named with `--fail-on`.
  ///
  /// - Parameter accepted: reasons for an early end that do not count.
  static func code(of result: SyncResult, accepting accepted: Set<StopReason.Word> = []) -> Int32 {
    if case .interrupted = result.stop, let signal = result.signal { return 128 + signal }
    let isAccepted = StopReason.Word(result).map(accepted.contains) ?? false
    if let failure = result.failure, !isAccepted { return ExitStatus(failure).rawValue }
    if !result.loadErrors.isEmpty { return internalError.rawValue }
    if let stop = result.stop, ExitStatus(stop) != .done, !isAccepted { return ExitStatus(stop).rawValue }
    let isDone = result.failedDays.isEmpty && result.failingFindings.isEmpty && result.failedUsers.isEmpty
    return (isDone ? ExitStatus.done : .someDaysFailed).rawValue
  }
}
