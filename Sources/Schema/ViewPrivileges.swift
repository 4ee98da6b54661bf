import Logging
import Postgres

/// The owners of a schema's views and the grants on them, preserved while the views are recreated.
struct ViewPrivileges {
  private struct Grant {
    let view: String
    /// Nil for the whole view.
    let column: String?
    /// A complete statement.
    let statement: String
  }

  private let schema: String
  private let views: Set<String>
  /// By view.
  private let owners: [String: String]
  private let grants: [Grant]

  init(of views: Set<String>, in schema: String, on db: isolated Connection) throws {
    self.schema = schema
    self.views = views
    let owners = try db.query(
      """
      select c.relname::text as view, pg_catalog.pg_get_userbyid(c.relowner)::text as owner
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = \(schema) and c.relname = any(\(views.sorted()))
      """)
    self.owners = try Dictionary(
      uniqueKeysWithValues: owners.map { (try $0.decode("view"), try $0.decode("owner")) })
    grants = try db.query(
      """
      with view as (
        select c.*
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = \(schema) and c.relname = any(\(views.sorted()))
      ),
      granted as (
        select view.relname, null::name as attname, acl.*
        from view
        cross join lateral pg_catalog.aclexplode(coalesce(relacl, pg_catalog.acldefault('r', relowner))) acl
        union all
        select view.relname, a.attname, acl.*
        from view
        join pg_catalog.pg_attribute a on a.attrelid = view.oid
        cross join lateral pg_catalog.aclexplode(a.attacl) acl
      )
      select
        relname::text as view,
        attname::text as column,
        pg_catalog.format(
          'grant %s%s on %I.%I to %s%s',
          privilege_type,
          case when attname is not null then pg_catalog.format(' (%I)', attname) end,
          \(schema)::text,
          relname,
          case when grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) end,
          case when is_grantable then ' with grant option' end
        ) as statement
      from granted
      """
    ).map {
      Grant(view: try $0.decode("view"), column: try $0.decode("column"), statement: try $0.decode("statement"))
    }
  }

  /// Restores the owners and grants of the views that still exist, and revokes everything else: default privileges may have granted
  /// more when the views were created.
  func restore(on db: isolated Connection, logger: Logger) throws {
    let present = try columns(on: db)
    for (view, owner) in owners.sorted(by: { $0.key < $1.key }) where present[view] != nil {
      try db.execute("alter view \(identifier: schema).\(identifier: view) owner to \(identifier: owner)")
      for grantee in try grantees(of: view, on: db) {
        try db.execute("revoke all on \(identifier: schema).\(identifier: view) from \(unescaped: grantee)")
      }
    }
    for grant in grants {
      guard let columns = present[grant.view], grant.column.map(columns.contains) ?? true else {
        logger.warning("not granted again, because the view or column no longer exists: \(grant.statement)")
        continue
      }
      try db.script(grant.statement)
    }
  }

  private func columns(on db: isolated Connection) throws -> [String: Set<String>] {
    let rows = try db.query(
      """
      select c.relname::text as view, pg_catalog.array_agg(a.attname::text) as columns
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname = \(schema) and c.relkind = 'v' and c.relname = any(\(views.sorted()))
      group by c.relname
      """)
    return try Dictionary(
      uniqueKeysWithValues: rows.map { (try $0.decode("view"), Set(try $0.decode("columns", as: [String].self))) })
  }

  /// Quoted names of roles.
  private func grantees(of view: String, on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select distinct
        case when grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) end as grantee
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      cross join lateral pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner)))
      where n.nspname = \(schema) and c.relname = \(view)
      """
    ).map { try $0.decode("grantee") }
  }
}
