import Postgres

/// The views of schema `bi_limited`: each is the view of that name in `bi`, with the rows of those accounts alone that the
/// reader was granted in `etl.reader_account`.
///
/// They are barriers: a reader's own functions see a row only after it was found to be one of theirs. For the sake of the
/// others this is not done to the views of `bi`, because what is not leakproof, such as a comparison of a date with a
/// timestamp, and a join with another view find no index through a barrier.
enum LimitedViews {
  static let schema = "bi_limited"

  /// Makes those that are missing, with the comments of their originals.
  ///
  /// - Parameter views: names of our views in schema `bi`.
  /// - Returns: the names of those made.
  static func makeMissing(of views: [String], on db: isolated Connection) throws -> [String] {
    let missing = try missing(of: views, on: db)
    for view in missing {
      // An array, because the condition so reaches the tables beneath sums by account.
      try db.execute(
        """
        create view bi_limited.\(identifier: view) with (security_barrier) as
        select * from bi.\(identifier: view)
        where account = any (array(
          select reader_account.account
          from etl.reader_account
          join pg_catalog.pg_roles on pg_roles.rolname = reader_account.reader
          where pg_catalog.pg_has_role(pg_roles.oid, 'usage')
        ))
        """)
      for comment in try comments(of: view, on: db) { try db.script(comment) }
    }
    return missing
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
        pg_catalog.obj_description(c.oid, 'pg_class') || ' Of the accounts that etl.reader_account grants to the reader.'
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
