import Postgres

extension Connection {
  /// Overrides settings that a role or database may impose on this session.
  ///
  /// Transactions see what others commit in the meantime, because decisions are made after acquiring a lock. Commits wait for the disk,
  /// because a call that was sent must not be forgotten. No timeout ends a statement or an idle session, which may be waiting for its
  /// next call. A wait for a lock ends after a minute unless configured otherwise. Plans are not compiled: for the views that takes
  /// longer than to run them.
  public func overrideSessionSettings() throws {
    _ = try query(
      """
      select pg_catalog.set_config(name, value, false)
      from (values
        ('default_transaction_isolation', 'read committed'), ('statement_timeout', '0'), ('transaction_timeout', '0'),
        ('idle_session_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
        ('lock_timeout', '60s'), ('synchronous_commit', 'on'), ('jit', 'off')
      ) as ours (name, value)
      join pg_catalog.pg_settings using (name)
      where case name when 'lock_timeout' then setting = '0' when 'synchronous_commit' then setting = 'off' else true end
      """)
  }

  /// Runs `body` in a read-only transaction in which unqualified names refer to system objects only. The session is unchanged
  /// afterwards and can be reused.
  public func readOnly<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction {
      try execute("set transaction read only")
      try execute("set local search_path to pg_catalog, pg_temp")
      return try body()
    }
  }

  /// Makes the current transaction look up rows by index, regardless of the statistics of tables that are just being filled.
  public func preferIndexes() throws {
    try script(
      """
      set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off
      """)
  }
}
