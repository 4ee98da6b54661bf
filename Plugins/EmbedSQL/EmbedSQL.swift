import Foundation
import PackagePlugin

/// Runs SQLEmbedder, which writes the files of `migrations/` and `sql/` to `EmbeddedSQL.swift`, so that they are part of the binary.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let folders = ["migrations", "sql"].map { root.appending(path: $0) }
    let files = try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "sql" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) SQL files",
        executable: try context.tool(named: "SQLEmbedder").url,
        arguments: [output.path] + files.map(\.path),
        inputFiles: files,
        outputFiles: [output])
    ]
  }
}
