import FoundationEssentials
import Logging
import Postgres

/// The views of schema `bi`, all recreated whenever one of their files differs.
struct Views {
  private let plan: ViewPlan
  private let logger: Logger

  init(_ plan: ViewPlan, logger: Logger) {
    self.plan = plan
    self.logger = logger
  }

  private var names: [String] {
    plan.files.map { String($0.name.dropLast(".sql".count)) }
  }

  /// The views that are missing, were created from another text, or no longer belong to this program; sorted.
  func differences(on db: isolated Connection) throws -> [String] {
    let expected = Dictionary(uniqueKeysWithValues: zip(names, plan.files.map(\.sha256)))
    let made = try made(on: db)
    let existing = try existing(made.keys.sorted(), on: db)
    return Set(expected.keys).union(made.keys).filter { expected[$0] != made[$0] || !existing.contains($0) }.sorted()
  }

  /// Creates the missing views of schema `bi_limited`.
  ///
  /// - Returns: their names with the schema.
  func makeMissingLimited(on db: isolated Connection) throws -> [String] {
    try db.transaction { try LimitedViews.makeMissing(of: names, on: db) }.map { "\(LimitedViews.schema).\($0)" }
  }

  /// The names, with the schema, of views that are missing in schema `bi_limited`.
  func missingLimited(on db: isolated Connection) throws -> [String] {
    try LimitedViews.missing(of: names, on: db).map { "\(LimitedViews.schema).\($0)" }
  }

  /// - Throws: ``MigrationError`` if foreign objects would be affected by recreating the views.
  func checkReplaceable(on db: isolated Connection) throws {
    let made = try made(on: db).keys.sorted()
    for name in names where !made.contains(name) {
      if try db.hasRelation("bi.\(name)") { throw MigrationError.nameTaken(view: name) }
    }
    let dependents = try dependents(of: made, on: db)
    guard dependents.isEmpty else { throw MigrationError.inUse(objects: dependents) }
  }

  /// The privileges of the existing views in both schemas.
  func privileges(on db: isolated Connection) throws -> [ViewPrivileges] {
    let names = try made(on: db).keys.sorted()
    return try Self.schemas.map { schema in
      try ViewPrivileges(of: existing(names, in: schema, on: db), in: schema, on: db)
    }
  }

  private static let schemas = ["bi", LimitedViews.schema]

  /// Drops the recorded views and creates those of this program, in one transaction.
  ///
  /// - Returns: the names of the created views.
  func replace(keeping privileges: [ViewPrivileges], now: Date, on db: isolated Connection) throws -> [String] {
    try db.transaction {
      try checkReplaceable(on: db)
      let made = try made(on: db).keys.sorted()
      let former = try Self.schemas.flatMap { schema in
        try existing(made, in: schema, on: db).sorted().map { "\(schema).\($0)" }
      }
      if !former.isEmpty {
        try db.apply("drop view \(former.joined(separator: ", "))", of: "the views of schema bi")
      }
      try db.execute("delete from etl.schema_view")
      for (name, file) in zip(names, plan.files) {
        try db.apply(file.text, of: "sql/\(file.name)")
        guard try existing([name], on: db).contains(name) else {
          throw MigrationError.viewNotCreated(file: "sql/\(file.name)")
        }
        try db.execute(
          "insert into etl.schema_view (name, sha256, applied_at) values (\(name), \(file.sha256), \(now))")
      }
      _ = try LimitedViews.makeMissing(of: names, on: db)
      for privileges in privileges { try privileges.restore(on: db, logger: logger) }
    }
    logger.info("created the views of schema bi", metadata: ["count": "\(names.count)"])
    return names
  }

  /// The names of the schema's views that any version of this program created; sorted.
  static func recorded(in schema: String, on db: isolated Connection) throws -> [String] {
    guard try db.hasRelation("etl.schema_view") else { return [] }
    return try db.query(
      """
      select name from etl.schema_view
      where exists (select from pg_catalog.pg_views where schemaname = \(schema) and viewname = name)
      order by name
      """
    ).map { try $0.decode("name") }
  }

  /// The recorded checksum of each view's file.
  private func made(on db: isolated Connection) throws -> [String: String] {
    guard try db.hasRelation("etl.schema_view") else { return [:] }
    let rows = try db.query("select name, sha256 from etl.schema_view")
    return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.decode("name"), try $0.decode("sha256")) })
  }

  /// Those of `names` that are views in the schema.
  private func existing(
    _ names: [String], in schema: String = "bi", on db: isolated Connection
  ) throws -> Set<String> {
    let rows = try db.query(
      """
      select viewname::text as name from pg_catalog.pg_views
      where schemaname = \(schema) and viewname = any(\(names))
      """)
    return try Set(rows.map { try $0.decode("name") })
  }

  /// Foreign objects that depend on the views, directly or indirectly: views, functions, triggers, tables with a view's row type…
  private func dependents(of views: [String], on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      with recursive ours as (
        select c.oid
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any(\(Self.schemas)) and c.relkind = 'v' and c.relname = any(\(views))
      ),
      -- A view depends on another through its rule, so the rule represents the view.
      reached (classid, objid) as (
        select 'pg_catalog.pg_class'::regclass::oid, oid from ours
        union
        select
          case when rule.oid is null then link.classid else 'pg_catalog.pg_class'::regclass::oid end,
          coalesce(rule.ev_class, link.objid)
        from reached
        join pg_catalog.pg_depend link
          on link.refclassid = reached.classid and link.refobjid = reached.objid and link.deptype in ('n', 'a', 'i')
        left join pg_catalog.pg_rewrite rule
          on link.classid = 'pg_catalog.pg_rewrite'::regclass and rule.oid = link.objid and rule.rulename = '_RETURN'
      ),
      -- Without what a relation creates automatically: row types, indexes, defaults.
      named as (
        select reached.classid, reached.objid
        from reached
        left join pg_catalog.pg_class c on reached.classid = 'pg_catalog.pg_class'::regclass and c.oid = reached.objid
        left join pg_catalog.pg_type t on reached.classid = 'pg_catalog.pg_type'::regclass and t.oid = reached.objid
        where (c.oid is null or c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and c.oid not in (select oid from ours))
          and (t.oid is null or t.typrelid = 0 and t.typelem = 0)
          and reached.classid not in ('pg_catalog.pg_attrdef'::regclass, 'pg_catalog.pg_constraint'::regclass)
      )
      select distinct pg_catalog.pg_describe_object(classid, objid, 0) as name
      from named
      order by 1
      """
    ).map { try $0.decode("name") }
  }
}
