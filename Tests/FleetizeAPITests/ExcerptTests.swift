import FleetizeAPI
import Testing

@Suite struct `An excerpt` {
  @Test func `has at most 200 characters`() {
    #expect(Excerpt.of(String(repeating: "ä ", count: 500)).count == 200)
    #expect(Excerpt.of([UInt8](repeating: 0x80, count: 5_000)).count == 200)
  }

  @Test func `shows control characters as spaces`() {
    #expect(Excerpt.of("a\u{0}b\nc\u{1B}[31m\u{85}d") == "a b c [31m d")
  }

  @Test func `hides long words of letters and digits anywhere in the text`() {
    let token = "k3y-0123456789abcdefXYZ"
    #expect(Excerpt.of(#"{"apitoken":"\#(token)"}"#) == #"{"apitoken":"[hidden]"}"#)
    let atTheEdge = String(repeating: "x ", count: 99) + token
    #expect(!Excerpt.of(atTheEdge).contains("k3"))
    #expect(!Excerpt.of(Array((String(repeating: " ", count: 790) + token).utf8)).contains("0123"))
  }

  @Test func `keeps points, numbers and tags`() {
    let text = #"destination_timestamp:48.82556,9.33111,0;48.82556 359183064907632359183064907632"#
    #expect(Excerpt.of(text) == text)
  }
}
