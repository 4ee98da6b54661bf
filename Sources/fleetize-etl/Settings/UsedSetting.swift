/// A setting as it is in force; for `doctor`.
struct UsedSetting: Encodable, Hashable, Sendable {
  /// As in the file, an account's own after its name: `north.daily_calls`.
  var name: String
  /// Nil for none; of a secret no more than that there is one.
  var value: String?
  /// `default`, or the place and the name that it has there.
  var origin: String
}
