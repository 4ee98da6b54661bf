import FleetModel
import Load
import Logbook
import Postgres

/// Finds the devices that `--device` names by id or name.
struct DeviceNames {
  private let devices: [(account: String, id: Int64, name: String?)]

  /// - Parameter accounts: Names; empty for all accounts.
  init(of accounts: [String], on db: isolated Connection) throws {
    devices = try db.readingViews {
      try db.query(
        """
        select account, device_id, name from \(identifier: try db.viewSchema).device
        where \(accounts.isEmpty) or account = any(\(accounts))
        """
      ).map { (try $0.decode("account"), try $0.decode("device_id"), try $0.decode("name")) }
    }
  }

  /// An id is taken as it is, so that it can be used before the first device list.
  ///
  /// - Throws: ``UsageError`` for a name that no device has, or several.
  func ids(of texts: [String]) throws(UsageError) -> [Int64] {
    var ids: [Int64] = []
    for text in texts { ids.append(try id(of: text)) }
    return ids
  }

  private func id(of text: String) throws(UsageError) -> Int64 {
    let named = devices.filter { $0.name == text }
    if let id = Int64(text), id > 0, named.isEmpty || devices.contains(where: { $0.id == id }) { return id }
    guard let first = named.first else {
      let shown = printable(text)
      throw UsageError(
        "no device has the id or name \"\(shown)\"\(suggestion(for: text, in: devices.compactMap(\.name)))",
        hint: "`fleetize-etl device list` lists the devices")
    }
    guard named.count == 1 else {
      let all = named.map { "\($0.id) (account \($0.account))" }.joined(separator: ", ")
      throw UsageError("several devices have the name \"\(printable(text))\": \(all)", hint: "use the id as --device")
    }
    return first.id
  }
}

extension Session {
  /// The ids of devices that are named by id or name.
  func deviceIDs(_ texts: [String]) async throws -> [Int64] {
    guard texts.contains(where: { Int64($0) == nil }) else { return texts.compactMap { Int64($0) } }
    let names = accounts.map(\.name)
    return try await connection.run { db in try DeviceNames(of: names, on: db).ids(of: texts) }
  }
}
