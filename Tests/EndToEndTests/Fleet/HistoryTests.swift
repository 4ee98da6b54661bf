import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// An API that serves only so many days, and answers older ones as if the vehicle had not been used.
@Suite struct `The API's history` {
  @Test func `ends a backfill with 0 after a few calls beyond it, and no day beyond it is complete`() async throws {
    try await withStage([.delivery], configure: { $0.history = .days(20) }) { stage in
      try await stage.succeed(["run"])
      let plan = try await stage.etl(Days.backfill(from: 200, to: 1, "--dry-run"))
      #expect(plan.code == 0 && plan.output.contains("older than any known route"), "\(plan)")
      #expect(stage.askedDays.count <= 1)

      let outcome = try await stage.etl(Days.backfill(from: 200, to: 1))
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(stage.askedDays.filter { $0.day < Days.ago(20) }.count <= 20)
      let open = try await stage.rows(
        "select from etl.checkpoint where state = 'pending' and day >= date '\(Days.ago(20))'")
      #expect(open == [], "a day that the API serves was not fetched")
      let notAsked = try await stage.rows("select from etl.checkpoint where state = 'pending'").count
      #expect(
        outcome.errors.contains("history seems to end before")
          && outcome.errors.contains("\(notAsked) older device-days were not asked for"), "\(outcome.errors)")
      let states = try await stage.rows(
        "select distinct state, reason from bi.data_coverage where day < date '\(Days.ago(20))'")
      #expect(states == ["(beyond_history,)", "(pending,)"])
      #expect(
        try await stage.rows("select from bi.local_day where is_complete and local_date < date '\(Days.ago(20))'") == []
      )
      // Nothing of it is asked for again, unless --beyond says so.
      let (calls, range) = (stage.askedDays.count, Days.backfill(from: 24, to: 21))
      #expect(try await stage.etl(range).code == 0)
      #expect(stage.askedDays.count == calls)
      #expect(try await stage.etl(range + ["--beyond"]).code == 0)
      #expect(stage.askedDays.count > calls)
    }
  }

  @Test func `is as long as one route shows, whatever the order of calls`() async throws {
    try await withStage([.delivery]) { stage in
      // Friday to Sunday.
      try await stage.succeed(Days.backfill(from: 122, to: 120))
      try await stage.succeed(Days.backfill(from: 60, to: 54))
      let states = try await stage.rows(
        "select distinct state from bi.data_coverage where day >= date '\(Days.ago(122))' and reason is distinct from 'sealed'"
      )
      #expect(Set(states).isSubset(of: ["(final)", "(empty)"]), "\(states)")
    }
  }
}

/// Nights after which nothing can be said of any vehicle.
@Suite struct `A fleet that has fallen silent` {
  @Test func `is exit code 2 from the second night in a row on`() async throws {
    try await withStage(
      [.delivery, .commuter],
      outages: { _ in [Outage(from: Days.ago(4).start, until: nil)] }
    ) { stage in
      let first = try await stage.etl(["run"])
      #expect(first.code == 0, "one silent night is no alarm: \(first.errors)")
      #expect(try await stage.rows("select listed_devices, judged_devices from etl.night") == ["(2,0)"])
      // As if the night before had been the same.
      try await stage.execute(
        "insert into etl.night select account_key, day - 1, listed_devices, judged_devices from etl.night")
      let second = try await stage.etl(["run"])
      #expect(second.code == 2, "\(second)")
      #expect(second.errors.contains("no device in the device list has been heard from"))
      let visit = try Visit(await stage.etl(["doctor", "--format", "json"]))
      #expect(visit.verdicts["vehicles"] == "problem")
      #expect(visit.finding("vehicles").contains("2 nights in a row"))
    }
  }
}
