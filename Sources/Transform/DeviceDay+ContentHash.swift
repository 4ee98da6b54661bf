import Crypto
import FleetModel

extension DeviceDay {
  /// SHA-256 over everything that is stored of the day, its findings included: equal days need no writing.
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
    }
    for route in routes { update { $0.append(route) } }
    update {
      $0.append(findings.count)
      for finding in findings { $0.append(finding) }
    }
    return Array(hash.finalize())
  }
}
