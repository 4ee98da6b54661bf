import FleetModel
import Load
import Postgres

/// Responses for device-days: those of a batch as it has them, others read from the archive, once each.
struct ResponseCache {
  private let warehouse: Warehouse
  /// Nil for a response that does not count.
  private var known: [Int64: DayResponse?] = [:]

  init(_ batch: ResponseBatch, _ warehouse: Warehouse) {
    self.warehouse = warehouse
    for response in batch.responses + batch.neighbours {
      known[response.archived.key.number] = .some(response.dayResponse)
    }
  }

  /// Those of the responses that count, by number.
  mutating func dayResponses(
    _ keys: Set<ResponseKey>, on db: isolated Connection
  ) throws -> [Int64: DayResponse] {
    try keys.reduce(into: [:]) { $0[$1.number] = try dayResponse($1, on: db) }
  }

  /// The first response of each list that has everything. A damaged one is passed over: this is only for comparing.
  mutating func previous(
    _ lists: [Int64: [ResponseKey]], on db: isolated Connection
  ) throws -> [Int64: DayResponse] {
    var previous: [Int64: DayResponse] = [:]
    for (number, keys) in lists {
      for key in keys where previous[number] == nil {
        do {
          if let response = try dayResponse(key, on: db), response.isComparable { previous[number] = response }
        } catch is LoadError {
          continue
        }
      }
    }
    return previous
  }

  private mutating func dayResponse(_ key: ResponseKey, on db: isolated Connection) throws -> DayResponse? {
    if let response = known[key.number] { return response }
    let response = ReadResponse(try warehouse.archive.response(key, on: db)).dayResponse
    known[key.number] = .some(response)
    return response
  }
}
