/// A response to `devicelist`.
public struct WireDeviceList: Hashable, Sendable {
  public var devices: WireList<WireDevice>
  public var tolerances: [Tolerance]
}
