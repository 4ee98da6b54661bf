import FleetModel
import Load
import Postgres
import Transform

extension Loader {
  /// A batch as it may be loaded: without what is erased, in the archive too. Responses of which nothing may be kept are not in it.
  ///
  /// Within the transaction that loads it, when its devices are locked, before anything else of it.
  func admitted(
    _ batch: LoadBatch, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> LoadBatch {
    let erasures = remembered.erasures
    // A list is about all devices: what concerns no list concerns nothing.
    func isConcerned(_ response: ReadResponse) -> Bool {
      erasures.concern(listsRequestedAt: response.archived.response.requestedAt)
    }
    guard batch.responses.contains(where: isConcerned) || batch.neighbours.contains(where: isConcerned) else {
      return batch
    }
    let responses = try batch.responses.compactMap { response in
      isConcerned(response) ? try admitted(response, remembered, on: db) : response
    }
    // What was read before it was checked is read again where it is needed.
    return LoadBatch(
      responses,
      neighbours: batch.neighbours.filter { !isConcerned($0) || $0.archived.erasedThrough >= remembered.through })
  }

  private func admitted(
    _ response: ReadResponse, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> ReadResponse? {
    let erasures = remembered.erasures
    guard response.archived.erasedThrough < remembered.through else { return response.withoutErasedReadings(erasures) }
    // It may have been cleaned or deleted since it was read.
    let archived: ArchivedResponse
    do {
      archived = try warehouse.archive.response(response.archived.key, on: db)
    } catch LoadError.responseMissing {
      return nil
    }
    switch archived.erasedThrough < remembered.through ? redaction(of: archived.response, erasing: erasures) : .clean {
    case .delete:
      try warehouse.archive.deleteErased(archived.key, on: db)
      return nil
    case .clean:
      try warehouse.archive.noteClean(archived.key, through: remembered.through, on: db)
      return ReadResponse(archived).withoutErasedReadings(erasures)
    case .body(let body):
      try warehouse.archive.redact(
        archived.key, to: body, through: remembered.through, now: archived.response.answeredAt, on: db)
      return ReadResponse(archived.with(body: body)).withoutErasedReadings(erasures)
    }
  }
}

extension LoadBatch {
  /// As it would be loaded, if all its responses are clean.
  func withoutErasedReadings(_ erasures: Erasures) -> LoadBatch {
    LoadBatch(responses.map { $0.withoutErasedReadings(erasures) }, neighbours: neighbours)
  }
}

extension ReadResponse {
  fileprivate func withoutErasedReadings(_ erasures: Erasures) -> ReadResponse {
    ReadResponse(archived, as: interpretation.withoutErasedReadings(of: archived.response, erasures))
  }
}
