/// Tag `route_points`, as bytes of the response: `latitude,longitude,speed;latitude,longitude,speed;…`.
public enum WirePoints: Hashable, Sendable {
  case absent
  /// UTF-8.
  case text(ArraySlice<UInt8>)
  /// A list or an object instead of a text; its start.
  case structure(String)
}
