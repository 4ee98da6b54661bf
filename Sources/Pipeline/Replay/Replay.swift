import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Rebuilds the warehouse from the archive, or compares the two; makes no call.
///
/// While the database loads one batch, the next one is read, which uses both cores of a small machine. A batch is one transaction.
/// Content that is already in the tables is recognised by its hash, so an interrupted replay is resumed by starting it again.
public struct Replay: Sendable {
  let connection: Connection
  let reader: Connection
  let warehouse: Warehouse
  let rebuilder: DayRebuilder
  let interruption: Interruption
  let progress: @Sendable (ReplayProgress) -> Void
  /// Large, because each transaction has a cost and nobody waits for a single batch.
  var responsesPerBatch = 250

  /// - Parameters:
  ///   - connection: loads, or compares.
  ///   - reader: reads the archive meanwhile.
  ///   - rewrites: whether to write device-days again whose hash says that their content is unchanged.
  public init(
    connection: Connection, reader: Connection, warehouse: Warehouse, settlingDays: Int, rewrites: Bool,
    interruption: Interruption, progress: @escaping @Sendable (ReplayProgress) -> Void
  ) {
    self.connection = connection
    self.reader = reader
    self.warehouse = warehouse
    // Single batches need not be on disk. The commit that ends the run is, and everything committed before it.
    rebuilder = DayRebuilder(
      warehouse: warehouse, settlingDays: settlingDays, rewritesUnchanged: rewrites, commitsToDisk: false)
    self.interruption = interruption
    self.progress = progress
  }

  /// Loads the selected responses.
  public func load(_ selection: ArchiveSelection) async -> ReplayResult {
    await run(selection) { batch, result in
      do {
        result.add(try await rebuild(from: batch))
      } catch let error where !error.isDatabaseTrouble {
        // One response that cannot be loaded must not hold up the others.
        for response in batch.responses {
          do {
            result.add(try await rebuild(from: ResponseBatch([response])))
          } catch {
            result.errors.append(try response.loadError(error))
          }
        }
      }
    } finally: { _ in
      try await connection.run { [warehouse] db in
        try db.transaction {
          let devices = try warehouse.devices.keys(in: selection, on: db)
          try warehouse.devices.lock(devices, on: db)
          try warehouse.readings.refresh(devices, on: db)
        }
      }
    }
  }

  private func rebuild(from batch: ResponseBatch) async throws -> [DayRebuilder.Outcome] {
    try await connection.run { [rebuilder] db in try rebuilder.rebuild(from: batch, on: db) }
  }

  /// Compares the tables with the selected responses and changes nothing.
  public func check(_ selection: ArchiveSelection) async -> ReplayResult {
    await run(selection) { batch, result in
      result.note(try await connection.run { [rebuilder] db in try rebuilder.differences(batch, on: db) })
      result.deviceDays += batch.latest.count
      result.points += batch.pointCount
    } finally: { result in
      result.note(
        try await connection.run { [warehouse] db in try warehouse.comparison.surplus(in: selection, on: db) })
      result.devices = try await connection.run { [warehouse] db in try warehouse.devices.ids(on: db) }
    }
  }

  private func run(
    _ selection: ArchiveSelection, each body: (ResponseBatch, inout ReplayResult) async throws -> Void,
    finally end: (inout ReplayResult) async throws -> Void
  ) async -> ReplayResult {
    var result = ReplayResult()
    do {
      let unknown = try await connection.run { [warehouse] db in try warehouse.devices.unknown(in: selection, on: db) }
      guard unknown.isEmpty else { throw UnknownDevices(devices: unknown) }
      let extent = try await connection.run { [warehouse] db in try warehouse.archive.extent(of: selection, on: db) }
      var report = ReplayProgress(
        responses: 0, totalResponses: extent.responses, bytes: 0, totalBytes: extent.bytes, points: 0)
      let archive = ArchivePrefetch(
        try await ArchiveReader(selection, of: warehouse, responsesPerBatch: responsesPerBatch, on: reader))
      while let page = try await archive.next() {
        try interruption.check()
        result.errors += page.errors
        try await body(page.batch, &result)
        result.responses += page.batch.responses.count
        report.responses += page.batch.responses.count + page.errors.count
        report.bytes += page.bytes
        report.points += page.batch.pointCount
        progress(report)
      }
      try interruption.check()
      try await end(&result)
    } catch let reason as StopReason {
      result.stop = reason
    } catch {
      result.failure = error
    }
    result.signal = interruption.signal
    return result
  }
}

/// A queue of one: the next page is read while the one before is loaded.
private actor ArchivePrefetch {
  private var reader: ArchiveReader
  private var upcoming: Task<(ArchiveReader.Page?, ArchiveReader), any Error>?

  init(_ reader: ArchiveReader) {
    self.reader = reader
  }

  func next() async throws -> ArchiveReader.Page? {
    let (page, reader) = try await (upcoming ?? Self.read(reader)).value
    upcoming = page == nil ? nil : Self.read(reader)
    return page
  }

  private static func read(
    _ reader: ArchiveReader
  ) -> Task<(ArchiveReader.Page?, ArchiveReader), any Error> {
    Task {
      var reader = reader
      return (try await reader.next(), reader)
    }
  }
}
