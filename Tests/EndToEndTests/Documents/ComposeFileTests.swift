import Foundation
import Testing
import Yams

/// `docker-compose.yml` by the rules of the compose specification, as far as the file uses it.
@Suite struct `The compose file` {
  private static let serviceKeys: Set<String> = [
    "build", "cap_add", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "logging",
    "network_mode", "ports", "profiles", "read_only", "restart", "secrets", "security_opt", "shm_size",
    "stop_grace_period", "tmpfs", "user", "volumes",
  ]
  private static let conditions: Set<String> = [
    "service_started", "service_healthy", "service_completed_successfully",
  ]

  private let file: [String: Any]
  private let services: [String: [String: Any]]

  init() throws {
    file = try #require(try Yams.load(yaml: try Repository.text("docker-compose.yml")) as? [String: Any])
    services = try #require(file["services"] as? [String: [String: Any]])
  }

  @Test func `has only sections and keys that there are`() throws {
    let sections = file.keys.filter { !$0.hasPrefix("x-") }
    // docker-compose 1.29, which Debian 12 has, refuses `name`.
    #expect(Set(sections).isSubset(of: ["services", "volumes", "secrets", "networks", "configs"]))
    for (name, service) in services {
      #expect(name.wholeMatch(of: /[a-zA-Z0-9._-]+/) != nil)
      #expect(Set(service.keys).isSubset(of: Self.serviceKeys), "service \(name)")
      #expect(service["image"] is String || service["build"] != nil, "service \(name) has no image")
      if let restart = service["restart"] {
        #expect(["no", "always", "on-failure", "unless-stopped"].contains(restart as? String), "service \(name)")
      }
      #expect(service["profiles"] == nil || isTexts(service["profiles"], matching: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/))
      #expect(
        service["command"] == nil || service["command"] is String || isTexts(service["command"], matching: /(?s).*/))
    }
  }

  @Test func `gives every variable a text, a number or a switch`() {
    for (name, service) in services {
      for (variable, value) in service["environment"] as? [String: Any] ?? [:] {
        #expect(value is String || value is Int || value is Double, "\(name): \(variable)")
      }
    }
  }

  @Test func `refers only to services, volumes, secrets and files that there are`() throws {
    let volumes = file["volumes"] as? [String: Any] ?? [:]
    let secrets = file["secrets"] as? [String: [String: Any]] ?? [:]
    for secret in secrets.values { #expect(secret["file"] is String || secret["environment"] is String) }
    for (name, service) in services {
      for (other, how) in service["depends_on"] as? [String: [String: Any]] ?? [:] {
        #expect(services[other] != nil, "\(name) depends on \(other)")
        let condition = try #require(how["condition"] as? String)
        #expect(Self.conditions.contains(condition), "\(name) waits for \(condition)")
        let isHealthNeeded = condition == "service_healthy"
        #expect(!isHealthNeeded || services[other]?["healthcheck"] != nil, "\(other) has no health check")
        // A service without a profile must not need one that is only there with a profile.
        let profiles = Set(service["profiles"] as? [String] ?? [])
        let needed = Set(services[other]?["profiles"] as? [String] ?? [])
        #expect(needed.isEmpty || !profiles.isDisjoint(with: needed), "\(name) needs \(other), which is not started")
      }
      for volume in service["volumes"] as? [String] ?? [] {
        let source = String(volume.prefix { $0 != ":" })
        #expect(source.hasPrefix(".") || source.hasPrefix("/") || volumes.keys.contains(source), "\(name): \(volume)")
      }
      for secret in service["secrets"] as? [Any] ?? [] {
        let source = secret as? String ?? (secret as? [String: Any])?["source"] as? String
        #expect(secrets[try #require(source)] != nil, "\(name): secret")
      }
      if let mode = service["network_mode"] as? String, mode.hasPrefix("service:") {
        #expect(services[String(mode.dropFirst(8))] != nil, "\(name): \(mode)")
      }
      if let build = service["build"] as? [String: String] {
        let dockerfile = Repository.folder.appending(path: build["context"] ?? ".").appending(
          path: build["dockerfile"] ?? "Dockerfile")
        #expect(FileManager.default.fileExists(atPath: dockerfile.path), "\(name): \(dockerfile.path)")
      }
    }
  }

  @Test func `runs the exporter without a port, a capability it does not need, or a writable root`() throws {
    for name in ["migrate", "exporter"] {
      let service = try #require(services[name])
      #expect(service["ports"] == nil && service["init"] as? Bool == true && service["read_only"] as? Bool == true)
      #expect(service["cap_drop"] as? [String] == ["ALL"])
      #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"])
      #expect((service["logging"] as? [String: Any])?["options"] is [String: String])
    }
    #expect(services.filter { $0.value["profiles"] == nil && $0.value["ports"] != nil }.isEmpty)
    let exporter = try #require(services["exporter"])
    #expect(exporter["stop_grace_period"] as? String == "2m" && exporter["healthcheck"] != nil)
  }

  @Test func `names no password`() throws {
    let text = try Repository.text("docker-compose.yml")
    #expect(text.matches(of: /:\/\/[a-z_]+:/).isEmpty)
    for (name, service) in services {
      for variable in (service["environment"] as? [String: Any] ?? [:]).keys where variable.contains("PASSWORD") {
        #expect(variable.hasSuffix("_FILE"), "\(name): \(variable)")
      }
    }
  }

  @Test func `reads durations and ports as compose does`() throws {
    for (name, service) in services {
      let check = service["healthcheck"] as? [String: Any] ?? [:]
      for key in ["interval", "timeout", "start_period"] {
        guard let duration = check[key] else { continue }
        #expect((duration as? String)?.wholeMatch(of: /(\d+(us|ms|s|m|h))+/) != nil, "\(name): \(key)")
      }
      #expect(check["retries"] == nil || check["retries"] is Int)
      #expect(service["ports"] == nil || isTexts(service["ports"], matching: /([0-9.]+:)?\d+:\d+(\/tcp|\/udp)?/))
    }
  }

  @Test(.enabled(if: Compose.command != nil, "SKIPPED: no docker compose client on this machine"))
  func `is accepted by the docker compose client`() async throws {
    let command = try #require(Compose.command)
    let path = Repository.folder.appending(path: "docker-compose.yml").path
    for profile in [[], ["--profile", "demo"], ["--profile", "dashboards"]] {
      let arguments = Array(command.dropFirst()) + ["--file", path] + profile + ["config", "--quiet"]
      let outcome = try await Program.tool(command[0], arguments)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
  }

  private func isTexts(_ value: Any?, matching pattern: Regex<some Any>) -> Bool {
    guard let texts = value as? [String] else { return false }
    return texts.allSatisfy { $0.wholeMatch(of: pattern) != nil }
  }
}

private enum Compose {
  /// The client as plugin or as program of its own; neither needs an engine to check a file.
  static let command: [String]? = [["docker", "compose"], ["docker-compose"]].first { command in
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command + ["version"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
