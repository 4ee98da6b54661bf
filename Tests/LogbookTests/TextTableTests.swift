import Logbook
import Testing

@Suite struct `Text for a terminal` {
  @Test func `has neither control nor bidirectional characters`() {
    #expect(printable("a\u{1B}[31m\u{202E}b\u{2066}\u{85}\u{2028}\nü👩‍👩‍👧") == "a[31mbü👩‍👩‍👧")
  }

  @Test func `has aligned columns, without blanks at the end of a line`() {
    let table = TextTable([["name", "km", "note"], ["Ä", "1000", ""], ["long name", "7"]], firstRightAligned: 1)
    #expect(table.lines == ["name         km  note", "Ä          1000", "long name     7"])
  }
}
