import FleetModel
import FoundationEssentials

/// Where the vendor's data comes from: generated, or read from a folder.
///
/// Only this package conforms to it; how a response is built is nobody else's business.
public protocol SimulatedFleet: Sendable {
  /// The devices that the vendor lists at `now`, in the order of the list.
  func devices(at now: Date) -> [DeviceID]
  /// The entry of a device in the list; nil for a device that is not listed.
  func listEntry(of device: DeviceID, at now: Date) -> FleetResponse?
  /// One day of a device; the latest day with activity when `day` is nil. Nil for a device that is not listed.
  func day(_ day: UTCDay?, of device: DeviceID, at now: Date) -> FleetResponse?
}
