import FleetModel
import FoundationEssentials

@testable import Extract

// The fuzzer compiles this file of the program together with the targets.
#if canImport(fleetize_etl)
  @testable import fleetize_etl
#endif

/// Any text as a value of each kind of setting.
func checkConfig(_ input: [UInt8]) throws(BrokenPromise) {
  let text = String(decoding: input, as: UTF8.self)
  if let number = SettingText.number(text, in: 0...86_400) {
    try promise((0...86_400).contains(number), "a number is in its range")
    try promise(
      SettingText.number("\(number)", in: 0...86_400) == number, "a number that is printed and read again is the same")
  }
  if let number = SettingText.integer(text, in: 1...2_000_000_000) {
    try promise((1...2_000_000_000).contains(number), "a number is in its range")
    try promise(
      SettingText.integer("\(number)", in: 1...2_000_000_000) == number,
      "a number that is printed and read again is the same")
  }
  if let flag = SettingText.flag(text) { try promise(SettingText.flag("\(flag)") == flag, "a flag is one") }
  try checkURL(text)
  try checkToken(text, echoedIn: input)
}

/// An accepted URL is one that a token may be sent to.
private func checkURL(_ text: String) throws(BrokenPromise) {
  guard let endpoint = try? Endpoint(text, allowsPlainHTTP: false) else { return }
  try promise(endpoint.usesTLS || endpoint.isLoopback, "a token is sent encrypted or stays on this machine")
  try promise(text.hasPrefix(endpoint.base) && !endpoint.base.hasSuffix("/"), "the base is the given URL")
  try promise(
    (try? Endpoint(endpoint.base, allowsPlainHTTP: false)) == endpoint,
    "a URL that is printed and read again is the same")
  let request = Request.deviceDay(DeviceID(492), UTCDay(number: 20_719))
  guard let url = URLComponents(string: endpoint.url(of: request)) else {
    throw BrokenPromise(description: "the URL of a call is not valid")
  }
  try promise(url.percentEncodedHost == endpoint.host, "a call goes to the host that was checked")
  try promise((url.scheme?.lowercased() == "https") == endpoint.usesTLS, "a call uses the scheme that was checked")
  try promise(
    url.path.hasSuffix("/device") && url.percentEncodedQuery == nil && url.percentEncodedUser == nil,
    "the URL of a call ends with its action")
}

/// A token is never printed, and is overwritten in any response that contains it without changing the length.
private func checkToken(_ text: String, echoedIn input: [UInt8]) throws(BrokenPromise) {
  guard let token = try? Token(text) else { return }
  try promise(token.secret.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a token is printable ASCII")
  try promise("\(token) \(String(reflecting: token))" == "<redacted> <redacted>", "a token prints as redacted")
  let eraser = TokenEraser(token)
  guard token.secret.utf8.count >= TokenEraser.shortestSecret, !token.secret.contains("*") else { return }
  for (body, isComplete) in [
    (input + input, true), (input + input.dropLast(2), false), (input.suffix(5) + input, true),
  ] {
    let erased = eraser.erase(in: body, isComplete: isComplete)
    try promise(erased.count == body.count, "erasing the token keeps the length")
    try promise(
      erased.firstRange(of: Array(token.secret.utf8)) == nil, "the token is not archived")
  }
}
