import FleetModel
import FoundationEssentials
import Load
import Postgres

extension DayRebuilder {
  /// Compares the tables with what a batch makes of them, row by row rather than by hash. Writes nothing.
  func differences(_ given: ResponseBatch, on db: isolated Connection) throws -> [Difference] {
    try db.transaction {
      // One snapshot of all tables, even while other processes load.
      try db.script("set transaction isolation level repeatable read, read only")
      try db.preferIndexes()
      let batch = given.withoutErasedReadings(try warehouse.erasures.remembered(on: db).erasures)
      let mentioned = Set(batch.responses.flatMap(\.mentionedDevices))
      let keys = try warehouse.devices.knownKeys(of: mentioned, on: db)
      let plan = try self.plan(batch, keys: keys, on: db)
      var archive = ResponseCache(batch, warehouse)

      var differences = mentioned.subtracting(keys.keys).sorted().map {
        Difference("device \($0) is missing in warehouse.device")
      }
      let readings = batch.readings.filter { keys[$0.reading.device] != nil }
      differences += try warehouse.comparison.differences(from: readings, keys: keys, on: db)
      differences += plan.newResponses.map {
        Difference(
          device: $0.device, day: $0.key.day, "the days that response \($0.key.number) reports are not recorded")
      }
      let days = try plan.rows(archived: archive.dayResponses(plan.missingResponses, on: db))
      differences += try warehouse.comparison.differences(from: days, fetched: plan.fetched, on: db)
      differences += try checkpointDifferences(plan, on: db)
      differences += try warehouse.comparison.spanFindingDifferences(of: plan.days, on: db)
      differences += try warehouse.reach.unknown(among: batch.served, on: db).map {
        Difference("\($0.day) was answered with a route \($0.age) days later, which is not recorded")
      }
      let findings = try plan.findings(previous: archive.previous(plan.earlierResponses, on: db))
      differences += try findingDifferences(findings, of: batch, on: db)
      return differences
    }
  }

  private func checkpointDifferences(_ plan: RebuildPlan, on db: isolated Connection) throws -> [Difference] {
    let missing = try warehouse.checkpoints.missing(among: plan.supersededOnly, on: db)
    let states = try warehouse.differingStates(
      plan.reviews(changed: []), days: plan.days, settlingDays: settlingDays, on: db)
    var differences = missing.map { Difference(device: $0.device, day: $0.day, "the checkpoint is missing") }
    for (day, state) in states {
      let reason = state.reason.map { " (\($0))" } ?? ""
      differences.append(
        Difference(device: day.device, day: day.day, "its state should be \(state.name)\(reason)"))
    }
    return differences
  }

  private func findingDifferences(
    _ findings: [Int64: [FindingRow]], of batch: ResponseBatch, on db: isolated Connection
  ) throws -> [Difference] {
    let responses = Dictionary(batch.responses.map { ($0.archived.key.number, $0) }) { first, _ in first }
    return try warehouse.findings.differing(findings, on: db).map { number in
      Difference(
        device: responses[number]?.archived.device, day: responses[number]?.asked?.day,
        "the findings about response \(number) differ")
    }
  }
}
