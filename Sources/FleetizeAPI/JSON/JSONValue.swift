/// A JSON value. Plain texts and numbers are ranges of the document's bytes, so that a day's points are never copied.
enum JSONValue: Sendable {
  case null
  case boolean(Bool)
  /// The number's bytes, as sent.
  case number(Range<Int>)
  /// The bytes between the quotes: printable ASCII without an escape.
  case text(Range<Int>)
  case decodedText(String)
  /// The range is that of the whole list.
  case list([JSONValue], Range<Int>)
  case object(JSONObject)
}

struct JSONObject: Sendable {
  struct Member: Sendable {
    var name: String
    var value: JSONValue
  }

  /// In the order sent.
  var members: [Member]
  /// The bytes of the whole object.
  var source: Range<Int>

  /// The value of the last member with that name.
  subscript(name: String) -> JSONValue? {
    members.last { $0.name == name }?.value
  }

  /// PHP writes an array whose keys have gaps as an object with numbers for names.
  var hasOnlyNumericNames: Bool {
    members.allSatisfy { member in
      !member.name.isEmpty && member.name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }
}
