import FleetModel
import FoundationEssentials
import Postgres

/// Removes old rows from the two big tables: drops whole months and deletes the older days of the month in between.
///
/// Loads continue in the meantime, and the next prune finishes one that was killed. Only the owner of the tables can prune: detaching
/// a partition without blocking others is impossible within a transaction, and therefore in a function that the owner provides.
public struct Pruner: Sendable {
  public enum Subject: String, Sendable {
    case points
    case responses

    var table: Partitions.Table {
      switch self {
      case .points: .routePoint
      case .responses: .response
      }
    }
  }

  /// A whole month to drop, or the older days of one.
  public struct Part: Hashable, Sendable {
    /// The partition, with its schema.
    public var partition: String
    public var isWhole: Bool
    public var rows: Int
    /// On disk, with indexes; nil for a part of a month, whose space remains in the table for reuse.
    public var bytes: Int?
    /// The first and last day with rows; nil without any.
    public var days: ClosedRange<UTCDay>?
  }

  let connection: Connection

  public init(connection: Connection) {
    self.connection = connection
  }

  private static let lock = "fleetize-etl prune"

  /// What a prune would remove.
  ///
  /// - Parameter day: the first day to keep.
  public func preview(_ subject: Subject, before day: UTCDay) async throws -> [Part] {
    try await connection.run { db in try parts(of: subject, before: day, on: db) }
  }

  /// Prunes and returns what was removed.
  ///
  /// - Parameter day: the first day to keep.
  /// - Throws: ``PruneError``, before anything is changed.
  public func prune(_ subject: Subject, before day: UTCDay, now: Date) async throws -> [Part] {
    try await connection.run { db in
      guard try db.tryAdvisoryLock(Self.lock) else { throw PruneError.alreadyRunning }
      defer { _ = try? db.advisoryUnlock(Self.lock) }
      try checkOwner(on: db)
      try checkLoaded(subject, before: day, on: db)
      try finishDrops(now: now, on: db)
      let parts = try parts(of: subject, before: day, on: db)
      try noteHorizon(subject, before: day, now: now, on: db)
      try deleteRows(subject, before: day, since: parts.first { !$0.isWhole }?.days?.lowerBound, now: now, on: db)
      try scheduleDrop(of: parts.filter(\.isWhole), from: subject, on: db)
      try finishDrops(now: now, on: db)
      return parts
    }
  }

  // MARK: Checks

  private func parts(of subject: Subject, before day: UTCDay, on db: isolated Connection) throws -> [Part] {
    let partitions = try db.query(
      """
      with month as (
        select format('%I.%I', nspname, relname) as name, pg_total_relation_size(child.oid) as bytes,
               substring(bound from 'FROM \\(''([-0-9]+)''')::date as first_day,
               substring(bound from 'TO \\(''([-0-9]+)''')::date as next_day
        from pg_inherits
        join pg_class as child on child.oid = inhrelid
        join pg_namespace on pg_namespace.oid = relnamespace
        cross join lateral (select pg_get_expr(relpartbound, child.oid) as bound) as bounds
        where inhparent = \(subject.table.rawValue)::text::regclass and not inhdetachpending
      )
      select name, bytes, first_day, least(next_day, \(day)) as end_day, next_day <= \(day) as is_whole
      from month where first_day < \(day) order by first_day
      """)
    return try partitions.compactMap { row in
      let (name, isWhole): (String, Bool) = (try row.decode("name"), try row.decode("is_whole"))
      let content = try db.query(
        """
        select count(*) as rows, min(day) as first, max(day) as last from \(unescaped: subject.table.rawValue)
        where day >= \(try row.decode("first_day", as: UTCDay.self)) and day < \(try row.decode("end_day", as: UTCDay.self))
        """)[0]
      let rows: Int = try content.decode("rows")
      guard isWhole || rows > 0 else { return nil }
      let first: UTCDay? = try content.decode("first")
      let last: UTCDay? = try content.decode("last")
      return Part(
        partition: name, isWhole: isWhole, rows: rows, bytes: isWhole ? try row.decode("bytes") : nil,
        days: first.flatMap { first in last.map { first...$0 } })
    }
  }

  private func checkOwner(on db: isolated Connection) throws {
    let foreign = try db.query(
      """
      select oid::regclass::text as name, pg_get_userbyid(relowner) as owner, current_user::text as role
      from pg_class
      where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and relkind in ('r', 'p')
        and (relispartition or oid in ('warehouse.route_point'::regclass, 'etl.response'::regclass))
        and not pg_has_role(relowner, 'usage')
      order by 1 limit 1
      """)
    guard let row = foreign.first else { return }
    throw PruneError.notOwner(
      table: try row.decode("name"), owner: try row.decode("owner"), role: try row.decode("role"))
  }

  /// A response that is not loaded yet holds the only data of its day.
  private func checkLoaded(_ subject: Subject, before day: UTCDay, on db: isolated Connection) throws {
    guard subject == .responses else { return }
    let count: Int = try db.query("select count(*) as responses from etl.unloaded_response where day < \(day)")[0]
      .decode("responses")
    guard count == 0 else { throw PruneError.notLoaded(responses: count, before: day) }
  }

  // MARK: Deleting

  /// From this commit on, no points are written for earlier days.
  private func noteHorizon(_ subject: Subject, before day: UTCDay, now: Date, on db: isolated Connection) throws {
    try db.transaction {
      try ErasureRegister.lockMemory(on: db)
      _ = try db.execute(
        """
        insert into etl.prune_horizon as known (subject, before_day, pruned_at)
        values (\(subject.rawValue), \(day), \(now))
        on conflict (subject) do update
        set before_day = greatest(known.before_day, excluded.before_day), pruned_at = excluded.pruned_at
        """)
    }
  }

  /// Deletes the older days of a month, in one transaction per device, and freezes the days whose responses are deleted.
  ///
  /// - Parameter since: the first day with rows in that month; nil if only whole months are dropped.
  private func deleteRows(
    _ subject: Subject, before day: UTCDay, since: UTCDay?, now: Date, on db: isolated Connection
  ) throws {
    guard subject == .responses || since != nil else { return }
    let devices: [Int32] = try db.query("select device_key from warehouse.device order by 1").map {
      try $0.decode("device_key")
    }
    for device in devices {
      try db.transaction {
        // The same lock as in a load, which rules out a deadlock between the two.
        _ = try db.query("select from warehouse.device where device_key = \(device) for no key update")
        if subject == .responses {
          try freeze("device_key = \(device) and asked_day < \(day)", now: now, on: db)
        }
        guard let since else { return }
        _ = try db.execute(
          """
          delete from \(unescaped: subject.table.rawValue)
          where device_key = \(device) and day >= \(since) and day < \(day)
          """)
      }
    }
    if subject == .responses, let since {
      _ = try db.execute("delete from etl.response where device_key is null and day >= \(since) and day < \(day)")
    }
  }

  /// Freezes the days that the responses contain.
  private func freeze(_ responses: SQL, now: Date, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      with gone as (delete from etl.response_day where \(responses) returning device_key, day)
      update etl.checkpoint as c set responses_pruned_at = \(now)
      from gone where (c.device_key, c.day) = (gone.device_key, gone.day)
      """)
  }

  // MARK: Dropping

  private func scheduleDrop(of parts: [Part], from subject: Subject, on db: isolated Connection) throws {
    for part in parts {
      _ = try db.execute(
        """
        insert into etl.partition_to_drop (parent, partition) values (\(subject.table.rawValue), \(part.partition))
        on conflict (partition) do nothing
        """)
    }
  }

  /// Detaches and drops the partitions that this prune, or one that was killed, scheduled.
  private func finishDrops(now: Date, on db: isolated Connection) throws {
    let scheduled = try db.query("select parent, partition from etl.partition_to_drop order by partition")
    for row in scheduled {
      let (parent, partition): (String, String) = (try row.decode("parent"), try row.decode("partition"))
      let attachment = try db.query(
        """
        select inhdetachpending from pg_inherits
        where inhrelid = to_regclass(\(partition)) and inhparent = \(parent)::text::regclass
        """
      ).first
      if let attachment {
        let step: SQL = try attachment.decode("inhdetachpending") ? "finalize" : "concurrently"
        _ = try db.execute(
          "alter table \(unescaped: parent) detach partition \(unescaped: partition) \(step)")
      }
      try drop(partition, of: parent, now: now, on: db)
    }
  }

  private func drop(_ partition: String, of parent: String, now: Date, on db: isolated Connection) throws {
    try db.transaction {
      if parent == Partitions.Table.response.rawValue, try db.hasRelation(partition) {
        // Responses that arrived while the month was being detached.
        let late: SQL = "response_key in (select response_key from \(unescaped: partition))"
        _ = try db.query(
          """
          select from warehouse.device where device_key in (select device_key from etl.response_day where \(late))
          order by device_key for no key update
          """)
        try freeze(late, now: now, on: db)
        _ = try db.execute("delete from etl.unloaded_response where \(late)")
      }
      _ = try db.execute("drop table if exists \(unescaped: partition)")
      _ = try db.execute("delete from etl.partition_to_drop where partition = \(partition)")
    }
  }
}
