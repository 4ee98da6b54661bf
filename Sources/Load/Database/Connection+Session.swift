import Postgres

extension Connection {
  /// Settles for this session what a role or a database may have set otherwise for its users.
  ///
  /// Transactions see what others commit meanwhile, because decisions are made after a lock was taken. A commit is on disk, because a call
  /// that left must not be forgotten. No limit of time ends a statement or an idle session, such as one that waits for its next call;
  /// but a wait for others' locks ends, after a minute where nothing else is set.
  public func overrideSessionSettings() throws {
    _ = try query(
      """
      select pg_catalog.set_config(name, wanted, false)
      from (values
        ('default_transaction_isolation', 'read committed'), ('statement_timeout', '0'), ('transaction_timeout', '0'),
        ('idle_session_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
        ('lock_timeout', '60s'), ('synchronous_commit', 'on')
      ) as ours (name, wanted)
      join pg_catalog.pg_settings using (name)
      where case name when 'lock_timeout' then setting = '0' when 'synchronous_commit' then setting = 'off' else true end
      """)
  }

  /// Runs `body` in a transaction that writes nothing and finds, without a schema, the server's own names alone. The session stays
  /// as it was: others may go on with it.
  public func readOnly<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction {
      try execute("set transaction read only")
      try execute("set local search_path to pg_catalog, pg_temp")
      return try body()
    }
  }

  /// Makes look-ups of this transaction go through indexes, whatever the statistics of tables say that are being filled.
  public func preferIndexes() throws {
    try script(
      """
      set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
      set local jit = off
      """)
  }
}
