import FoundationEssentials
import Postgres

/// Why the database's schema and this program do not fit together, or could not be made to.
///
/// Its description says which file or object, and what to do.
public enum MigrationError: Error, Sendable {
  /// The lock is held: another `migrate` is at work.
  case alreadyRunning
  /// The schema belongs to `fleetize_owner`, as whom this session may not act.
  case notOwner
  /// Something reads or writes what has to change, for longer than a migration waits.
  case busy(what: String)

  /// A file of `migrations/` that is not called `NNNN_verb_object.sql`, or of `sql/` that is not called `view.sql`.
  case misnamed(file: String)
  case gap(expected: Int, found: String)
  case duplicate(version: Int, files: [String])
  /// The file is not the one that was applied.
  case edited(expected: Migration, applied: AppliedMigration)
  /// A later file was applied, this one never.
  case skipped(expected: Migration, latest: AppliedMigration)
  /// The database has migrations that this program does not know.
  case newer(known: Int, applied: [AppliedMigration])

  case broken(file: String, PostgresError)
  /// The file has a statement that commits or rolls back.
  case endsTransaction(file: String)
  /// The file ran, but did not make the view that it is named after.
  case viewNotMade(file: String)
  case viewRequiresUnknown(file: String, view: String)
  case viewsRequireEachOther([String])
  /// The name of a view of ours belongs to something else in schema `bi`.
  case nameTaken(view: String)
  /// Others' objects are built on our views and would have to go with them.
  case inUse(objects: [String])

  /// Nothing was ever migrated here.
  case notMigrated
  /// Migrations are due.
  case behind(pending: [String])
  /// The views, named with their schema, are not those of this program.
  case viewsDiffer([String])

  /// Whether the same will work later without anyone doing anything.
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
      "another migrate is at work on this database; try again when it has finished"
    case .notOwner:
      "the schema of this database belongs to fleetize_owner; migrate as that role, as one of its members or as a superuser"
    case .busy(let what):
      "\(what): other sessions use what has to change, such as a long query of a dashboard; "
        + "nothing of it was applied, try again when they have finished"
    case .misnamed(let file):
      "\(file) is misnamed: migrations are called NNNN_verb_object.sql, views view.sql, in small letters; rename it"
    case .gap(let expected, let found):
      "migration \(Migration.number(expected)) is missing: \(found) comes in its place; number the files without a gap"
    case .duplicate(let version, let files):
      "migration \(Migration.number(version)) is there twice: \(files.joined(separator: ", ")); give one the next number"
    case .edited(let expected, let applied):
      "migration \(Migration.number(expected.version)) is not the one that was applied to this database; "
        + "undo the change of the file and put it into a new migration\n" + Self.comparison(expected, applied)
    case .skipped(let expected, let latest):
      "\(expected.file.name) was never applied to this database, but \(latest.name) was; "
        + "use the program that made this database, or restore it from a backup"
    case .newer(let known, let applied):
      "this database is newer than this program, which ends at migration \(Migration.number(known)); "
        + "update the program. Also applied: "
        + applied.map { "\($0.name) (\($0.appliedAt.formatted(.iso8601)))" }.joined(separator: ", ")
    case .broken(let file, let error):
      Self.broken(file, error)
    case .endsTransaction(let file):
      "\(file) ends the transaction that it runs in; take its commit or rollback out, and see what it left behind"
    case .viewNotMade(let file):
      "\(file) does not make the view that it is named after; make the file create that view in schema bi"
    case .viewRequiresUnknown(let file, let view):
      "\(file) requires \(view), and there is no such file in sql/; mend its line `-- requires:`"
    case .viewsRequireEachOther(let files):
      "these views require each other: \(files.joined(separator: ", ")); mend their lines `-- requires:`"
    case .nameTaken(let view):
      "bi.\(view) is there and was not made by this program; rename it or move it to another schema, then migrate again"
    case .inUse(let objects):
      "the views of schema bi have to be made anew, but others are built on them; "
        + "drop these, migrate, and make them again: \(objects.joined(separator: ", "))"
    case .notMigrated:
      "this database has no tables of fleetize-etl yet; run `fleetize-etl migrate`"
    case .behind(let pending):
      "this database is older than this program; run `fleetize-etl migrate`. It applies: "
        + pending.joined(separator: ", ")
    case .viewsDiffer(let views):
      "these views are not those of this program; run `fleetize-etl migrate`: "
        + views.joined(separator: ", ")
    }
  }

  private static func comparison(_ expected: Migration, _ applied: AppliedMigration) -> String {
    """
      in this program: \(expected.file.name)  sha256 \(expected.file.sha256)
      applied:         \(applied.name)  sha256 \(applied.sha256)  at \(applied.appliedAt.formatted(.iso8601))
    """
  }

  /// `file:line:column: message`, as compilers say it, so that editors find the place.
  private static func broken(_ file: String, _ error: PostgresError) -> String {
    var text = file
    if let position = error.position { text += ":\(position.line):\(position.column)" }
    if error.position == nil, let number = error.statementNumber { text += ", statement \(number)" }
    text += ": \(error.message)"
    if let state = error.sqlState { text += " (SQLSTATE \(state))" }
    if let detail = error.detail { text += "\n  detail: \(detail)" }
    if let hint = error.hint { text += "\n  hint: \(hint)" }
    return text + "\n  nothing of this file was applied; mend it, or what is in its way, and migrate again"
  }
}
