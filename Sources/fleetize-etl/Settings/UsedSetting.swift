/// A setting in effect, for `doctor`.
struct UsedSetting: Encodable, Hashable, Sendable {
  /// As in the file; in an account's section after its name: `north.daily_calls`.
  var name: String
  /// Nil for none; for a secret only that it is set.
  var value: String?
  /// `default`, or the place and the setting's name there.
  var origin: String
}
