import FleetModel
import FoundationEssentials

/// The source of the vendor's data: generated, or read from a folder.
public protocol SimulatedFleet: Sendable {
  /// The devices that the vendor lists at `now`, in the order of the list.
  func devices(at now: Date) -> [DeviceID]
  /// The list entry of a device; nil if it is not listed.
  func listEntry(of device: DeviceID, at now: Date) -> FleetResponse?
  /// One day of a device; with nil, the latest day with activity. Returns nil if the device is not listed.
  func day(_ day: UTCDay?, of device: DeviceID, at now: Date) -> FleetResponse?
}
