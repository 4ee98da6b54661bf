import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// The examples of docs/json-output.md are what the program prints, but for the values.
@Suite struct `The page about JSON output` {
  /// The fifth of last month: the month before goes as a whole, the first days of this one by themselves.
  private static let horizon = Days.today.startOfMonth.previous.startOfMonth.advanced(by: 4)

  @Test func `shows replay, prune and erase with the keys that they print, and explains each`() async throws {
    try await withStage([.delivery]) { stage in
      let from = Self.horizon.startOfMonth.advanced(by: -4)
      try await stage.succeed(["backfill", "--from", "\(from)", "--to", "\(Self.horizon.advanced(by: 3))"])
      try await expect("replay", 0, toShow: ["replay"], of: stage)
      try await stage.execute("update warehouse.route set pause_s = 7777 where day = '\(Self.horizon)'")
      try await expect("replay", 1, toShow: ["replay", "--check"], of: stage, code: 2)
      let erase = ["erase", "--device", "492", "--from", "\(Self.horizon)", "--to", "\(Self.horizon.next)"]
      let prune = ["prune", "--points-older-than", "\(Self.horizon)"]
      for command in [prune, erase] {
        try await expect(command[0], 0, toShow: command, of: stage)
        try await expect(command[0], 0, toShow: command + ["--confirm"], of: stage)
      }
      // The same keys, whatever is pruned.
      let responses = ["prune", "--responses-older-than", "\(Self.horizon)", "--confirm"]
      try await expect("prune", 0, toShow: responses, of: stage)
    }
  }

  @Test func `shows doctor with keys that it prints`() async throws {
    try await withStage([.delivery]) { stage in
      let printed = try await stage.etl(["doctor", "--format", "json"])
      let example = try shape(of: Self.example(0, of: "doctor").json)
      let missing = try example.subtracting(shape(of: printed.output))
      #expect(missing.isEmpty, "\(missing) \(printed.output)")
    }
  }

  @Test func `has only whole examples`() throws {
    let sections = try Repository.text("docs/json-output.md").components(separatedBy: "\n## ").dropFirst()
    #expect(sections.count >= 8)
    for section in sections {
      let parts = section.components(separatedBy: "```")
      #expect(parts.count.isMultiple(of: 2) == false && parts.count >= 3, "\(section.prefix(20))")
      for json in parts.enumerated().filter({ !$0.offset.isMultiple(of: 2) }).map(\.element) {
        #expect(throws: Never.self, "\(section.prefix(20))") { try shape(of: String(json.dropFirst(4))) }
      }
    }
  }

  private func expect(
    _ section: String, _ number: Int, toShow command: [String], of stage: Stage, code: Int32 = 0
  ) async throws {
    let printed = try await stage.etl(command + ["--format", "json"])
    #expect(printed.code == code, "\(command): \(printed)")
    let (json, table) = try Self.example(number, of: section)
    let (shown, real) = (try shape(of: json), try shape(of: printed.output))
    #expect(
      shown == real, "\(command): only on the page \(shown.subtracting(real)), only real \(real.subtracting(shown))")
    for key in Set(real.compactMap { $0.split(separator: ":")[0].split(separator: ".").last })
    where key != "[]" && key != " array" {
      #expect(table.contains("`\(key)`"), "\(command): \(key) is not explained")
    }
  }

  /// An example of a section, and the section's text around its examples.
  private static func example(_ number: Int, of section: String) throws -> (json: String, text: String) {
    let page = try Repository.text("docs/json-output.md").components(separatedBy: "\n## ")
    let text = try #require(page.first { $0.hasPrefix("\(section)\n") }, "no section \(section)")
    let parts = text.components(separatedBy: "```")
    let json = try #require(parts.indices.contains(2 * number + 1) ? parts[2 * number + 1] : nil)
    return (
      String(json.dropFirst("json".count)),
      parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    )
  }

  /// Every place in a document with the kind of its value: `[].partitions.[].rows: number`.
  private func shape(of json: String) throws -> Set<String> {
    shape(of: try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed), at: "")
  }

  private func shape(of value: Any, at place: String) -> Set<String> {
    func below(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
    switch value {
    case let object as [String: Any]:
      return object.reduce(into: ["\(place): object"]) { $0.formUnion(shape(of: $1.value, at: below($1.key))) }
    case let array as [Any]:
      return array.reduce(into: ["\(place): array"]) { $0.formUnion(shape(of: $1, at: below("[]"))) }
    case is String: return ["\(place): text"]
    case let number as NSNumber: return ["\(place): \(String(cString: number.objCType) == "c" ? "truth" : "number")"]
    default: return ["\(place): null"]
    }
  }
}
