import Foundation
import TestSupport
import Testing

/// `make sbom` and the pins of Package.swift.
@Suite struct `The bill of materials` {
  private struct Bill: Decodable {
    var bomFormat: String
    var specVersion: String
    var components: [Component]
    var dependencies: [Edges]
  }
  private struct Component: Decodable {
    var name: String
    var version: String
    var purl: String
    var externalReferences: [Reference]?
  }
  private struct Reference: Decodable { var url: String }
  private struct Edges: Decodable {
    var ref: String
    var dependsOn: [String]
  }
  private struct Resolved: Decodable {
    struct Pin: Decodable {
      struct State: Decodable { var version: String? }
      var location: String
      var state: State
    }
    var pins: [Pin]
  }

  /// The URL and the requirement of each package that Package.swift names.
  private static func declared() throws -> [(url: String, requirement: String)] {
    let manifest = try Repository.text("Package.swift")
    return manifest.matches(of: #/\.package\(\s*url: "([^"]+)",\s*([^)]*\))/#).map { (String($0.1), String($0.2)) }
  }

  @Test func `names each package in the version that is built with, and the libraries in C`() async throws {
    try await withTemporaryFolder { folder in
      // Its own temporary folder, because there SwiftPM keeps the lock that holds while tests run.
      let variables = ProcessInfo.processInfo.environment
      let outcome = try await Program.tool(
        "python3", [Repository.folder.appending(path: "deploy/sbom").path],
        ["PATH": variables["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let bill = try JSONDecoder().decode(Bill.self, from: Data(outcome.output.utf8))
      #expect(bill.bomFormat == "CycloneDX" && bill.specVersion == "1.5")
      let resolved = try JSONDecoder().decode(Resolved.self, from: Data(try Repository.text("Package.resolved").utf8))
      let versions = Dictionary(
        uniqueKeysWithValues: bill.components.compactMap { component in
          component.externalReferences?.first.map { ($0.url, component.version) }
        })
      for pin in resolved.pins { #expect(versions[pin.location] == pin.state.version, "\(pin.location)") }
      for (url, _) in try Self.declared() { #expect(versions[url] != nil, "\(url)") }
      #expect(Set(["libpq", "zlib", "libzstd"]).isSubset(of: bill.components.map(\.name)))
      #expect(bill.components.hasOnly { $0.purl.hasPrefix("pkg:") && $0.purl.hasSuffix("@\($0.version)") })
      // Each part is reached from the program.
      let edges = Dictionary(uniqueKeysWithValues: bill.dependencies.map { ($0.ref, $0.dependsOn) })
      var reached: Set<String> = []
      var waiting = edges.keys.filter { $0.hasPrefix("pkg:swift/fleetize-etl@") }
      while let next = waiting.popLast() {
        for part in edges[next] ?? [] where reached.insert(part).inserted { waiting.append(part) }
      }
      #expect(reached == Set(bill.components.map(\.purl)))
    }
  }

  @Test func `has every package pinned to a minor version`() throws {
    let declared = try Self.declared()
    let manifest = try Repository.text("Package.swift")
    #expect(declared.count >= 12 && declared.count == manifest.components(separatedBy: ".package(").count - 1)
    for (url, requirement) in declared {
      #expect(requirement.wholeMatch(of: #/\.upToNextMinor\(from: "\d+\.\d+\.\d+"\)/#) != nil, "\(url): \(requirement)")
    }
  }
}
