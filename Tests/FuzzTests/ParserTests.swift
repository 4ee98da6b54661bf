import Extract
import FoundationEssentials
import Load
import Testing

@testable import fleetize_etl

/// A short, fixed version of `make fuzz`: the same targets and corpus, without guidance by coverage.
@Suite struct `The parsers` {
  private static let runs: [(FuzzTarget, inputs: Int, folders: [String])] = [
    (.response, 1_000, ["Corpus/response", "../TransformTests/Fixtures"]),
    (.list, 1_000, ["Corpus/list", "../FleetizeAPITests/Fixtures"]),
    (.points, 5_000, ["Corpus/points"]), (.location, 5_000, ["Corpus/location"]), (.date, 5_000, ["Corpus/date"]),
    (.config, 5_000, ["Corpus/config"]), (.redaction, 1_000, ["Corpus/redaction", "Corpus/response", "Corpus/list"]),
  ]

  @Test(arguments: runs.indices) func `keep their promises for thousands of mutated inputs`(index: Int) throws {
    let (target, inputs, folders) = Self.runs[index]
    let corpus = try folders.flatMap { try Mutator.corpus($0) }
    #expect(corpus.count > 2)
    for input in corpus { check(target, input) }
    var mutator = Mutator(corpus, seed: 492)
    for _ in 0..<inputs { check(target, mutator.next()) }
  }

  @Test func `are all run`() {
    #expect(Self.runs.map(\.0) == FuzzTarget.allCases)
  }

  @Test func `of settings accept or reject any file`() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "fuzzed-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let example = try Data(contentsOf: tests.appending(path: "../../deploy/config.example.yaml").standardizedFileURL)
    var mutator = Mutator([[UInt8](example)], seed: 492)
    var rejectedCount = 0
    for _ in 0..<400 {
      try Data(mutator.next()).write(to: file)
      do {
        let settings = try Settings(file: file.path())
        #expect((0.001...86_400).contains(settings.requestTimeout) && settings.firstDays >= 1)
        #expect(!settings.accounts.isEmpty)
        #expect(settings.accounts.allSatisfy { $0.limits.dailyCalls >= 1 && $0.limits.requestInterval >= 0 })
      } catch let error as SettingError {
        rejectedCount += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect((1..<400).contains(rejectedCount), "\(rejectedCount) of 400 files were rejected")
  }

  private func check(_ target: FuzzTarget, _ input: [UInt8]) {
    #expect(throws: Never.self, "\(target): \(String(decoding: input, as: UTF8.self).debugDescription)") {
      try target.check(input)
    }
  }
}
