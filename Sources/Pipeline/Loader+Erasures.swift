import FleetModel
import Load
import Postgres
import Transform

extension Loader {
  /// A batch as it may be loaded: without what is erased, in the archive too. Answers of which nothing may be kept are not in it.
  ///
  /// Within the transaction that loads it, when its devices are locked, before anything else of it.
  func admitted(
    _ batch: LoadBatch, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> LoadBatch {
    let erasures = remembered.erasures
    // A list is about all devices: what concerns no list concerns nothing.
    func isConcerned(_ answer: ReadAnswer) -> Bool {
      erasures.concern(listsRequestedAt: answer.archived.response.requestedAt)
    }
    guard batch.answers.contains(where: isConcerned) || batch.neighbours.contains(where: isConcerned) else {
      return batch
    }
    let answers = try batch.answers.compactMap { answer in
      isConcerned(answer) ? try admitted(answer, remembered, on: db) : answer
    }
    // What was read before it was checked is read again where it is needed.
    return LoadBatch(
      answers,
      neighbours: batch.neighbours.filter { !isConcerned($0) || $0.archived.erasedThrough >= remembered.through })
  }

  private func admitted(
    _ answer: ReadAnswer, _ remembered: RememberedErasures, on db: isolated Connection
  ) throws -> ReadAnswer? {
    let erasures = remembered.erasures
    guard answer.archived.erasedThrough < remembered.through else { return answer.withoutErasedReadings(erasures) }
    // It may have been cleaned or deleted since it was read.
    let archived: ArchivedResponse
    do {
      archived = try warehouse.response(answer.archived.key, on: db)
    } catch LoadError.responseMissing {
      return nil
    }
    switch archived.erasedThrough < remembered.through ? redaction(of: archived.response, erasing: erasures) : .clean {
    case .delete:
      try warehouse.deleteErased(archived.key, on: db)
      return nil
    case .clean:
      try warehouse.noteClean(archived.key, through: remembered.through, on: db)
      return ReadAnswer(archived).withoutErasedReadings(erasures)
    case .body(let body):
      try warehouse.redact(
        archived.key, to: body, through: remembered.through, now: archived.response.answeredAt, on: db)
      return ReadAnswer(archived.with(body: body)).withoutErasedReadings(erasures)
    }
  }
}

extension LoadBatch {
  /// As it would be loaded, if all its answers are clean.
  func withoutErasedReadings(_ erasures: Erasures) -> LoadBatch {
    LoadBatch(answers.map { $0.withoutErasedReadings(erasures) }, neighbours: neighbours)
  }
}

extension ReadAnswer {
  fileprivate func withoutErasedReadings(_ erasures: Erasures) -> ReadAnswer {
    ReadAnswer(archived, as: interpretation.withoutErasedReadings(of: archived.response, erasures))
  }
}
