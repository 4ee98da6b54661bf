import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Rebuilds the warehouse from the archive, or compares the two; makes no call.
///
/// While the database takes one batch in, the next one is read, so that both cores of a small machine have work. A batch is one
/// transaction. What is in the tables already is recognised by its hash: an interrupted replay is resumed by starting it again.
public struct Replay: Sendable {
  let connection: Connection
  let reader: Connection
  let warehouse: Warehouse
  let loader: Loader
  let interruption: Interruption
  let progress: @Sendable (ReplayProgress) -> Void
  /// Nobody waits for a batch, and a transaction has a price.
  var responsesPerBatch = 250

  /// - Parameters:
  ///   - connection: loads, or compares.
  ///   - reader: reads the archive meanwhile.
  ///   - rewrites: whether to write device-days again whose content is unchanged by their hash.
  public init(
    connection: Connection, reader: Connection, warehouse: Warehouse, settlingDays: Int, rewrites: Bool,
    interruption: Interruption, progress: @escaping @Sendable (ReplayProgress) -> Void
  ) {
    self.connection = connection
    self.reader = reader
    self.warehouse = warehouse
    // Nothing waits for a batch alone; the end of the run is on disk, and with it all that was committed before.
    loader = Loader(
      warehouse: warehouse, settlingDays: settlingDays, rewritesUnchanged: rewrites, commitsToDisk: false)
    self.interruption = interruption
    self.progress = progress
  }

  /// Loads the selected responses.
  public func load(_ selection: ArchiveSelection) async -> ReplayResult {
    await run(selection) { batch, result in
      do {
        result.add(try await connection.run { [loader] db in try loader.load(batch, on: db) })
      } catch let error as PostgresError where error.isUnavailable || error.isCancelled || error.trouble != nil {
        throw error
      } catch {
        // One response that cannot be loaded does not hold up the others.
        for response in batch.responses { try await load(response, &result) }
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

  private func load(_ response: ReadResponse, _ result: inout ReplayResult) async throws {
    do {
      result.add(try await connection.run { [loader] db in try loader.load(LoadBatch([response]), on: db) })
    } catch let error as PostgresError where error.isUnavailable || error.isCancelled || error.trouble != nil {
      throw error
    } catch {
      result.errors.append(
        "response \(response.archived.key.number) to \(response.archived.response.request): \(error)")
    }
  }

  /// Compares the tables with the selected responses and changes nothing.
  public func check(_ selection: ArchiveSelection) async -> ReplayResult {
    await run(selection) { batch, result in
      result.note(try await connection.run { [loader] db in try loader.differences(batch, on: db) })
      result.deviceDays += batch.latest.count
      result.points += batch.pointCount
    } finally: { result in
      result.note(
        try await connection.run { [warehouse] db in try warehouse.comparison.surplus(in: selection, on: db) })
      result.devices = try await connection.run { [warehouse] db in try warehouse.devices.ids(on: db) }
    }
  }

  private func run(
    _ selection: ArchiveSelection, each body: (LoadBatch, inout ReplayResult) async throws -> Void,
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
      while let batch = try await archive.next() {
        try interruption.check()
        result.errors += batch.errors
        try await body(batch.load, &result)
        result.responses += batch.load.responses.count
        report.responses += batch.load.responses.count + batch.errors.count
        report.bytes += batch.bytes
        report.points += batch.load.pointCount
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

/// A queue of one: the next batch is read while the one before is worked on.
private actor ArchivePrefetch {
  private var reader: ArchiveReader
  private var upcoming: Task<(ArchiveReader.Batch?, ArchiveReader), any Error>?

  init(_ reader: ArchiveReader) {
    self.reader = reader
  }

  func next() async throws -> ArchiveReader.Batch? {
    let (batch, reader) = try await (upcoming ?? Self.read(reader)).value
    upcoming = batch == nil ? nil : Self.read(reader)
    return batch
  }

  private static func read(
    _ reader: ArchiveReader
  ) -> Task<(ArchiveReader.Batch?, ArchiveReader), any Error> {
    Task {
      var reader = reader
      return (try await reader.next(), reader)
    }
  }
}
