import Logging
import Postgres
import Testing

/// All that is in a database, as sorted lines a table, so that two databases can be compared.
///
/// Left out is what differs between two runs of the same work: moments of calls and responses, the ledger and the runs themselves, numbers that
/// the database gave, its salt and what it made of tokens; a device is shown by the vendor's number. Whether something was redacted or pruned, and
/// how many erasures a response was checked for, is compared.
struct Content: Sendable {
  private var tables: [String: [String]] = [:]
  /// Of each table's lines, so that they need to be read only where they differ.
  private var digests: [String: String] = [:]

  /// What was done, when.
  private static let ledgers: Set<String> = ["etl.api_call", "etl.run"]

  private static let differing = [
    "account_key", "device_key", "response_key", "call_key", "run_key", "requested_at", "answered_at", "fetched_at",
    "first_answered_at", "last_answered_at", "attributes_answered_at", "valid_from", "applied_at", "last_failed_at",
    "retry_at", "unblocked_at", "erased_at", "redacted_at", "pruned_at", "responses_pruned_at", "erasure_key",
    "erased_through", "finding_key", "trip_key", "first_changed_at", "last_changed_at", "listed_at", "salt",
    "token_hmac", "changed_at",
  ]

  /// Of the partitioned tables; compared like a table.
  private static let partitions = """
    (select inhparent::regclass::text as parent, inhrelid::regclass::text as partition, inhdetachpending
     from pg_inherits join pg_class on oid = inhparent and relkind = 'p')
    """

  /// - Parameter other: what the content will be compared with; its lines are taken where they are the same.
  init(of databaseURL: String, like other: Content? = nil) async throws {
    let connection = try await Connection.open(
      databaseURL, applicationName: "tests", logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    (tables, digests) = try await connection.run { db in
      var (tables, digests): ([String: [String]], [String: String]) = ([:], [:])
      for name in try Self.tableNames(on: db) + [Self.partitions] where !Self.ledgers.contains(name) {
        let lines = Self.lines(of: name)
        let digest = try db.query(
          "select coalesce(md5(string_agg(line, '|' order by line)), '') as digest from (\(unescaped: lines)) as t")[0]
        digests[name] = try digest.decode("digest")
        if let other, other.digests[name] == digests[name] {
          tables[name] = other.tables[name]
        } else {
          tables[name] = try db.query("\(unescaped: lines)").map { try $0.decode("line", as: String.self) }.sorted()
        }
      }
      return (tables, digests)
    }
    await connection.close()
  }

  private static func tableNames(on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('warehouse', 'etl') and c.relkind in ('r', 'p') and not c.relispartition
      """
    ).map { try $0.decode("name") }
  }

  /// Distinct, because a second device list that says the same is archived a second time.
  private static func lines(of table: String) -> String {
    """
    select distinct (r - array['\(differing.joined(separator: "', '"))'] || jsonb_strip_nulls(jsonb_build_object(
      'device', device_id, 'account', account.name,
      'redacted', nullif(r ->> 'redacted_at' is not null, false),
      'responses_pruned', nullif(r ->> 'responses_pruned_at' is not null, false),
      'erasures', (select nullif(count(*), 0) from etl.erasure where erasure_key <= (r ->> 'erased_through')::bigint)
    )))::text as line
    from (select to_jsonb(t) as r from \(table) as t offset 0) as t
    left join warehouse.device on device_key = (r ->> 'device_key')::integer
    left join warehouse.account on account.account_key = (r ->> 'account_key')::integer
    """
  }

  /// Fails the test for each table that differs, with the first rows that do.
  func expectSame(as other: Content, _ what: String) {
    for table in Set(tables.keys).union(other.tables.keys).sorted() {
      let (mine, theirs) = (tables[table, default: []], other.tables[table, default: []])
      let extra = Set(mine).subtracting(theirs)
      let missing = Set(theirs).subtracting(mine)
      #expect(
        extra.isEmpty && missing.isEmpty && (tables[table] == nil) == (other.tables[table] == nil),
        "\(what): \(table) has \(extra.count) rows too many, \(missing.count) are missing: \((extra.sorted().prefix(2) + missing.sorted().prefix(2)).joined(separator: "\n"))"
      )
    }
  }
}
