import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// No SQL is built from data: what people wrote into FLEETIZE, or into the configuration, is text and stays so.
@Suite struct `A fleet whose texts are SQL` {
  /// As a customer could have typed them; each is in every field of a device of its own.
  private static let texts = [
    "Robert'); drop schema warehouse cascade; --",
    "'; update warehouse.device set name = 'owned'; --",
    "\" or 1=1; delete from etl.response; --",
    "$$; select pg_terminate_backend(pid) from pg_stat_activity; $$",
    "$1, $2 \\'; truncate etl.checkpoint; /*",
    "%s %1$I {} \\N \\. */ copy etl.run to program 'true';",
    "'||(select current_setting('data_directory'))||'",
    // Accents on top of quotes: one character to a reader, two to a server.
    "\"\u{301}, \\\u{308} \"\u{327}; delete from etl.response; --",
    "U&'\\0041' E'\\x41' \u{00}\u{2028}; commit; drop database postgres;",
  ]

  /// What a field of PostgreSQL can hold of a text: all but NUL.
  private static let stored = texts.map { $0.replacing("\u{00}", with: "") }

  private static func json(_ text: String) -> String {
    String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
  }

  private static func device(_ index: Int) -> String {
    let text = json(texts[index])
    return """
      "device_id":\(1_000 + index),"device_type":\(text),"device_name":\(text),"device_description":\(text),
      "device_portrait":\(text),"status_text":\(text),"status_absence":\(text),"status_description":\(text),
      "error_code":0,"error_text":\(text),\(text):\(text),"online_timestamp":1426576180,"heartbeat_timestamp":1426776180
      """
  }

  private static let list = "[\(texts.indices.map { "{\(device($0))}" }.joined(separator: ","))]"

  private static func day(of device: Int) -> String {
    let text = json(texts[device - 1_000])
    return """
      {"device":{\(self.device(device - 1_000)),"timestamp":1428451200},"routes":[{"origin_timestamp":"1428498484",
      "origin_mileage":277843,"destination_timestamp":"1428503164","destination_mileage":277870,\(text):\(text),
      "route_points":"48.82556,9.33111,0;\(text.dropFirst().dropLast())","origin_location":\(text)}]}
      """
  }

  @Test func `is loaded to the letter and changes nothing else`() async throws {
    let relations = """
      select n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('warehouse', 'etl', 'bi', 'bi_limited') and c.relkind in ('r', 'p', 'v') and not c.relispartition
      """
    try await withStage(
      fault: { call in
        guard call.action == .device, let device = call.device else { return .body(Array(Self.list.utf8)) }
        return .body(Array(Self.day(of: Int(device.value)).utf8))
      }
    ) { stage in
      let before = try await stage.rows(relations)
      let account = "north'; drop schema etl cascade; --"
      let named: [String: String?] = [
        "FLEETIZE_ACCOUNT": account, "FLEETIZE_EGRESS": "\"'; drop schema bi; --", "USER": "'; drop role x; --",
      ]
      let commands = [
        ["account", "add", account], ["backfill", "--from", "2015-04-08", "--to", "2015-04-08"], ["status"], ["doctor"],
        ["unblock"],
        ["backfill", "--from", "2015-04-08", "--to", "2015-04-08", "--refetch"], ["migrate"],
        ["logbook", "--device", "1000", "--month", "2015-04"],
      ]
      for command in commands {
        let outcome = try await stage.etl(command, with: named)
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
      }
      #expect(try await stage.rows(relations) == before)
      // Hexadecimal, so that nothing quotes them on the way.
      let columns = [
        "type", "name", "description", "portrait_url", "status_text", "status_absence", "status_description",
      ]
      for column in columns + ["error_text"] {
        let texts = try await stage.rows("select encode(convert_to(\(column), 'UTF8'), 'hex') from bi.device")
        #expect(texts == Self.stored.map { "(\(hexadecimal($0)))" }.sorted(), "\(column)")
      }
      let accounts = try await stage.rows(
        "select distinct encode(convert_to(account, 'UTF8'), 'hex') from bi.logbook")
      #expect(accounts == ["(\(hexadecimal(account)))"])
      #expect(try await stage.rows("select from bi.logbook").count == Self.texts.count)
      #expect(try await stage.rows("select from bi.route_point").count == Self.texts.count)
      #expect(try await stage.rows("select from bi.run where exit_code = 0").count >= 2)
    }
  }

  private func hexadecimal(_ text: String) -> String {
    text.utf8.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}
