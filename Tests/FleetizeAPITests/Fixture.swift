import FoundationEssentials

/// Raw responses beside the tests.
///
/// `devicelist-sample.json` and `device-sample.json` are the samples of the vendor's document byte by byte, with their
/// broken commas and no-break spaces. Only the line `...` of the second listed device had to go.
enum Fixture {
  static func bytes(_ name: String, beside file: String = #filePath) throws -> [UInt8] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/Fixtures/\(name)")))
  }
}
