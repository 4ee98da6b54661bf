import FoundationEssentials

/// Raw responses.
///
/// `devicelist-sample.json` and `device-sample.json` are the samples of the vendor's document byte for byte, with their
/// broken commas and no-break spaces. Only the line `...` of the second listed device was removed.
enum Fixture {
  static func bytes(_ name: String, beside file: String = #filePath) throws -> [UInt8] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/Fixtures/\(name)")))
  }
}
