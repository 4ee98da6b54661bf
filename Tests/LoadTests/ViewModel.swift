import Postgres

/// What the comment of a view of `bi` says about its rows, and what its columns say: the one place that describes the views. The
/// dictionary and the sources for dbt are written from it.
struct ViewModel {
  struct Column {
    let name: String
    let type: String
    let meaning: String

    /// The values that a text column can have, if its comment begins with all of them: `final (complete) · empty`.
    var values: [String]? {
      guard type == "text", let list = meaning.prefixMatch(of: /[a-z_]+(?: \([^)]*\))?(?: · [a-z_]+(?: \([^)]*\))?)+/)
      else { return nil }
      return list.0.split(separator: " · ").map { String($0.prefix { $0 != " " }) }
    }
  }

  let name: String
  let comment: String
  let grain: String
  /// Empty if the rows have no key.
  let key: [String]
  /// Columns that may be summed over any rows.
  let additive: [String]
  /// Columns that may be summed over some rows only, with what these are.
  let semiAdditive: [(over: String, columns: [String])]
  let notAdditive: [String]
  let columns: [Column]

  /// - Parameter comment: `One row per …. Key: a, b. Additive: c. Additive over vehicles: d. Not additive: e. NULL: …. …`
  /// - Returns: nil for a comment of another form.
  init?(_ name: String, comment: String, columns: [Column]) {
    let form =
      /One row per (.+?)\. Key: ([a-z_, ]+)\. Additive: ([a-z_, ]+)\.((?: Additive over [a-z]+: [a-z_, ]+\.)*)(?: Not additive: ([a-z_, ]+)\.)? NULL: [^.]+\..*/
    guard let match = comment.wholeMatch(of: form.dotMatchesNewlines()) else { return nil }
    func list(_ text: Substring?) -> [String] {
      text.map { $0.split(separator: ", ").map(String.init).filter { !["none", "nothing"].contains($0) } } ?? []
    }
    self.name = name
    self.comment = comment
    self.columns = columns
    grain = String(match.1)
    key = list(match.2)
    additive = list(match.3)
    semiAdditive = match.4.matches(of: /Additive over ([a-z]+): ([a-z_, ]+)\./).map { (String($0.1), list($0.2)) }
    notAdditive = list(match.5)
  }

  func has(_ columns: [String]) -> Bool { Set(columns).isSubset(of: self.columns.map(\.name)) }

  private func types(of names: [String]) -> [String?] {
    names.map { name in columns.first { $0.name == name }?.type }
  }

  /// The views to which this one can be joined without multiplying its rows, by the columns to join by.
  func joins(with views: [ViewModel]) -> [(columns: [String], views: [String])] {
    let partners = views.filter {
      $0.name != name && !$0.key.isEmpty && has($0.key) && types(of: $0.key) == $0.types(of: $0.key)
    }
    return Dictionary(grouping: partners, by: \.key).map { ($0.key, $0.value.map(\.name).sorted()) }
      .sorted { ($0.columns.count, $0.columns.joined()) < ($1.columns.count, $1.columns.joined()) }
  }
}

extension Connection {
  /// The views of `bi`, by name.
  ///
  /// - Throws: if the comment of a view does not have the form of ``ViewModel``.
  func viewModels() throws -> [ViewModel] {
    struct Unexplained: Error { let comment: String }
    let rows = try query(
      """
      select relname::text as view, obj_description(c.oid, 'pg_class') as comment, attname::text as column,
        replace(replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz'),
          'timestamp without time zone', 'timestamp') as type,
        col_description(c.oid, attnum) as meaning
      from pg_class c
      join pg_attribute on attrelid = c.oid and attnum > 0
      where relnamespace = 'bi'::regnamespace and relkind = 'v'
      order by relname, attnum
      """)
    var views: [(name: String, comment: String, columns: [ViewModel.Column])] = []
    for row in rows {
      let name: String = try row.decode("view")
      if views.last?.name != name { views.append((name, try row.decode("comment") ?? "", [])) }
      views[views.count - 1].columns.append(
        ViewModel.Column(
          name: try row.decode("column"), type: try row.decode("type"), meaning: try row.decode("meaning") ?? ""))
    }
    return try views.map { view in
      guard let model = ViewModel(view.name, comment: view.comment, columns: view.columns) else {
        throw Unexplained(comment: "bi.\(view.name): \(view.comment)")
      }
      return model
    }
  }
}

extension [ViewModel] {
  /// The views as sources for dbt, with tests of their keys and values.
  var dbtSources: String {
    var lines = [
      "# Written by `make dictionary` from the comments of the views.", "version: 2", "sources:", "  - name: bi",
      "    schema: \"{{ var('fleetize_schema', 'bi') }}\"", "    tables:",
    ]
    for view in self {
      lines += ["      - name: \(view.name)", "        description: \(quoted(view.comment))"]
      if view.name == "device" {
        lines += [
          "        loaded_at_field: answered_at",
          "        freshness: {warn_after: {count: 26, period: hour}, error_after: {count: 50, period: hour}}",
        ]
      }
      // Points are too many to be counted in each run.
      if !view.key.isEmpty, view.name != "route_point" {
        lines += ["        data_tests:", "          - unique_key: {columns: [\(view.key.joined(separator: ", "))]}"]
      }
      lines.append("        columns:")
      for column in view.columns {
        lines += ["          - name: \(column.name)", "            description: \(quoted(column.meaning))"]
        if let values = column.values {
          lines.append("            data_tests: [{accepted_values: {values: [\(values.joined(separator: ", "))]}}]")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The texts of the views and their columns, for the datasets of the dashboards.
  var descriptions: String {
    var lines = ["# Written by `make dictionary` from the comments of the views."]
    for view in self {
      lines += ["\(view.name):", "  description: \(quoted(view.comment))", "  columns:"]
      lines += view.columns.map { "    \($0.name): \(quoted($0.meaning))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// As a string in YAML.
  private func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
  }
}
