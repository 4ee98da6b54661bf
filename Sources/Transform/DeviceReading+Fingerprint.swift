import Crypto
import FleetModel

extension DeviceReading {
  /// Distinguishes readings of one device at one moment: 64 bits of the SHA-256 of all attributes except the device.
  public var fingerprint: Int64 {
    var content = ContentEncoder()
    content.append(imei)
    content.append(type)
    content.append(name)
    content.append(description)
    content.append(portraitURL)
    content.append(mileage)
    content.append(rawMileage)
    content.append(dayDistance)
    content.append(speed)
    content.append(engineRPM)
    content.append(engineTemperature)
    content.append(externalVoltage)
    content.append(internalVoltage)
    content.append(heading)
    content.append(onlineAt)
    content.append(isOnlineUnusable)
    content.append(heartbeatAt)
    content.append(errorCode)
    content.append(errorAt)
    content.append(errorText)
    content.append(statusCode)
    content.append(statusText)
    content.append(statusAbsence)
    content.append(statusDescription)
    content.append(location)
    return SHA256.hash(data: content.bytes).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
  }
}
