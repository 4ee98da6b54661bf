import FleetModel
import FoundationEssentials

/// The API's URL, checked to be safe to send a token to.
struct Endpoint: Hashable, Sendable {
  /// Without a slash at the end.
  let base: String
  let host: String
  let port: Int
  let usesTLS: Bool
  let isLoopback: Bool

  /// - Throws: unless the URL is `https`, or `http` on loopback (elsewhere only when allowed), and has no user info, query or fragment.
  init(_ text: String, allowsPlainHTTP: Bool) throws(SettingError) {
    // The text may contain a password, so no error repeats it.
    guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
      let host = url.percentEncodedHost,
      ["http", "https"].contains(scheme), Self.isPlain(host)
    else { throw Self.refused("is not an http or https URL") }
    // Checked in encoded form: a component that does not decode would look absent.
    guard url.percentEncodedUser == nil, url.percentEncodedPassword == nil else {
      throw Self.refused("contains user info")
    }
    guard url.percentEncodedQuery == nil, url.percentEncodedFragment == nil else {
      throw Self.refused("contains a query or fragment")
    }
    if let port = url.port, !(1...65_535).contains(port) { throw Self.refused("has an invalid port") }
    // The HTTP client would request the root instead.
    guard url.percentEncodedPath.isEmpty || !url.path.isEmpty else {
      throw Self.refused("has a path that does not decode to text")
    }
    let isLoopback = Self.isLoopback(host)
    guard scheme == "https" || isLoopback || allowsPlainHTTP else {
      throw SettingError(
        "the API URL uses http, which would expose the token to anyone on the network path to \(host)",
        hint: "set FLEETIZE_API_URL to an https URL; plain http is for a simulator on this machine")
    }
    base = String(text.reversed().drop { $0 == "/" }.reversed())
    self.host = host
    port = url.port ?? (scheme == "https" ? 443 : 80)
    usesTLS = scheme == "https"
    self.isLoopback = isLoopback
  }

  func url(of request: Request) -> String { "\(base)/\(request.action)" }

  /// Whether the host can be read in only one way: no percent-encoding, no international characters.
  private static func isPlain(_ host: String) -> Bool {
    !host.isEmpty
      && host.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
          true
        default: false
        }
      }
  }

  private static func isLoopback(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func refused(_ why: String) -> SettingError {
    SettingError("the API URL \(why)", hint: "set FLEETIZE_API_URL to a URL such as https://api.fleetize.com/v2")
  }
}
