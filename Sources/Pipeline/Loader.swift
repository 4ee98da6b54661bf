import FleetModel
import FoundationEssentials
import Load
import Postgres
import Transform

/// Turns archived answers into rows: Transform and Load in one transaction an answer.
struct Loader: Sendable {
  let warehouse: Warehouse
  /// Days after a day's end when it becomes final without proof.
  let settlingDays: Int

  /// What loading an answer changed.
  struct Outcome: Hashable, Sendable {
    /// Days whose rows were written; none when the content was unchanged.
    var writtenDays: [UTCDay] = []
    var routeCount = 0
    var pointCount = 0
    /// Nil for a list and for an answer that does not count.
    var state: DayState?
  }

  /// Loads one archived answer. Repeating it changes nothing, and the order of answers does not matter.
  func load(
    _ archived: ArchivedResponse, as interpretation: Interpretation, on db: isolated Connection
  ) throws -> Outcome {
    if case .day(let answer) = interpretation {
      for month in Set(answer.routes.map(\.day.startOfMonth)) {
        try warehouse.ensurePartition(of: .routePoint, for: month, on: db)
      }
    }
    return try db.transaction {
      var outcome = Outcome()
      switch interpretation {
      case .list(let list):
        try add(list.readings, from: archived, on: db)
        try warehouse.replaceFindings(list.findings, of: archived, on: db)
        let devices = try list.readings.map { try warehouse.deviceKey(of: $0.device, on: db) }
        let judged = try warehouse.judge(
          devices, includingPending: true, since: list.requestedAt, settlingDays: settlingDays, on: db)
        // As a seal the list ends the day before and begins its own.
        let day = UTCDay(containing: archived.response.answeredAt)
        try warehouse.compareOdometer(of: devices, days: judged.union([day.previous, day]).sorted(), on: db)
      case .day(let answer):
        outcome = try load(answer, from: archived, on: db)
      case .rejected(_, let findings):
        try warehouse.replaceFindings(findings, of: archived, on: db)
      }
      try warehouse.markLoaded(archived.key, on: db)
      return outcome
    }
  }

  private func load(_ answer: DayAnswer, from archived: ArchivedResponse, on db: isolated Connection) throws -> Outcome
  {
    let device = try warehouse.deviceKey(of: answer.device, on: db)
    try warehouse.lock(device, on: db)
    if let reading = answer.reading { try add([reading], from: archived, on: db) }
    let change = try previousAnswer(to: archived, of: device, on: db).flatMap { answer.change(since: $0) }
    try warehouse.replaceFindings(answer.findings + (change.map { [$0] } ?? []), of: archived, on: db)

    let days = try warehouse.noteDays(of: answer, from: archived, of: device, on: db)
    let rows = try days.map { day in
      let others = try warehouse.otherAnswers(for: day, of: device, besides: answer.askedDay, on: db).compactMap {
        if case .day(let other) = interpret($0.response) { other } else { nil }
      }
      let content = assemble(day, of: answer.device, from: [answer] + others)
      return DeviceDayRows(device: device, content: content, hash: content.contentHash)
    }
    let written = try warehouse.replace(rows, on: db)
    if !days.isEmpty {
      try warehouse.noteFetched(answer.askedDay, of: device, at: answer.requestedAt, on: db)
    }
    let judged = try warehouse.judge(
      [device], days: days, since: answer.requestedAt, settlingDays: settlingDays, on: db)
    try warehouse.compareOdometer(of: [device], days: judged.union(days).sorted(), on: db)
    return Outcome(
      writtenDays: written, routeCount: rows.first?.content.routes.count ?? 0,
      pointCount: rows.first?.content.pointCount ?? 0,
      state: try warehouse.dayFacts(answer.askedDay, of: device, on: db)?.state)
  }

  /// The latest usable answer for the same device-day that was requested before this one.
  private func previousAnswer(
    to archived: ArchivedResponse, of device: DeviceKey, on db: isolated Connection
  ) throws -> DayAnswer? {
    for key in try warehouse.earlierAnswers(than: archived, of: device, on: db) {
      if case .day(let answer) = interpret(try warehouse.response(key, on: db).response) { return answer }
    }
    return nil
  }

  private func add(_ readings: [DeviceReading], from archived: ArchivedResponse, on db: isolated Connection) throws {
    try warehouse.add(readings, from: archived, fingerprint: \.fingerprint, on: db)
  }
}
