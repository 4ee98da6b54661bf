import FleetModel
import Load
import Postgres
import Transform

extension DayRebuilder {
  /// A batch without what is erased, which is also removed from the archive. Responses that must go as a whole are left out.
  ///
  /// Call it in the transaction that loads the batch, once its devices are locked, before anything else is done with it.
  func admitted(
    _ batch: ResponseBatch, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> ResponseBatch {
    let erasures = remembered.erasures
    // A list mentions every device, so an erasure that does not concern lists of that time concerns no response of that time.
    func isConcerned(_ response: ReadResponse) -> Bool {
      erasures.concern(listsRequestedAt: response.archived.response.requestedAt)
    }
    guard batch.responses.contains(where: isConcerned) || batch.neighbours.contains(where: isConcerned) else {
      return batch
    }
    let responses = try batch.responses.compactMap { response in
      isConcerned(response) ? try admitted(response, remembered, on: db) : response
    }
    // Neighbours that were read before they were checked are read again where they are needed.
    return ResponseBatch(
      responses,
      neighbours: batch.neighbours.filter { !isConcerned($0) || $0.archived.erasedThrough >= remembered.through })
  }

  private func admitted(
    _ response: ReadResponse, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> ReadResponse? {
    let erasures = remembered.erasures
    guard response.archived.erasedThrough < remembered.through else { return response.withoutErasedReadings(erasures) }
    // It may have been redacted or deleted since it was read.
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

extension ResponseBatch {
  /// The batch as it would be loaded if all its responses are clean.
  func withoutErasedReadings(_ erasures: Erasures) -> ResponseBatch {
    ResponseBatch(responses.map { $0.withoutErasedReadings(erasures) }, neighbours: neighbours)
  }
}

extension ReadResponse {
  fileprivate func withoutErasedReadings(_ erasures: Erasures) -> ReadResponse {
    ReadResponse(archived, as: interpretation.withoutErasedReadings(of: archived.response, erasures))
  }
}
