import Testing

/// A mistake in a settings file whose secrets are canaries.
struct SettingsFileSlip: CustomTestStringConvertible, Sendable {
  /// In every secret of a file.
  static let canary = "c4n4ry"

  let name: String
  let bytes: [UInt8]
  /// Whether the file cannot be used; otherwise a setting in it cannot.
  let isRefused: Bool

  var testDescription: String { name }

  private static let file = """
    time_zone: Europe/Berlin
    database_url: postgresql://fleetize:c4n4ryWord@127.0.0.1:1/fleet
    api_token: c4n4ryToken
    accounts: [north]
    north:
      api_token: c4n4ryNorth
      daily_calls: 50

    """

  private init(_ name: String, bytes: [UInt8], isRefused: Bool = true) {
    self.name = name
    self.bytes = bytes
    self.isRefused = isRefused
  }

  private init(_ name: String, _ text: String, for line: String, isRefused: Bool = true) {
    precondition(Self.file.contains(line))
    self.init(name, bytes: Array(Self.file.replacing(line, with: text).utf8), isRefused: isRefused)
  }

  /// In place of the line with the token.
  private init(_ name: String, token text: String, isRefused: Bool = true) {
    self.init(name, text, for: "api_token: c4n4ryToken\n", isRefused: isRefused)
  }

  private init(_ name: String, url text: String) {
    self.init(name, text, for: "postgresql://fleetize:c4n4ryWord@127.0.0.1:1/fleet", isRefused: false)
  }

  /// One of each kind.
  static let few = all.filter {
    ["a name given twice", "@ before the token", "bytes that are not UTF-8"].contains($0.name)
  }

  static let all: [SettingsFileSlip] = [
    .init("a name given twice", token: "api_token: c4n4ryToken\napi_token: c4n4ryAgain\n"),
    .init("a secret as a name given twice", token: "c4n4ryToken: a\nc4n4ryToken: b\n"),
    .init("a section given twice", "  daily_calls: 50\nnorth:\n  api_token: c4n4ryAgain\n", for: "  daily_calls: 50\n"),
    .init("@ before the token", token: "api_token: @c4n4ryToken\n"),
    .init("` before the token", token: "api_token: `c4n4ryToken\n"),
    .init("% before the token", token: "api_token: %c4n4ryToken\n"),
    .init("a colon in the token", token: "api_token: c4n4ry: Token\n"),
    .init("an open bracket", token: "api_token: [c4n4ryToken\n"),
    .init("an open brace", token: "api_token: {c4n4ryToken\n"),
    .init("a closing bracket", token: "api_token: ]c4n4ryToken\n"),
    .init("a tab for indentation", "\tapi_token: c4n4ryNorth\n", for: "  api_token: c4n4ryNorth\n"),
    .init("too much indentation", token: "  api_token: c4n4ryToken\n"),
    .init("too little indentation", "   api_token: c4n4ryNorth\n", for: "  api_token: c4n4ryNorth\n"),
    .init("an open double quote", token: "api_token: \"c4n4ryToken\n"),
    .init("an open single quote", token: "api_token: 'c4n4ryToken\n"),
    .init("a quote that is closed a line too late", token: "egress: 'depot\napi_token: c4n4ryToken\naccount: '\n"),
    .init("a double quote that is closed a line too late", token: "egress: \"depot\napi_token: c4n4ryToken\"\n"),
    .init("a value that goes on in the next line", token: "egress:\n  depot\n  api_token c4n4ryToken\n"),
    .init("a value of several lines", token: "egress: |\n  depot\n  api_token: c4n4ryToken\n"),
    .init("an anchor", token: "api_token: &c4n4ryToken\n"),
    .init("an anchor before a value", token: "egress: &c4n4ryToken depot\n"),
    .init("an alias", token: "api_token: *c4n4ryToken\n"),
    .init("a tag", token: "api_token: !c4n4ryToken x\n"),
    .init("no colon", token: "api_token c4n4ryToken\n"),
    .init("no space after the colon", token: "api_token:c4n4ryToken\n"),
    .init("an equals sign", token: "api_token=c4n4ryToken\n"),
    .init("no colon in a section", "  api_token c4n4ryNorth\n", for: "  api_token: c4n4ryNorth\n"),
    .init("a list of sections", "  - api_token: c4n4ryNorth\n", for: "  api_token: c4n4ryNorth\n  daily_calls: 50\n"),
    .init("a section in a section", "  api:\n    token: c4n4ryNorth\n", for: "  api_token: c4n4ryNorth\n"),
    .init("two documents", token: "---\napi_token: c4n4ryToken\n"),
    .init("a control character", token: "api_token: c4n4ry\u{1}Token\n"),
    .init("a NUL", token: "api_token: c4n4ry\u{0}Token\n"),
    .init("the token alone", bytes: Array("c4n4ryToken\n".utf8)),
    .init("a list", bytes: Array("- api_token: c4n4ryToken\n".utf8)),
    .init("JSON without its end", bytes: Array(#"{"api_token": "c4n4ryToken""#.utf8)),
    .init("bytes that are not UTF-8", bytes: Array("api_token: c4n4ry".utf8) + [0xE9, 0x0A]),
    .init(
      "UTF-16", bytes: [0xFF, 0xFE] + "api_token: c4n4ryToken\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
    .init("the token as a number", token: "daily_calls: c4n4ryToken\n", isRefused: false),
    .init("the token as true or false", token: "allow_plain_http: c4n4ryToken\n", isRefused: false),
    .init("the token as a zone", token: "device_time_zones: [c4n4ryToken]\n", isRefused: false),
    .init(
      "the token in place of its file", "api_token_file: c4n4ryNorth", for: "api_token: c4n4ryNorth", isRefused: false),
    .init("the token in the URL of the API", token: "api_url: https://c4n4ryToken@127.0.0.1:1/v2\n", isRefused: false),
    .init("the token after another value", token: "egress: depot api_token c4n4ryToken\n", isRefused: false),
    .init("@ in the password", url: "postgresql://fleetize:c4n@c4n4ry@127.0.0.1:1/fleet"),
    .init("/ in the password", url: "postgresql://fleetize:c4n4ry/Word@127.0.0.1:1/fleet"),
    .init("? in the password", url: "postgresql://fleetize:c4n4ry?Word@127.0.0.1:1/fleet"),
    .init("% in the password", url: "postgresql://fleetize:%c4n4ry@127.0.0.1:1/fleet"),
    .init("a space in the password", url: "postgresql://fleetize:c4n4ry Word@127.0.0.1:1/fleet"),
    .init("one slash", url: "postgresql:/fleetize:c4n4ryWord@127.0.0.1:1/fleet"),
    .init("a mistyped parameter", url: "postgresql://127.0.0.1:1/fleet?pasword=c4n4ryWord"),
    .init("an unquoted space in the password", url: "host=127.0.0.1 port=1 password=a c4n4ryWord"),
    .init("an open quote in the password", url: "host=127.0.0.1 port=1 password='c4n4ryWord"),
  ]
}
