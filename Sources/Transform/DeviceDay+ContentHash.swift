import Crypto
import FleetModel

extension DeviceDay {
  /// SHA-256 of the day's rows and findings. A day whose hash has not changed need not be written again.
  ///
  /// Findings count with their rules and values, not with their sentences: rewording a rule changes no hash.
  public var contentHash: [UInt8] {
    var hash = SHA256()
    func update(_ append: (inout ContentEncoder) -> Void) {
      var encoder = ContentEncoder()
      append(&encoder)
      hash.update(data: encoder.bytes)
    }
    update {
      $0.append(device.value)
      $0.append(day.number)
      $0.append(routes.count)
      for askedDay in askedDays { $0.append(askedDay.number) }
    }
    for route in routes { update { $0.append(route) } }
    update {
      $0.append(findings.count)
      for finding in findings { $0.append(finding) }
    }
    return Array(hash.finalize())
  }
}
