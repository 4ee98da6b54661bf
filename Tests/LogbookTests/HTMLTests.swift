import Testing

@testable import Logbook

@Suite struct `A piece of HTML` {
  @Test func `escapes every text and no markup`() {
    let name = "<script>alert('a & \"b\"')</script>"
    let piece: HTML = "<b title=\"\(name)\">\(name)</b>"
    let escaped = "&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;"
    #expect(piece.text == "<b title=\"\(escaped)\">\(escaped)</b>")
    let within: HTML = "<i>\(piece)</i>"
    #expect(within.text == "<i>\(piece.text)</i>")
  }
}
