import Postgres

extension Connection {
  /// The schema whose views this login may read: `bi`, or `bi_limited` for a login that may see some accounts or vehicles only.
  public var viewSchema: String {
    get throws {
      let mayReadAll: Bool = try query("select has_schema_privilege('bi', 'usage') as may")[0].decode("may")
      return mayReadAll ? "bi" : "bi_limited"
    }
  }
}
