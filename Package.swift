// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "fleetize-etl",
  products: [
    .executable(name: "fleetize-etl", targets: ["fleetize-etl"]),
    .executable(name: "fleetize-simulator", targets: ["fleetize-simulator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
    .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
    .package(
      url: "https://github.com/apple/swift-configuration", .upToNextMinor(from: "1.4.0"),
      traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", .upToNextMinor(from: "2.37.6")),
    .package(url: "https://github.com/apple/swift-nio-extras.git", .upToNextMinor(from: "1.35.2")),
    .package(url: "https://github.com/swift-server/async-http-client", .upToNextMinor(from: "1.37.0")),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
    .package(url: "https://github.com/swiftlang/swift-subprocess", .upToNextMinor(from: "1.0.2")),
    .package(url: "https://github.com/hummingbird-project/hummingbird", .upToNextMinor(from: "2.28.1")),
    .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
  ],
  targets: [
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

    .target(name: "FleetModel", swiftSettings: settings),
    .target(name: "FleetizeAPI", dependencies: ["FleetModel"], swiftSettings: settings),
    .target(name: "Postgres", dependencies: ["CLibpq", log], swiftSettings: settings),

    .target(
      name: "Extract",
      dependencies: [
        "FleetModel", "FleetizeAPI", crypto, log,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
      ], swiftSettings: settings),
    .target(name: "Transform", dependencies: ["FleetModel", "FleetizeAPI", crypto], swiftSettings: settings),
    .target(
      name: "Schema", dependencies: ["Postgres", crypto, log], swiftSettings: settings, plugins: ["EmbedSQL"]),
    .target(
      name: "Load", dependencies: ["FleetModel", "Postgres", "Schema", "CZstd", crypto], swiftSettings: settings),
    .target(
      name: "Pipeline", dependencies: ["FleetModel", "FleetizeAPI", "Extract", "Transform", "Load", log],
      swiftSettings: settings),
    .target(name: "Logbook", dependencies: ["Postgres"], swiftSettings: settings),
    .executableTarget(
      name: "fleetize-etl",
      dependencies: [
        "Pipeline", "Logbook", "Extract", "Transform", "Load", "Schema", "FleetModel", "FleetizeAPI", "Postgres",
        "CMalloc", log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Yams", package: "Yams"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: settings),

    .target(
      name: "FleetizeSimulator",
      dependencies: [
        "FleetModel", log, .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "fleetize-simulator",
      dependencies: [
        "FleetizeSimulator", "FleetModel", log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    .executableTarget(name: "SQLEmbedder", swiftSettings: settings),
    .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["SQLEmbedder"]),

    .target(
      name: "TestSupport",
      dependencies: [
        "FleetModel", "Postgres", "Load", "Schema", subprocess, log, .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Tests/Support", swiftSettings: settings),
    .testTarget(name: "FleetModelTests", dependencies: ["FleetModel"], swiftSettings: settings),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport", log], swiftSettings: settings),
    .testTarget(
      name: "FleetizeAPITests", dependencies: ["FleetizeAPI", "FleetModel", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "TransformTests", dependencies: ["Transform", "FleetizeAPI", "FleetModel", "TestSupport"],
      exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Extract", "Transform", "FleetizeAPI", "FleetModel", "Load", "TestSupport", "fleetize-etl"],
      exclude: ["Corpus", "LibFuzzer", "response.dict"], swiftSettings: settings),
    .testTarget(
      name: "ExtractTests",
      dependencies: [
        "Extract", "FleetizeAPI", "FleetModel", "TestSupport", log, .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "LoadTests", dependencies: ["Load", "Schema", "Transform", "FleetModel", "Postgres", "TestSupport", log],
      swiftSettings: settings),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "Extract", "Transform", "Load", "Schema", "FleetModel", "FleetizeAPI", "Postgres",
        "FleetizeSimulator", "TestSupport", log,
      ], swiftSettings: settings),
    .testTarget(
      name: "LogbookTests", dependencies: ["Logbook", "Postgres", "Schema", "TestSupport", log],
      swiftSettings: settings),
    .testTarget(
      name: "FleetizeSimulatorTests",
      dependencies: [
        "FleetizeSimulator", "FleetModel", "TestSupport",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "FleetizeSimulator", "FleetModel", "Load", "Pipeline", "Postgres", "TestSupport", subprocess, log,
        .product(name: "Yams", package: "Yams"), "fleetize-etl", "fleetize-simulator",
      ],
      exclude: ["QuirkRows", "real_fleet_sums.py"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// Built by `make bench` alone.
if Context.environment["FLEETIZE_BENCHMARKS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fleetize-benchmarks",
      dependencies: [
        "FleetModel", "Transform", "Load", "Schema", "Postgres", "TestSupport", log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Benchmarks", swiftSettings: settings))
}
