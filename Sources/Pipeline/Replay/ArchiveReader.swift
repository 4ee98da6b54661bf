import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Reads the archive in the order of a replay, device lists first, then each device's days, and makes batches of it.
///
/// The size of a batch is limited by responses, points and readings, so memory does not grow with the archive.
struct ArchiveReader {
  private let connection: Connection
  private let warehouse: Warehouse
  private let selection: ArchiveSelection
  /// Whose responses are left to read; nil for the lists.
  private var owners: ArraySlice<DeviceKey?>
  private var position: Archive.Position?
  /// The last responses of the previous batch, which may report the first days of the next one.
  private var neighbours: [ReadResponse] = []

  private let responsesPerBatch: Int
  /// The first batches are small: while they are read, the database has nothing to do.
  private var responsesOfNextBatch = 16

  private static let mostPoints = 1_250_000
  private static let mostReadings = 2_500
  /// A route may be reported by the responses for the days around it.
  private static let neighbourCount = 3

  struct Page: Sendable {
    var batch: ResponseBatch
    /// The size of the responses before compression.
    var bytes = 0
    /// One message per response that is damaged in the archive.
    var errors: [String] = []
  }

  /// - Parameter connection: one for this reader alone.
  init(
    _ selection: ArchiveSelection, of warehouse: Warehouse, responsesPerBatch: Int, on connection: Connection
  ) async throws {
    self.connection = connection
    self.responsesPerBatch = responsesPerBatch
    self.warehouse = warehouse
    self.selection = selection
    let devices = try await connection.run { db in try warehouse.devices.keys(in: selection, on: db) }
    owners = ([nil] + devices.map { $0 })[...]
  }

  /// Nil when everything was read.
  mutating func next() async throws -> Page? {
    var responses: [ReadResponse] = []
    var (bytes, points, readings) = (0, 0, 0)
    var errors: [String] = []
    let mostResponses = min(responsesOfNextBatch, responsesPerBatch)
    responsesOfNextBatch = 2 * mostResponses
    while let owner = owners.first, responses.count < mostResponses, points < Self.mostPoints,
      readings < Self.mostReadings
    {
      let page = try await connection.run { [warehouse, selection, position] db in
        try warehouse.archive.page(of: owner, after: position, in: selection, limit: min(64, mostResponses), on: db)
      }
      position = page.end
      if page.end == nil { owners.removeFirst() }
      for row in page.rows {
        do {
          let archived = try Archive.response(row)
          bytes += archived.response.body.count
          let response = ReadResponse(archived)
          points += response.pointCount
          readings += response.readings.count
          responses.append(response)
        } catch let error as LoadError {
          errors.append("\(error)")
        }
      }
    }
    guard !responses.isEmpty || !errors.isEmpty else { return nil }
    let batch = ResponseBatch(responses, neighbours: neighbours)
    neighbours = responses.suffix(Self.neighbourCount).filter { $0.dayResponse != nil }
    return Page(batch: batch, bytes: bytes, errors: errors)
  }
}
