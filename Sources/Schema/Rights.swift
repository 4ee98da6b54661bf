import Postgres

/// The rights of the roles of ``Roles``. Every `migrate` makes the database match.
///
/// Each new table or function of a migration needs a line here; a test finds missing ones.
public enum Rights {
  /// The rights of `fleetize_loader` per table; partitions are accessible only through their table.
  static let loaderTables: [(name: String, rights: [Right])] = [
    ("warehouse.account", [.select, .insert, .update]),
    ("warehouse.device", [.select, .insert, .update]),
    ("warehouse.device_version", [.select, .insert, .update, .delete]),
    ("warehouse.device_reading", [.select, .insert, .update, .delete]),
    ("warehouse.route", [.select, .insert, .update, .delete]),
    ("warehouse.route_point", [.select, .insert, .update, .delete]),
    ("warehouse.route_pause", [.select, .insert, .update, .delete]),
    ("warehouse.device_status", [.select]),
    ("warehouse.device_error", [.select]),
    ("warehouse.pause_type", [.select]),
    ("warehouse.calendar", [.select]),

    // The archive: only additions, except through the functions below.
    ("etl.response", [.select, .insert]),
    ("etl.unloaded_response", [.select, .insert, .delete]),
    ("etl.response_day", [.select, .insert, .update, .delete]),
    ("etl.checkpoint", [.select, .insert, .update, .delete]),
    ("etl.failed_day", [.select, .insert, .update, .delete]),
    ("etl.followed_device", [.select, .insert, .update]),
    ("etl.finding", [.select, .insert, .update, .delete]),
    ("etl.finding_acknowledgement", [.select, .insert]),
    ("etl.retired_device", [.select, .insert, .update, .delete]),
    // Erasures are recorded and never revoked.
    ("etl.erasure", [.select, .insert]),
    ("etl.proven_day", [.select, .insert, .update]),
    ("etl.served_day", [.select, .insert, .update, .delete]),
    ("etl.night", [.select, .insert, .update]),
    ("etl.prune_horizon", [.select]),
    ("etl.partition_to_drop", [.select]),
    // The ledger and the runs: no deletions.
    ("etl.token_salt", [.select]),
    ("etl.account_token", [.select, .insert, .update, .delete]),
    ("etl.token_device", [.select, .insert, .delete]),
    ("etl.account_limit", [.select, .insert, .update]),
    ("etl.run", [.select, .insert, .update]),
    ("etl.api_call", [.select, .insert, .update]),
    ("etl.account_block", [.select, .insert, .update]),
    ("etl.reader_account", [.select]),
    ("etl.reader_device", [.select]),
    ("etl.holiday", [.select]),
    ("etl.schema_migration", [.select]),
    ("etl.schema_view", [.select]),
  ]

  /// The functions that `fleetize_loader` may call; only the owner may call others.
  static let loaderFunctions = [
    "etl.ensure_partition(regclass, date)",
    "etl.may_hold_erased(etl.response)",
    "etl.redact_response(bigint, date, bigint, bytea, integer, bytea, timestamptz)",
    "etl.delete_erased_response(bigint, date)",
    "etl.note_change()",
  ]

  /// Functions in the views of `bi`: PostgreSQL checks who calls them, not whose view it is.
  static let publicFunctions = [
    "warehouse.seconds_between(timestamptz, timestamptz, integer)",
    // It reads points as its owner. Readers reach it through the views alone, because they may not use its schema.
    "warehouse.track_geojson(integer, date, smallint, integer, integer, integer, integer)",
  ]

  enum Right: String {
    case select, insert, update, delete
  }

  /// The loader's rights that the current role lacks, such as `insert on etl.response`.
  public static func missing(on db: isolated Connection) throws -> [String] {
    let rights = loaderTables.flatMap { table, rights in rights.map { (table, $0.rawValue) } }
    return try db.query(
      """
      select needed.privilege || ' on ' || needed.name as missing
      from unnest(\(rights.map(\.0))::text[], \(rights.map(\.1))::text[]) as needed (name, privilege)
      join pg_catalog.pg_namespace n on n.nspname = split_part(needed.name, '.', 1)
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = split_part(needed.name, '.', 2)
      where not (pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, needed.privilege))
      union all
      select 'execute on ' || needed
      from unnest(\(loaderFunctions)::text[]) as needed
      join pg_catalog.pg_proc p on p.pronamespace::regnamespace || '.' || proname || '(' || oidvectortypes(proargtypes) || ')' = needed
      where not pg_catalog.has_function_privilege(p.oid, 'execute')
      """
    ).map { try $0.decode("missing", as: String.self) }
  }

  /// A script that grants exactly these rights, to be run as the owner.
  ///
  /// - Parameters:
  ///   - views: the names of this program's views in schema `bi`; others are not touched.
  ///   - limited: the names of its views in schema `bi_limited`.
  static func script(views: [String], limited: [String]) -> String {
    let others = "\(Roles.loader), \(Roles.reader), \(Roles.limitedReader)"
    var statements = [
      "grant usage on schema warehouse, etl, bi to \(Roles.loader)",
      "grant usage on schema bi to \(Roles.reader)",
      "grant usage on schema \(LimitedViews.schema) to \(Roles.limitedReader)",
      "revoke all on all tables in schema warehouse, etl from public, \(others)",
      "revoke all on all routines in schema warehouse, etl from public, \(others)",
    ]
    statements += loaderTables.map { table, rights in
      "grant \(rights.map(\.rawValue).joined(separator: ", ")) on \(table) to \(Roles.loader)"
    }
    statements += loaderFunctions.map { "grant execute on function \($0) to \(Roles.loader)" }
    statements += publicFunctions.map { "grant execute on function \($0) to public" }
    for view in views {
      statements += [
        "revoke all on bi.\(view) from \(others)",
        "grant select on bi.\(view) to \(Roles.loader), \(Roles.reader)",
      ]
    }
    for view in limited {
      statements += [
        "revoke all on \(LimitedViews.schema).\(view) from \(others)",
        "grant select on \(LimitedViews.schema).\(view) to \(Roles.limitedReader)",
      ]
    }
    return statements.map { "\($0);\n" }.joined()
  }
}
