import FoundationEssentials

/// A file in `migrations/` and its number.
public struct Migration: Hashable, Sendable {
  public let version: Int
  public let file: SQLFile

  /// - Throws: ``MigrationError/misnamed(file:)`` unless it is named `NNNN_verb_object.sql`.
  init(_ file: SQLFile) throws {
    guard let match = file.name.wholeMatch(of: /([0-9]{4})_[a-z0-9_]+\.sql/), let version = Int(match.1) else {
      throw MigrationError.misnamed(file: file.name)
    }
    self.version = version
    self.file = file
  }

  /// Four digits, as in file names.
  static func number(_ version: Int) -> String {
    let digits = String(version)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// A migration as recorded in a database.
public struct AppliedMigration: Hashable, Sendable {
  public var version: Int
  public var name: String
  /// Of the file's text, hexadecimal.
  public var sha256: String
  public var appliedAt: Date
}

/// The migrations in order, numbered consecutively from 1.
struct MigrationPlan {
  let migrations: [Migration]

  /// - Throws: ``MigrationError`` for a misnamed file, a gap or a duplicate.
  init(_ files: [SQLFile]) throws {
    migrations = try files.map(Migration.init).sorted { ($0.version, $0.file.name) < ($1.version, $1.file.name) }
    for (index, migration) in migrations.enumerated() where migration.version != index + 1 {
      let same = migrations.filter { $0.version == migration.version }.map(\.file.name)
      guard same.count == 1 else { throw MigrationError.duplicate(version: migration.version, files: same) }
      throw MigrationError.gap(expected: index + 1, found: migration.file.name)
    }
  }

  /// The migrations to apply to a database.
  ///
  /// - Throws: ``MigrationError`` if the applied migrations are not the beginning of this plan.
  func pending(after applied: [AppliedMigration]) throws -> ArraySlice<Migration> {
    let applied = applied.sorted { $0.version < $1.version }
    let unknown = applied.filter { $0.version > migrations.count || $0.version < 1 }
    guard unknown.isEmpty else { throw MigrationError.newer(known: migrations.count, applied: unknown) }
    for (expected, found) in zip(migrations, applied) {
      guard expected.version == found.version else {
        throw MigrationError.skipped(expected: expected, latest: applied[applied.count - 1])
      }
      guard expected.file.name == found.name, expected.file.sha256 == found.sha256 else {
        throw MigrationError.edited(expected: expected, applied: found)
      }
    }
    return migrations.dropFirst(applied.count)
  }
}
