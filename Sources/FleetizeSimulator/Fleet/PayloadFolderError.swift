/// Why a folder cannot be served.
public enum PayloadFolderError: Error, Hashable, CustomStringConvertible {
  case unreadable(String)
  case notAList(String)

  public var description: String {
    switch self {
    case .unreadable(let path):
      "cannot read \(path): a folder of payloads holds devicelist.json and device/<device_id>/<YYYY-MM-DD>.json"
    case .notAList(let path):
      "\(path) is not a JSON array of devices: store the answer to `devicelist` there"
    }
  }
}
