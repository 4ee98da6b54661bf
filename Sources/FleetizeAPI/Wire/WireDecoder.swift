/// Turns JSON into wire values, and the shapes that PHP writes into the documented ones.
struct WireDecoder {
  let bytes: [UInt8]
  var tolerances: ToleranceLog

  func value(_ json: JSONValue) -> WireValue {
    switch json {
    case .null, .boolean(false): .absent
    case .boolean(true): .scalar("true")
    case .number(let range): .scalar(String(decoding: bytes[range], as: UTF8.self))
    case .text(let range): range.isEmpty ? .absent : .scalar(String(decoding: bytes[range], as: UTF8.self))
    case .decodedText(let text): text.isEmpty ? .absent : .scalar(text)
    // PHP writes an absent value as an empty array, too.
    case .list(let elements, _): elements.isEmpty ? .absent : .structure(excerpt(json))
    case .object(let object): object.members.isEmpty ? .absent : .structure(excerpt(json))
    }
  }

  func points(_ json: JSONValue) -> WirePoints {
    switch json {
    case .null, .boolean(false): .absent
    case .boolean(true): .text(Array("true".utf8)[...])
    case .number(let range): .text(bytes[range])
    case .text(let range): range.isEmpty ? .absent : .text(bytes[range])
    case .decodedText(let text): text.isEmpty ? .absent : .text(Array(text.utf8)[...])
    case .list(let elements, _): elements.isEmpty ? .absent : .structure(excerpt(json))
    case .object(let object): object.members.isEmpty ? .absent : .structure(excerpt(json))
    }
  }

  /// The start of a value's text.
  func excerpt(_ json: JSONValue) -> String {
    switch json {
    case .null: "null"
    case .boolean(let truth): truth ? "true" : "false"
    case .number(let range), .text(let range), .list(_, let range): Excerpt.of(bytes[range])
    case .decodedText(let text): Excerpt.of(text)
    case .object(let object): Excerpt.of(bytes[object.source])
    }
  }

  /// The objects of a list. PHP may also write it as an object with numbers for names, as `{}`, or, with one entry, as that entry.
  mutating func list<Entry>(
    _ json: JSONValue, _ entry: (JSONObject, inout WireDecoder) -> Entry
  ) -> WireList<Entry> {
    var list = WireList<Entry>()
    for element in elements(json) {
      if case .object(let object) = element {
        list.entries.append(entry(object, &self))
      } else {
        list.unusable.append(excerpt(element))
      }
    }
    return list
  }

  private mutating func elements(_ json: JSONValue) -> [JSONValue] {
    switch json {
    case .list(let elements, _):
      return elements
    case .object(let object) where object.hasOnlyNumericNames:
      tolerances.note(.objectForList)
      return object.members.map(\.value)
    case .object:
      tolerances.note(.loneObject)
      return [json]
    case .null, .boolean(false):
      return []
    case .text(let range) where range.isEmpty:
      return []
    default:
      return [json]
    }
  }

  /// An object, or a list of exactly one. `[]` counts as an object without members.
  mutating func object(_ json: JSONValue?) -> JSONObject? {
    switch json {
    case .object(let object) where object.members.count == 1 && object.hasOnlyNumericNames:
      tolerances.note(.listForObject)
      guard case .object(let only) = object.members[0].value else { return nil }
      return only
    case .object(let object):
      return object
    case .list(let elements, let range) where elements.isEmpty:
      return JSONObject(members: [], source: range)
    case .list(let elements, _) where elements.count == 1:
      tolerances.note(.listForObject)
      guard case .object(let only) = elements[0] else { return nil }
      return only
    default:
      return nil
    }
  }
}
