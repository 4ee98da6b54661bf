import FleetModel
import FoundationEssentials
import Load
import Pipeline

/// What `replay` prints for an account. docs/json-output.md documents its JSON.
struct ReplayReport: Encodable {
  struct Place: Encodable {
    /// Absent where no device is concerned.
    var deviceID: Int64?
    /// Absent where no day is concerned.
    var day: String?
    var what: [String]
  }

  var account: String
  var responses: Int
  var deviceDays: Int
  /// Absent with --check.
  var written: Int?
  var unchanged: Int?
  var points: Int
  var seconds: Double
  /// Absent without --check.
  var differences: Int?
  var differing: [Place]?
  var errors: Int
  var exitCode: Int32

  init(account: String, result: ReplayResult, isCheck: Bool, seconds: Double) {
    self.account = account
    responses = result.responses
    deviceDays = result.deviceDays
    points = result.points
    self.seconds = (seconds * 1_000).rounded() / 1_000
    errors = result.errors.count
    exitCode = ExitStatus.code(of: result)
    guard isCheck else {
      (written, unchanged) = (result.written, result.deviceDays - result.written)
      return
    }
    differences = result.differenceCount
    differing = Dictionary(grouping: result.differences) { difference in
      Difference(device: difference.device, day: difference.day, "")
    }
    .map { place, all in
      var whats: [String] = []
      for difference in all where !whats.contains(difference.what) { whats.append(difference.what) }
      return Place(
        deviceID: place.device.flatMap { result.devices[$0]?.value }, day: place.day.map { "\($0)" }, what: whats)
    }
    .sorted { ($0.deviceID ?? 0, $0.day ?? "") < ($1.deviceID ?? 0, $1.day ?? "") }
  }
}

extension ReplayReport: TextResult {
  var text: String {
    let pace = seconds > 0 ? " (\(Int(Double(points) / seconds)) points/s)" : ""
    let done =
      "\(counted(responses, "response")), \(counted(points, "point")) in \(ProgressLine.duration(seconds))\(pace)"
    guard let differing, let differences else {
      return "account \(account): \(counted(written ?? 0, "device-day")) written, \(unchanged ?? 0) unchanged; \(done)"
    }
    var lines = [
      "account \(account): \(counted(deviceDays, "device-day")) compared, "
        + (differences == 0
          ? "no differences; \(done)" : "\(counted(differing.count, "place")) with differences; \(done)")
    ]
    for place in differing {
      let name = [place.deviceID.map { "device \($0)" }, place.day].compactMap { $0 }.joined(separator: " ")
      lines.append("  \(name.isEmpty ? "archive" : name): \(place.what.joined(separator: "; "))")
    }
    if differences > ReplayResult.mostDifferences { lines.append("  … \(differences) differences in all") }
    return lines.joined(separator: "\n")
  }
}
