import Postgres

/// The views of schema `bi_limited`: each is the view of that name in `bi`, restricted to the accounts and vehicles that the
/// reader was granted in `etl.reader_account` and `etl.reader_device`.
///
/// They are security barriers: a reader's own functions see only rows that passed the restriction. The views of `bi` are not,
/// because comparisons that are not leakproof, such as a date with a timestamp, and joins with another view find no index
/// through a barrier.
enum LimitedViews {
  static let schema = "bi_limited"

  /// Creates the missing views, with the comments of their originals.
  ///
  /// - Parameter views: the names of this program's views in schema `bi`.
  /// - Returns: the names of the created views.
  static func makeMissing(of views: [String], on db: isolated Connection) throws -> [String] {
    let missing = try missing(of: views, on: db)
    for view in missing {
      // Arrays, because such a condition reaches the tables beneath sums by account or vehicle.
      let grantedVehicle: SQL =
        try hasVehicle(view, on: db)
        ? """
        or vehicle_key = any (array(
          select device.device_key
          from etl.reader_device
          join warehouse.account on account.name = reader_device.account
          join warehouse.device using (account_key, device_id)
          join pg_catalog.pg_roles on pg_roles.rolname = reader_device.reader
          where pg_catalog.pg_has_role(pg_roles.oid, 'usage')
        ))
        """ : ""
      try db.execute(
        """
        create view bi_limited.\(identifier: view) with (security_barrier) as
        select * from bi.\(identifier: view)
        where account = any (array(
          select reader_account.account
          from etl.reader_account
          join pg_catalog.pg_roles on pg_roles.rolname = reader_account.reader
          where pg_catalog.pg_has_role(pg_roles.oid, 'usage')
        )) \(grantedVehicle)
        """)
      for comment in try comments(of: view, on: db) { try db.script(comment) }
    }
    return missing
  }

  private static func hasVehicle(_ view: String, on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from pg_catalog.pg_attribute
      where attrelid = pg_catalog.to_regclass(\("bi.\(view)")) and attname = 'vehicle_key' and not attisdropped
      """
    ).isEmpty
  }

  /// Those of `views` that have an account and are not there; none where the schema is not.
  static func missing(of views: [String], on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select c.relname::text as view
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'bi'
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'account' and not a.attisdropped
      join pg_catalog.pg_namespace limited on limited.nspname = \(schema)
      where c.relkind = 'v' and c.relname = any(\(views))
        and not exists (
          select from pg_catalog.pg_class twin where twin.relnamespace = limited.oid and twin.relname = c.relname)
      order by 1
      """
    ).map { try $0.decode("view") }
  }

  private static func comments(of view: String, on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select pg_catalog.format(
        'comment on view bi_limited.%I is %L', c.relname,
        pg_catalog.obj_description(c.oid, 'pg_class') || ' Only of what etl.reader_account and etl.reader_device grant to the reader.'
      ) as statement
      from pg_catalog.pg_class c
      where c.oid = pg_catalog.to_regclass(\("bi.\(view)")) and pg_catalog.obj_description(c.oid, 'pg_class') is not null
      union all
      select pg_catalog.format(
        'comment on column bi_limited.%I.%I is %L', c.relname, a.attname, pg_catalog.col_description(c.oid, a.attnum))
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.oid = pg_catalog.to_regclass(\("bi.\(view)")) and pg_catalog.col_description(c.oid, a.attnum) is not null
      """
    ).map { try $0.decode("statement") }
  }
}
