import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Logging
import Postgres
import TestSupport
import Testing

@testable import Pipeline

/// docs/questions.md is run as it stands, over a small demo; `FLEETIZE_UPDATE_DOCS=1 swift test --filter 'The page of questions'` writes
/// its rows anew.
@Suite struct `The page of questions` {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../docs/questions.md").standardizedFileURL
  private static let shownRows = 5

  @Test func `has at least 25 queries of at most ten lines, each with its rows over the demo`() async throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    var parts = text.components(separatedBy: "```sql\n")
    #expect(parts.count > 25)
    try await withMigratedTestDatabase { url in
      let connection = try await Demo.load(url)
      for index in parts.indices.dropFirst() {
        let end = try #require(parts[index].range(of: "```\n"))
        let query = String(parts[index][..<end.lowerBound])
        #expect(query.split(separator: "\n").count <= 10, "\(query)")
        let rows = try await connection.run { db in try db.table(of: query, showing: Self.shownRows) }
        // What should add up does, and no trips overlap; every other question has an answer in the demo.
        let isAboutFaults = query.contains("bi.reconciliation") || query.contains("< arrived_at")
        #expect(isAboutFaults == rows.contains("no rows"), "\(query)\n\(rows)")
        var rest = String(parts[index][end.upperBound...])
        if let former = rest.prefixMatch(of: /\n```text\n[^`]*```\n/) { rest.removeSubrange(former.range) }
        parts[index] = "\(query)```\n\n```text\n\(rows)```\n\(rest)"
      }
      await connection.close()
    }
    let fresh = parts.joined(separator: "```sql\n")
    if ProcessInfo.processInfo.environment["FLEETIZE_UPDATE_DOCS"] != nil {
      try Data(fresh.utf8).write(to: Self.page, options: .atomic)
    } else if fresh != text {
      let known = Set(text.split(separator: "\n"))
      let new = fresh.split(separator: "\n").first { !known.contains($0) } ?? "only removed or moved lines"
      Issue.record("docs/questions.md is stale, see FLEETIZE_UPDATE_DOCS. First difference: \(new)")
    }
  }
}

/// Two accounts whose vehicles share names, in October 2026, and one vehicle in the year before: one tracker was unplugged for two days, one
/// uploaded late, one has fallen silent.
private enum Demo {
  private static let first = UTCDay("2026-10-01") ?? UTCDay(number: 0)
  private static let fleets: [(account: String, fleet: GeneratedFleet)] = [
    (
      "north",
      GeneratedFleet(
        seed: 1, kinds: [.sales, .delivery, .service, .nightShift], firstDay: first.advanced(by: -400), fittingDays: 0,
        pointInterval: 300,
        outages: { device in
          let noon = first.start.addingTimeInterval(12 * 3_600)
          switch device.value {
          case 493:
            return [
              Outage(
                from: noon.addingTimeInterval(19 * 86_400), until: noon.addingTimeInterval(21 * 86_400),
                isUnplugged: true)
            ]
          case 494:
            return [Outage(from: noon.addingTimeInterval(6 * 86_400), until: noon.addingTimeInterval(10 * 86_400))]
          case 495: return [Outage(from: noon.addingTimeInterval(28 * 86_400), until: nil)]
          default: return []
          }
        })
    ),
    (
      "south",
      GeneratedFleet(
        seed: 2, kinds: [.pool, .delivery], firstDevice: DeviceID(1_492), firstDay: first.advanced(by: -400),
        fittingDays: 0, pointInterval: 300)
    ),
  ]

  /// - Returns: a connection to the loaded database.
  static func load(_ url: String) async throws -> Connection {
    let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
    let connection = try await Connection.open(url, applicationName: "tests", logger: logger)
    for (account, fleet) in fleets {
      let warehouse = try await connection.run { db in
        try Warehouse.configured(account: account, timeZone: "Europe/Berlin", on: db)
      }
      let simulator = Simulator(
        Simulator.Configuration(
          accounts: [Simulator.Account(fleet: fleet, token: SimulatedVendor.token)], limits: .unlimited))
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let history = account == "south" ? 365 : 0
      let days = (-history..<31).map { first.advanced(by: $0) }
      // Some days at a time, because the devices must be known before their days.
      for part in stride(from: 0, to: days.count, by: 60).map({ days[$0..<min($0 + 60, days.count)] }) {
        try await connection.run { db in
          var batch: [ReadResponse] = []
          for day in part {
            let night = day.end.addingTimeInterval(300)
            batch.append(ReadResponse(try archive(ask(.deviceList, simulator, at: night), in: warehouse, on: db)))
          }
          _ = try rebuilder.rebuild(from: ResponseBatch(batch), on: db)
          batch = []
          for day in part {
            for (number, device) in fleet.devices(at: day.end).enumerated()
            where day >= first || device.value == 1_492 {
              let isLate = device.value == 494 && (first.advanced(by: 6)..<first.advanced(by: 10)).contains(day)
              let asked = (isLate ? first.advanced(by: 11).start : day.end).addingTimeInterval(
                1_200 + 60 * Double(number))
              batch.append(
                ReadResponse(try archive(ask(.deviceDay(device, day), simulator, at: asked), in: warehouse, on: db)))
            }
          }
          _ = try rebuilder.rebuild(from: ResponseBatch(batch), on: db)
        }
      }
    }
    try await connection.script(
      """
      insert into etl.holiday values ('north', '2026-10-03', 'Tag der Deutschen Einheit');
      insert into etl.run (account_key, command, version, host, process_id, started_at)
        select account_key, command, '1', 'etl', 1, '2026-10-01' from warehouse.account, unnest(array['run', 'backfill']) as command;
      insert into etl.api_call (run_key, account_key, egress, action, device_key, day, started_at, ended_at, outcome, http_status)
        select run.run_key, account_key, 'default', action, device_key, case when device_key is not null then day end, requested_at,
          answered_at, 'answered', 200
        from etl.response join etl.run using (account_key)
        where command = case when day < '2026-10-01' then 'backfill' else 'run' end
        order by requested_at;
      analyze;
      set timezone to 'UTC';
      """)
    return connection
  }

  private static func ask(_ request: Request, _ simulator: Simulator, at moment: Date) -> Response {
    let answer = simulator.answer(.asking(request, from: "office"), at: moment)
    return Response(
      request: request, requestedAt: moment, answeredAt: moment.addingTimeInterval(1), httpStatus: answer.status,
      contentType: answer.contentType, isComplete: true, body: answer.body)
  }
}

extension Connection {
  /// The first rows of a query as text, under the names of the columns.
  fileprivate func table(of query: String, showing limit: Int) throws -> String {
    let rows = try self.query(
      """
      select array(select key from json_each_text(row_to_json(r))) as names,
        array(select coalesce(value, '') from json_each_text(row_to_json(r))) as values
      from (\(unescaped: query)) as r
      """)
    guard let names = try rows.first?.decode("names", as: [String].self) else { return "(no rows)\n" }
    let table = try [names] + rows.prefix(limit).map { try $0.decode("values", as: [String].self) }
    let widths = names.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    var lines = table.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ")
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "-+-"), at: 1)
    if rows.count > limit { lines.append("(\(rows.count - limit) more)") }
    return lines.map { $0.replacing(#/\ +$/#, with: "") + "\n" }.joined()
  }
}
