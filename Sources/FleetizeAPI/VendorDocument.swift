/// The vendor's document that this module follows. A comment's "Source" names its tags.
public enum VendorDocument {
  /// "Last update", as written there: day, month, year.
  public static let date = "21.01.2026"
  /// The first release of the FLEETIZE dashboard whose API it describes.
  public static let release = "3.4.49"
}
