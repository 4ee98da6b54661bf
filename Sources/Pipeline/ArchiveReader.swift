import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Reads the archive in the order in which it is replayed, the lists first, then each device's days, and makes batches of it.
///
/// Memory stays flat: a batch is bounded by answers, points and readings.
struct ArchiveReader {
  private let connection: Connection
  private let warehouse: Warehouse
  private let selection: ArchiveSelection
  /// What is left to read: nil for the lists.
  private var owners: ArraySlice<DeviceKey?>
  private var position: Warehouse.ArchivePosition?
  /// The last answers of the batch before: the next days are told by them too.
  private var neighbours: [ReadAnswer] = []

  private let answersPerBatch: Int
  /// Of the next batch. The first ones are small: while they are read, the database has nothing to do.
  private var answersOfNextBatch = 16

  private static let mostPoints = 1_250_000
  private static let mostReadings = 2_500
  /// A route may be told by the answers of the days around it.
  private static let neighbourCount = 3

  struct Batch: Sendable {
    var load: LoadBatch
    /// Size of the answers before compression.
    var bytes = 0
    /// Answers that are damaged in the archive.
    var errors: [String] = []
  }

  /// - Parameter connection: one that has nothing else to do.
  init(
    _ selection: ArchiveSelection, of warehouse: Warehouse, answersPerBatch: Int, on connection: Connection
  ) async throws {
    self.connection = connection
    self.answersPerBatch = answersPerBatch
    self.warehouse = warehouse
    self.selection = selection
    let devices = try await connection.run { db in try warehouse.devices(in: selection, on: db) }
    owners = ([nil] + devices.map { $0 })[...]
  }

  /// Nil when all was read.
  mutating func next() async throws -> Batch? {
    var answers: [ReadAnswer] = []
    var (bytes, points, readings) = (0, 0, 0)
    var errors: [String] = []
    let mostAnswers = min(answersOfNextBatch, answersPerBatch)
    answersOfNextBatch = 2 * mostAnswers
    while let owner = owners.first, answers.count < mostAnswers, points < Self.mostPoints,
      readings < Self.mostReadings
    {
      let page = try await connection.run { [warehouse, selection, position] db in
        try warehouse.archivePage(of: owner, after: position, in: selection, limit: min(64, mostAnswers), on: db)
      }
      position = page.end
      if page.end == nil { owners.removeFirst() }
      for row in page.rows {
        do {
          let archived = try Warehouse.archivedResponse(row)
          bytes += archived.response.body.count
          let answer = ReadAnswer(archived)
          points += answer.pointCount
          readings += answer.readings.count
          answers.append(answer)
        } catch let error as LoadError {
          errors.append("\(error)")
        }
      }
    }
    guard !answers.isEmpty || !errors.isEmpty else { return nil }
    let batch = LoadBatch(answers, neighbours: neighbours)
    neighbours = answers.suffix(Self.neighbourCount).filter { $0.dayAnswer != nil }
    return Batch(load: batch, bytes: bytes, errors: errors)
  }
}
