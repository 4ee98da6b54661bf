import TestSupport
import Testing

@testable import FleetizeAPI

@Suite struct `The JSON reader` {
  private func read(_ bytes: [UInt8]) throws -> (JSONValue, [Tolerance.Kind: Int], WireDecoder) {
    var reader = JSONReader(bytes)
    let value = try reader.document()
    let counts = Dictionary(uniqueKeysWithValues: reader.tolerances.entries.map { ($0.kind, $0.count) })
    return (value, counts, WireDecoder(bytes: bytes, tolerances: reader.tolerances))
  }

  /// The text of a list's only element.
  private func text(_ bytes: [UInt8]) throws -> (String?, [Tolerance.Kind: Int]) {
    let (value, counts, decoder) = try read(bytes)
    guard case .list(let elements, _) = value, elements.count == 1, case .scalar(let text) = decoder.value(elements[0])
    else { return (nil, counts) }
    return (text, counts)
  }

  @Test(arguments: [
    #"{"a":1}"#, "[]", "{}", "[[],{}]", " \r\n\t[1.5e-3,-0,true,false,null,\"\"] ",
    #"["\/\"\\\b\f\n\r\t\u00e4\ud83d\ude97"]"#,
    #"["ä€🚗"]"#,
  ]) func `has nothing to tolerate in standard JSON`(document: String) throws {
    #expect(try read(Array(document.utf8)).1 == [:])
  }

  @Test(
    arguments: [
      ("[1,]", [.trailingComma: 1]),
      (#"{"a":1,}"#, [.trailingComma: 1]),
      ("[1,,2]", [.doubledComma: 1]),
      (#"{"a":1,, "b":2,,}"#, [.doubledComma: 2, .trailingComma: 1]),
      ("[,1]", [.doubledComma: 1]),
      ("[,]", [.doubledComma: 1]),
      ("\u{FEFF}[]", [.byteOrderMark: 1]),
      ("\u{FEFF}\u{FEFF}[]", [.byteOrderMark: 2]),
      ("[\u{A0}\u{A0} 1\u{A0}]", [.noBreakSpace: 3]),
      ("[1]\u{0}\u{0}", [.nulCharacter: 2]),
      (#"["a\u0000b"]"#, [.nulCharacter: 1]),
      ("[\"a\u{0}b\"]", [.nulCharacter: 1]),
      ("[\"a\nb\tc\"]", [.controlCharacter: 2]),
      (#"["C:\Programme", "\x", "\u12G4"]"#, [.badEscape: 3]),
      (#"["\ud83d", "\ude97", "\ud83d\ud83d\ude97", "\ud83d\u0041"]"#, [.loneSurrogate: 4]),
      ("[NaN, Infinity, undefined, NULL, TRUE]", [.nonstandardLiteral: 5]),
      ("[007, +1, .5, 1., 1-2, -]", [.nonstandardNumber: 6]),
      (#"{"a":,"b":}"#, [.missingValue: 2]),
      (#"{"a":1,"a":2,"a":3}"#, [.duplicateKey: 2]),
    ] as [(String, [Tolerance.Kind: Int])])
  func `counts what it tolerates`(document: String, expected: [Tolerance.Kind: Int]) throws {
    #expect(try read(Array(document.utf8)).1 == expected)
  }

  @Test(arguments: [
    (#"["M\u00fcnchen \/ \"Ost\""]"#, #"München / "Ost""#),
    (#"["\ud83d\ude97"]"#, "🚗"),
    (#"["a\ud83dz"]"#, "a\u{FFFD}z"),
    (#"["\u0000x\u0000"]"#, "x"),
    (#"["C:\Programme\x"]"#, #"C:\Programme\x"#),
    (#"["\u12"]"#, #"\u12"#),
    (#"[007]"#, "007"),
  ]) func `decodes texts`(document: String, expected: String) throws {
    #expect(try text(Array(document.utf8)).0 == expected)
  }

  @Test func `reads bytes that are not UTF-8 as Windows-1252, and the rest of the text as UTF-8`() throws {
    let (text, counts) = try text(
      Array("[\"M".utf8) + [0xFC] + Array("nchen ä ".utf8) + [0x80, 0xC3] + Array("\"]".utf8))
    #expect(text == "München ä €Ã")
    #expect(counts == [.textNotUTF8: 3])
  }

  @Test(
    arguments: [
      [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
      [0xE2, 0x82],
    ] as [[UInt8]]) func `does not accept malformed UTF-8 as characters`(bytes: [UInt8]) throws
  {
    let (text, counts) = try text(Array("[\"".utf8) + bytes + Array("\"]".utf8))
    #expect(counts == [.textNotUTF8: bytes.count])
    #expect(text?.unicodeScalars.count == bytes.count)
  }

  @Test(
    arguments: [
      ("", .empty), (" \u{A0}\n", .empty), ("\u{FEFF}", .empty),
      ("<html>", .unexpectedByte(0x3C, offset: 0)),
      ("Warning: [1]", .unexpectedByte(0x57, offset: 0)),
      ("Warn", .unexpectedByte(0x57, offset: 0)),
      ("[1] <br>", .textAfterEnd(offset: 4)),
      ("[1],", .textAfterEnd(offset: 3)),
      ("[1][2]", .textAfterEnd(offset: 3)),
      ("[1 2]", .unexpectedByte(0x32, offset: 3)),
      (#"{"a" 1}"#, .unexpectedByte(0x31, offset: 5)),
      (#"{a:1}"#, .unexpectedByte(0x61, offset: 1)),
      (#"['a']"#, .unexpectedByte(0x27, offset: 1)),
      ("[1}", .unexpectedByte(0x7D, offset: 2)),
      ("[nul]", .unexpectedByte(0x6E, offset: 1)),
      ("[", .endedEarly), ("[1", .endedEarly), ("[1,", .endedEarly), ("[tru", .endedEarly), (#"["a"#, .endedEarly),
      (#"["a\"#, .endedEarly), (#"["a\u12"#, .endedEarly), (#"{"a""#, .endedEarly), (#"{"a":"#, .endedEarly),
    ] as [(String, JSONFault)])
  func `rejects everything but one complete document`(document: String, expected: JSONFault) {
    #expect(throws: expected) { try read(Array(document.utf8)) }
  }

  @Test func `limits nesting and the number of values`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try read(nested(64)) }
    #expect(throws: JSONFault.nestedTooDeep) { try read(nested(65)) }
    #expect(throws: JSONFault.nestedTooDeep) { try read(nested(1_000_000)) }
    #expect(throws: JSONFault.nestedTooDeep) {
      try read(Array(String(repeating: #"{"a":"#, count: 100_000).utf8))
    }
    #expect(throws: JSONFault.tooManyValues) {
      var reader = JSONReader(Array("[1,2,{},4]".utf8), mostValues: 4)
      _ = try reader.document()
    }
  }

  @Test func `uses the last of several equal names`() throws {
    let (value, _, decoder) = try read(Array(#"{"a":1,"b":2,"a":"x"}"#.utf8))
    guard case .object(let object) = value, let a = object["a"] else { return #expect(Bool(false)) }
    #expect(decoder.value(a) == .scalar("x"))
  }

  @Test(arguments: ["devicelist-sample.json", "device-sample.json"])
  func `detects every truncation of the vendor's samples`(name: String) throws {
    let sample = try Fixture.bytes(name)
    let whole = try #require(sample.lastIndex { $0 > 0x20 })
    let accepted = (1...whole).filter { length in
      let cut = Array(sample[..<length])
      do {
        _ = try read(cut)
        return true
      } catch {
        return error as? JSONFault != .endedEarly
      }
    }
    #expect(accepted == [])
    #expect(throws: Never.self) { try read(Array(sample[...whole])) }
  }

  @Test func `survives twenty thousand mutations of the vendor's samples`() throws {
    var random = SeededGenerator(seed: 20_260_121)
    let samples = try ["devicelist-sample.json", "device-sample.json"].map { try Fixture.bytes($0) }
    let spice = Array("{}[]\",:\\u0\0\u{A0}\u{FEFF}-+.eEntf;<".utf8) + [0xC3, 0xA0, 0xED, 0xFF]
    for _ in 0..<20_000 {
      var bytes = samples[Int.random(in: 0...1, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[at] = spice.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(spice.randomElement(using: &random) ?? 0, at: at)
        default: bytes.removeSubrange(at..<min(bytes.count, at + 20))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      guard let response = try? WireResponse(reading: bytes, contentType: nil) else { continue }
      _ = response.vendorError
      _ = try? response.deviceList()
      _ = try? response.day()
    }
  }
}
