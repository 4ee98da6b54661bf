/// Text from the API without control and bidirectional characters, which a terminal would obey.
public func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.filter { scalar in
        !scalar.properties.isBidiControl
          && ![.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
      }))
}
