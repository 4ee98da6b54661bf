import FoundationEssentials
import TestSupport

/// Makes inputs by mutating those of a corpus: the same ones for the same seed.
struct Mutator {
  private let corpus: [[UInt8]]
  private var random: SeededGenerator
  private static let spice = Array("{}[]\",:;\\u0\0\u{A0}\u{FEFF}-+.eE 19<".utf8) + [0xC3, 0xED, 0xFF]

  init(_ corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus
    random = SeededGenerator(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...5, using: &random) { mutate(&bytes) }
    return bytes
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let start = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 0...40, using: &random))
    switch Int.random(in: 0...6, using: &random) {
    case 0: bytes.insert(Self.spice.randomElement(using: &random) ?? 0, at: start)
    case 1: bytes.replaceSubrange(start..<end, with: [UInt8.random(in: 0...255, using: &random)])
    case 2: bytes.removeSubrange(start..<end)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
    case 4: bytes.removeSubrange(start...)
    case 5: if start < bytes.count { bytes[start] ^= 1 << UInt8.random(in: 0...7, using: &random) }
    default: bytes.insert(contentsOf: (corpus.randomElement(using: &random) ?? []).suffix(60), at: start)
    }
  }

  /// The files of folders, given relative to this one.
  static func corpus(_ folders: String...) throws -> [[UInt8]] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    return try folders.flatMap { folder in
      let folder = tests.appending(path: folder).standardizedFileURL
      // In the same order on each machine.
      return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
        .map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    }
  }
}
