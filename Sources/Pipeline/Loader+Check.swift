import FleetModel
import FoundationEssentials
import Load
import Postgres

extension Loader {
  /// What loading a batch would change, and what it would not notice: every row is compared, not its hash. Writes nothing.
  func differences(_ given: LoadBatch, on db: isolated Connection) throws -> [Difference] {
    try db.transaction {
      // One moment for all tables, whoever loads meanwhile.
      try db.script("set transaction isolation level repeatable read, read only")
      try db.preferIndexes()
      let batch = given.withoutErasedReadings(try warehouse.erasures.remembered(on: db).erasures)
      let named = Set(batch.responses.flatMap(\.namedDevices))
      let keys = try warehouse.devices.knownKeys(of: named, on: db)
      var differences = named.subtracting(keys.keys).sorted().map {
        Difference("device \($0) is not among the devices")
      }
      let known = batch.readings.filter { keys[$0.reading.device] != nil }
      differences += try warehouse.comparison.differences(from: known, keys: keys, on: db)

      let scene = try Scene(batch, keys: keys, in: warehouse, on: db)
      differences += scene.fresh.map {
        Difference(device: $0.device, day: $0.key.day, "it is not noted which days response \($0.key.number) tells of")
      }
      differences += try warehouse.comparison.differences(from: scene.assemble(on: db), fetched: scene.fetched, on: db)
      differences += try warehouse.checkpoints.missing(among: scene.supersededOnly, on: db).map {
        Difference(device: $0.device, day: $0.day, "the checkpoint is missing")
      }
      let states = try warehouse.states.differing(
        scene.reviews(changed: []), days: scene.days, settlingDays: settlingDays, on: db)
      differences += states.map { day, state in
        Difference(
          device: day.device, day: day.day, "its state should be \(state.name)\(state.reason.map { " (\($0))" } ?? "")")
      }
      differences += try warehouse.comparison.odometerDifferences(of: scene.days, on: db)
      let findings = try scene.findings(on: db)
      let responses = Dictionary(batch.responses.map { ($0.archived.key.number, $0) }) { first, _ in first }
      differences += try warehouse.findings.differing(findings, on: db).map { number in
        Difference(
          device: responses[number]?.archived.device, day: responses[number]?.asked?.day,
          "the findings about response \(number) differ")
      }
      return differences
    }
  }
}

extension ReadResponse {
  /// All devices that it says something about.
  var namedDevices: [DeviceID] { readings.map(\.device) + findings.compactMap(\.device) }
}
