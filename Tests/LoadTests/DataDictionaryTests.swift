import Foundation
import Postgres
import Testing

/// The pages of the data dictionary are compared with the comments, columns and keys of a migrated database; `make dictionary` writes
/// them anew.
@Suite struct `The data dictionary` {
  @Test func `has every view, table and column with its type and meaning, and every link between tables`() async throws
  {
    let (models, views, tables) = try await withMigratedDatabase { db in
      let models = try await db.viewModels()
      return (
        models, ["bi": try await db.relations(of: "bi"), "model": Self.overview(models)],
        try await [
          "warehouse": db.relations(of: "warehouse"), "etl": db.relations(of: "etl"),
          "entities": db.entityDiagram(unenforced: Self.unenforcedLinks),
        ]
      )
    }
    try refresh("data-dictionary.md", with: views)
    try refresh("data-dictionary-internal.md", with: tables)
    try refresh(Self.repository.appending(path: "deploy/dbt/models/sources.yml"), to: models.dbtSources)
    try refresh(Self.repository.appending(path: "deploy/superset/descriptions.yaml"), to: models.descriptions)
  }

  /// A row per view: its grain, its key, and what can be joined to it without multiplying its rows.
  private static func overview(_ models: [ViewModel]) -> [String] {
    ["| view | one row per | key | joins, each row at most once |", "|---|---|---|---|"]
      + models.map { view in
        let joins = view.joins(with: models).map { columns, views in
          "\(views.joined(separator: ", ")) by \(columns.map { "`\($0)`" }.joined(separator: ", "))"
        }
        let key = view.key.isEmpty ? "none" : view.key.map { "`\($0)`" }.joined(separator: ", ")
        return "| `bi.\(view.name)` | \(view.grain) | \(key) | \(joins.joined(separator: "; ")) |"
      }
  }

  /// Compares the generated parts of a page, or writes them.
  private func refresh(_ name: String, with parts: [String: [String]]) throws {
    let page = Self.page(name)
    let text = try String(contentsOf: page, encoding: .utf8)
    var fresh = text
    for (part, lines) in parts {
      let (begin, end) = ("<!-- \(part): begin -->\n", "\n<!-- \(part): end -->")
      let from = try #require(fresh.firstRange(of: begin)?.upperBound)
      let to = try #require(fresh[from...].firstRange(of: end)?.lowerBound)
      fresh = "\(fresh[..<from])\(lines.joined(separator: "\n"))\(fresh[to...])"
    }
    try refresh(page, to: fresh)
  }

  private func refresh(_ page: URL, to fresh: String) throws {
    if ProcessInfo.processInfo.environment["FLEETIZE_UPDATE_DOCS"] != nil {
      return try Data(fresh.utf8).write(to: page, options: .atomic)
    }
    let text = try String(contentsOf: page, encoding: .utf8)
    if fresh != text {
      let known = Set(text.split(separator: "\n"))
      let new = fresh.split(separator: "\n").first { !known.contains($0) } ?? "only lines that were removed or moved"
      Issue.record("\(page.lastPathComponent) is stale: run `make dictionary` and commit it. First difference: \(new)")
    }
  }

  private static func page(_ name: String) -> URL {
    repository.appending(path: "docs/\(name)")
  }

  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  @Test func `shows every view of bi in its diagram of the views`() async throws {
    let text = try String(contentsOf: Self.page("data-dictionary.md"), encoding: .utf8)
    let from = try #require(text.firstRange(of: "<!-- views: begin -->")?.upperBound)
    let to = try #require(text[from...].firstRange(of: "<!-- views: end -->")?.lowerBound)
    let views = try await withMigratedDatabase { db in
      try await db.lines("select viewname from pg_views where schemaname = 'bi' order by 1")
    }
    for view in views {
      #expect(text[from..<to].contains(try Regex("\\b\(view)\\b")), "bi.\(view) is not in the diagram of the views")
    }
  }

  /// Links that no foreign key keeps, each with the columns that both tables have: facts are loaded faster without, unknown codes are
  /// kept, and Citus refuses foreign keys between partitioned tables.
  private static let unenforcedLinks = [
    ("route", "route_point", ["device_key", "day", "route_no"]),
    ("device_status", "device_reading", ["status_code"]),
    ("device_error", "device_reading", ["error_code"]),
    ("pause_type", "route_pause", ["pause_type_code"]),
    ("calendar", "checkpoint", ["day"]),
    ("checkpoint", "route", ["device_key", "day"]),
    ("checkpoint", "failed_day", ["device_key", "day"]),
    ("account", "response", ["account_key"]),
    ("device", "response", ["device_key"]),
    ("api_call", "response", ["call_key"]),
    ("response", "unloaded_response", ["response_key", "day"]),
    ("response", "response_day", ["response_key"]),
    ("response", "finding", ["response_key"]),
    ("account", "finding", ["account_key"]),
    ("device", "finding", ["device_key"]),
  ]
}

extension Connection {
  /// A section for each view or table of a schema: its comment, then a table of its columns.
  fileprivate func relations(of schema: String) throws -> [String] {
    let rows = try query(
      """
      select relname::text as relation, obj_description(c.oid, 'pg_class') as meaning, attname::text as column,
        replace(replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz'),
          'timestamp without time zone', 'timestamp')
          || case when attnotnull then ' not null' else '' end
          || case when attnum = any(key.conkey) then ', key' else '' end as type,
        col_description(c.oid, attnum) as column_meaning
      from pg_class c
      join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
      left join pg_constraint key on key.conrelid = c.oid and key.contype = 'p'
      where relnamespace = \(schema)::regnamespace and relkind in ('r', 'p', 'v', 'm') and not relispartition
      order by relname, attnum
      """)
    var lines: [String] = []
    var relation = ""
    for row in rows {
      let name: String = try row.decode("relation")
      if name != relation {
        relation = name
        lines += ["", "### \(schema).\(name)", "", inTable(try row.decode("meaning") ?? "-")]
        lines += ["", "| column | type | meaning |", "|---|---|---|"]
      }
      let meaning = inTable(try row.decode("column_meaning") ?? "-")
      lines.append(
        "| `\(try row.decode("column", as: String.self))` | \(try row.decode("type", as: String.self)) | \(meaning) |")
    }
    return lines
  }

  private func inTable(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "&lt;")
  }

  /// A mermaid diagram of the tables with their keys. Solid links are foreign keys, dotted ones are those of `unenforced`.
  fileprivate func entityDiagram(unenforced: [(parent: String, child: String, columns: [String])]) throws -> [String] {
    // A child whose columns are its own key is one at most; a parent that may be absent is none or one.
    let enforced = try query(
      """
      select parent.relname::text as parent, child.relname::text as child,
        string_agg(attname, ', ' order by attnum) as columns,
        bool_and(attnotnull) as is_required,
        exists (
          select from pg_constraint own where own.conrelid = child.oid and own.contype in ('p', 'u') and own.conkey <@ link.conkey
        ) as is_single
      from pg_constraint link
      join pg_class child on child.oid = link.conrelid and not child.relispartition
      join pg_class parent on parent.oid = link.confrelid
      join pg_attribute on attrelid = child.oid and attnum = any(link.conkey)
      where link.contype = 'f' and child.relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace)
      group by link.oid, link.conkey, child.oid, child.relname, parent.relname
      order by 1, 2, 3
      """
    ).map { row in
      let (isRequired, isSingle) = (
        try row.decode("is_required", as: Bool.self), try row.decode("is_single", as: Bool.self)
      )
      let (parent, child) = (try row.decode("parent", as: String.self), try row.decode("child", as: String.self))
      let columns: String = try row.decode("columns")
      return "  \(parent) \(isRequired ? "||" : "|o")--\(isSingle ? "o|" : "o{") \(child) : \"\(columns)\""
    }
    let dotted = try unenforced.map { link in
      for table in [link.parent, link.child] { try checkColumns(link.columns, of: table) }
      return "  \(link.parent) |o..o{ \(link.child) : \"\(link.columns.joined(separator: ", "))\""
    }
    let keys = try query(
      """
      select relname::text as table, array_agg(
        replace(replace(format_type(atttypid, null), 'timestamp with time zone', 'timestamptz'), ' ', '_') || ' ' || attname
          || case when is_own and is_link then ' PK,FK' when is_own then ' PK' else ' FK' end
        order by attnum) as columns
      from pg_class c
      join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
      cross join lateral (
        select coalesce(bool_or(contype = 'p'), false) as is_own, coalesce(bool_or(contype = 'f'), false) as is_link
        from pg_constraint where conrelid = c.oid and attnum = any(conkey)
      ) as role
      where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and relkind in ('r', 'p') and not relispartition
        and (is_own or is_link)
      group by relname
      order by relname
      """
    ).flatMap { row in
      ["  \(try row.decode("table", as: String.self)) {"]
        + (try row.decode("columns", as: [String].self)).map { "    \($0)" } + ["  }"]
    }
    return ["```mermaid", "erDiagram"] + enforced + dotted + keys + ["```"]
  }

  private func checkColumns(_ columns: [String], of table: String) throws {
    let found: Int = try query(
      """
      select count(*)::integer as found from pg_class join pg_attribute on attrelid = pg_class.oid
      where relname = \(table) and relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and attname = any(\(columns))
      """)[0].decode("found")
    #expect(found == columns.count, "an unenforced link names columns \(columns) that \(table) has not")
  }
}
