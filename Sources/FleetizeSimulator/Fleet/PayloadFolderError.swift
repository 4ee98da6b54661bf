/// Why a folder of payloads cannot be served.
public enum PayloadFolderError: Error, Hashable, CustomStringConvertible {
  case unreadable(String)
  case notAList(String)

  public var description: String {
    switch self {
    case .unreadable(let path):
      "cannot read \(path): a folder of payloads contains devicelist.json and device/<device_id>/<YYYY-MM-DD>.json"
    case .notAList(let path):
      "\(path) is not a JSON array of devices: store a response to devicelist there"
    }
  }
}
