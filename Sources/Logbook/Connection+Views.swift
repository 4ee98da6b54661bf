import Postgres

extension Connection {
  /// The schema whose views this login may read: `bi`, or `bi_limited` for a login that may see some accounts or vehicles only.
  public var viewSchema: String {
    get throws {
      let mayReadAll: Bool = try query("select has_schema_privilege('bi', 'usage') as may")[0].decode("may")
      return mayReadAll ? "bi" : "bi_limited"
    }
  }

  /// Runs `body`, which reads the views.
  ///
  /// - Throws: ``LogbookError/noViews(_:)`` if they are missing, or are not those of this program.
  public func readingViews<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as PostgresError where ["3F000", "42P01", "42703"].contains(error.sqlState) {
      throw LogbookError.noViews("\(error)")
    }
  }
}
