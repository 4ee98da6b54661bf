import FoundationEssentials
import Postgres

/// Why the database's schema does not match this program, or could not be migrated.
///
/// The description names the file or object and says what to do.
public enum MigrationError: Error, Sendable {
  /// Another `migrate` holds the lock.
  case alreadyRunning
  /// The schema belongs to `fleetize_owner`, a role that this session may not assume.
  case notOwner
  /// Another session used an object to change for longer than a migration waits.
  case busy(what: String)

  /// A file in `migrations/` that is not named `NNNN_verb_object.sql`, or one in `sql/` that is not named `view.sql`.
  case misnamed(file: String)
  case gap(expected: Int, found: String)
  case duplicate(version: Int, files: [String])
  /// The file differs from the one that was applied.
  case edited(expected: Migration, applied: AppliedMigration)
  /// A later file was applied, but not this one.
  case skipped(expected: Migration, latest: AppliedMigration)
  /// The database has migrations that are unknown to this program.
  case newer(known: Int, applied: [AppliedMigration])

  case broken(file: String, PostgresError)
  /// The file contains a statement that commits or rolls back.
  case endsTransaction(file: String)
  /// The file did not create the view that it is named after.
  case viewNotCreated(file: String)
  case viewRequiresUnknown(file: String, view: String)
  case viewsRequireEachOther([String])
  /// Schema `bi` contains a foreign object with the name of one of this program's views.
  case nameTaken(view: String)
  /// Foreign objects depend on this program's views.
  case inUse(objects: [String])

  /// The database was never migrated.
  case notMigrated
  /// Migrations are pending.
  case behind(pending: [String])
  /// These views, with their schema, differ from those of this program.
  case viewsDiffer([String])

  /// Whether a later attempt can succeed without intervention.
  public var isTemporary: Bool {
    switch self {
    case .alreadyRunning, .busy: true
    default: false
    }
  }
}

extension MigrationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alreadyRunning:
      "another migrate is running on this database; try again when it has finished"
    case .notOwner:
      "the schema of this database belongs to fleetize_owner; run migrate as that role, as one of its members or as a superuser"
    case .busy(let what):
      "\(what): another session, such as a long query of a dashboard, is using an object that must change. "
        + "Nothing was applied; try again when it has finished"
    case .misnamed(let file):
      "\(file) is misnamed: migrations are named NNNN_verb_object.sql and views view.sql, in lower case; rename it"
    case .gap(let expected, let found):
      "migration \(Migration.number(expected)) is missing: the next file is \(found); number the files without a gap"
    case .duplicate(let version, let files):
      "migration \(Migration.number(version)) exists twice: \(files.joined(separator: ", ")); give one of them the next number"
    case .edited(let expected, let applied):
      "migration \(Migration.number(expected.version)) of this program differs from the one applied to this database; "
        + "install the version of fleetize-etl that migrated it, or a later one\n" + Self.comparison(expected, applied)
    case .skipped(let expected, let latest):
      "\(expected.file.name) was never applied to this database, but \(latest.name) was; "
        + "use the program that migrated this database, or restore it from a backup"
    case .newer(let known, let applied):
      "this database is newer than this program, whose last migration is \(Migration.number(known)); "
        + "update the program. Also applied: "
        + applied.map { "\($0.name) (\($0.appliedAt.formatted(.iso8601)))" }.joined(separator: ", ")
    case .broken(let file, let error):
      Self.broken(file, error)
    case .endsTransaction(let file):
      "\(file) ends the transaction that it runs in; remove its commit or rollback, and check what was left behind"
    case .viewNotCreated(let file):
      "\(file) does not create the view that it is named after; create that view in schema bi"
    case .viewRequiresUnknown(let file, let view):
      "\(file) requires \(view), but sql/ has no such file; correct its line `-- requires:`"
    case .viewsRequireEachOther(let files):
      "these views require each other: \(files.joined(separator: ", ")); correct their lines `-- requires:`"
    case .nameTaken(let view):
      "bi.\(view) exists but was not created by this program; rename it or move it to another schema, then run migrate again"
    case .inUse(let objects):
      "the views of schema bi must be recreated, but other objects depend on them; "
        + "drop these, run migrate, and create them again: \(objects.joined(separator: ", "))"
    case .notMigrated:
      "this database has no fleetize-etl tables yet; run `fleetize-etl migrate`"
    case .behind(let pending):
      "this database is older than this program; run `fleetize-etl migrate`, which applies: "
        + pending.joined(separator: ", ")
    case .viewsDiffer(let views):
      "these views differ from those of this program; run `fleetize-etl migrate`: "
        + views.joined(separator: ", ")
    }
  }

  private static func comparison(_ expected: Migration, _ applied: AppliedMigration) -> String {
    """
      in this program: \(expected.file.name)  sha256 \(expected.file.sha256)
      applied:         \(applied.name)  sha256 \(applied.sha256)  at \(applied.appliedAt.formatted(.iso8601))
    """
  }

  /// `file:line:column: message`, a format that editors recognize.
  private static func broken(_ file: String, _ error: PostgresError) -> String {
    var text = file
    if let position = error.position { text += ":\(position.line):\(position.column)" }
    if error.position == nil, let number = error.statementNumber { text += ", statement \(number)" }
    text += ": \(error.message)"
    if let state = error.sqlState { text += " (SQLSTATE \(state))" }
    if let detail = error.detail { text += "\n  detail: \(detail)" }
    if let hint = error.hint { text += "\n  hint: \(hint)" }
    return text + "\n  nothing in this file was applied; fix it, or what it conflicts with, and run migrate again"
  }
}
