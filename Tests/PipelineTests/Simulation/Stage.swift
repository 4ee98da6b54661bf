import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Logging
import Postgres
import Synchronization
import TestSupport

@testable import Pipeline

/// Vendor, fleet, clock and database of a simulation, and what must hold in it.
final class Stage: Sendable {
  let scenario: Scenario
  let database: String
  let clock: StageClock
  let fleet: GeneratedFleet
  let simulator: Simulator
  let record = CallRecord()
  let apiOutages: [APIOutage]
  /// The simulation's own connection to the database.
  let connection: Connection

  static let logger = Logger(label: "stage") { _ in SwiftLogNoOpLogHandler() }

  /// Seconds after midnight at which cron starts the nightly run.
  static let nightlyStart = 300.0

  private init(_ scenario: Scenario, database: String, connection: Connection) {
    self.scenario = scenario
    self.database = database
    self.connection = connection
    clock = StageClock(scenario.firstDay.end)
    fleet = scenario.fleet
    apiOutages = scenario.apiOutages
    simulator = Simulator(
      Simulator.Configuration(
        accounts: [Simulator.Account(fleet: fleet, token: SimulatedVendor.token)],
        limits: Simulator.Limits(interval: scenario.interval, quota: scenario.quota), fault: scenario.fault))
  }

  /// Creates a stage with its own migrated database.
  static func set<Result>(
    _ scenario: Scenario, isolation: isolated (any Actor)? = #isolation, _ body: (Stage) async throws -> Result
  ) async throws -> Result {
    try await withMigratedTestDatabase { url in
      let connection = try await Connection.open(url, applicationName: "stage", logger: logger)
      try await connection.script(witnesses)
      let result = try await body(Stage(scenario, database: url, connection: connection))
      await connection.close()
      return result
    }
  }

  /// What a nightly run did.
  struct Night: Sendable {
    var began: Date
    var ended: Date
    var result: SyncResult
  }

  /// Plays the nights, with a run on each host; then calm ones until every day is complete.
  ///
  /// - Parameter others: what else happens concurrently.
  /// - Returns: the runs of the first host.
  func playNights(calmNights: Int = 6, alongside others: [StageClock.Part] = []) async throws -> [Night] {
    let nights = Mutex<[Night]>([])
    var parts = (0..<scenario.hosts).map { number in
      let host = Host(number: number, of: self)
      return StageClock.Part(at: clock.now + Double(number)) { [self] in
        for night in 1...scenario.nights + calmNights {
          let midnight = scenario.firstDay.advanced(by: night).start
          try await clock.sleep(until: midnight + Self.nightlyStart + Double(number) * 20)
          let began = clock.now
          let result = try await host.run(.nightly(firstDays: 1), mayDie: night <= scenario.nights)
          if number == 0 { nights.withLock { $0.append(Night(began: began, ended: clock.now, result: result)) } }
        }
        await host.leave()
      }
    }
    if scenario.strangersCalls > 0 { parts.append(stranger) }
    try await clock.perform(parts + others)
    return nights.withLock { $0 }
  }

  /// Another program with the same token, spread over the days.
  private var stranger: StageClock.Part {
    StageClock.Part(at: clock.now + 7) { [clock, scenario, simulator] in
      for time in scenario.strangersCallTimes {
        try await clock.sleep(until: time)
        _ = simulator.answer(.asking(.deviceList, from: "stranger"), at: clock.now)
      }
    }
  }

  /// Everything that is wrong now, in words; `until` is the last day that must be complete.
  func faults(until last: UTCDay) async throws -> [String] {
    try await record.violations(interval: scenario.interval, quota: scenario.quota) + unexpectedRefusals
      + connection.run { db in
        try db.query("select word from stage.violation order by 1").map { try $0.decode("word", as: String.self) }
      } + differences(until: last)
  }

  /// The vendor must never have a reason to refuse, except for another program's calls.
  private var unexpectedRefusals: [String] {
    simulator.log.refusals.filter {
      $0.address != "stranger" && !(scenario.strangersCalls > 0 && $0.refusal == .quotaExceeded)
    }.map { "\($0.arrival): the vendor refused with \($0.refusal.map { "\($0)" } ?? "?")" }
  }

  /// What the tables contain but should not, or lack.
  private func differences(until last: UTCDay) async throws -> [String] {
    let (routes, states) = try await connection.run { db in
      let routes = try db.query(
        """
        select format('%s %s %s %s %s %s', device_id, extract(epoch from departed_at)::bigint,
                      extract(epoch from arrived_at)::bigint, origin_mileage_km::bigint, destination_mileage_km::bigint,
                      pause_s) as line
        from warehouse.route join warehouse.device using (device_key) where day <= \(last)
        """
      ).map { try $0.decode("line", as: String.self) }
      let states = try db.query(
        """
        select device_id, day, state, reason, fetched_at from etl.checkpoint join warehouse.device using (device_key) where day <= \(last)
        """
      ).map { row in
        (
          DeviceDayID(device: try row.decode("device_id"), day: try row.decode("day")),
          (
            name: try row.decode("state", as: String.self), reason: try row.decode("reason", as: String?.self),
            fetchedAt: try row.decode("fetched_at", as: Date?.self)
          )
        )
      }
      return (Set(routes), Dictionary(uniqueKeysWithValues: states))
    }
    var words: [String] = []
    var truth: Set<String> = []
    var mayLack: Set<String> = []
    for device in devices {
      guard let installed = fleet.installed(device), installed <= last else { continue }
      for day in installed...last {
        let checkpoint = states[DeviceDayID(device: device, day: day)]
        if checkpoint?.reason == "settled", scenario.isOutOfReachWhileSettling(device, day) {
          mayLack.formUnion(fleet.routes(of: device, departingOn: day).map { $0.line(of: device) })
          continue
        }
        let expected = fleet.routes(of: device, departingOn: day)
        truth.formUnion(expected.map { $0.line(of: device) })
        if checkpoint?.name == "beyond_history", expected.isEmpty, let fetchedAt = checkpoint?.fetchedAt,
          !record.vouches(for: day, fetchedAt: fetchedAt, settlingDays: scenario.settlingDays, fleet)
        {
          continue
        }
        let state = checkpoint?.name ?? "not known"
        if state != (expected.isEmpty ? "empty" : "final") {
          words.append("device \(device), \(day): \(state), with \(expected.count) routes in truth")
        }
      }
    }
    words += truth.subtracting(routes).map { "missing: \($0)" }.sorted()
    words += routes.subtracting(truth).subtracting(mayLack).map { "extra: \($0)" }.sorted()
    return words
  }

  var devices: [DeviceID] {
    scenario.kinds.indices.map { DeviceID(492 + Int64($0)) }
  }

  /// Triggers that record a closed day that is called for or opened again, and that kill a host at a write.
  private static let witnesses = """
    create schema stage;
    create table stage.violation (word text);
    create table stage.closed (device_key integer, day date, call_key bigint, primary key (device_key, day));
    create function stage.note_state() returns trigger language plpgsql as $$
    begin
      if new.state in ('final', 'empty', 'beyond_history') then
        insert into stage.closed
        select new.device_key, new.day, coalesce(max(call_key), 0) from etl.api_call
        on conflict do nothing;
      elsif new.reason in ('heard_again', 'odometer_mismatch') then
        -- The two exceptions: new evidence against a closed day.
        delete from stage.closed where (device_key, day) = (new.device_key, new.day);
      elsif tg_op = 'UPDATE' and old.state in ('final', 'empty') then
        insert into stage.violation values (format('device key %s, %s: %s again', new.device_key, new.day, new.state));
      end if;
      return null;
    end $$;
    create trigger note_state after insert or update on etl.checkpoint for each row execute function stage.note_state();
    create function stage.note_call() returns trigger language plpgsql as $$
    begin
      insert into stage.violation
      select format('device key %s, %s: called for after it was closed', device_key, day)
      from stage.closed where device_key = new.device_key and day = new.day;
      return null;
    end $$;
    create trigger note_call after insert on etl.api_call for each row execute function stage.note_call();
    create function stage.count_write() returns trigger language plpgsql as $$
    declare
      write text := coalesce(nullif(current_setting('stage.write', true), ''), '0')::integer + 1;
    begin
      perform set_config('stage.write', write, false);
      if write = current_setting('stage.dies_at', true) then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(5);
      end if;
      return null;
    end $$;
    create trigger count_write after insert or update or delete on etl.api_call execute function stage.count_write();
    create trigger count_write after insert or update or delete on etl.response execute function stage.count_write();
    create trigger count_write after insert or update or delete on etl.unloaded_response execute function stage.count_write();
    create trigger count_write after insert or update or delete on etl.response_day execute function stage.count_write();
    create trigger count_write after insert or update or delete on etl.checkpoint execute function stage.count_write();
    create trigger count_write after insert or update or delete on warehouse.route execute function stage.count_write();
    create trigger count_write after insert or update or delete on warehouse.route_point execute function stage.count_write();
    create trigger count_write after insert or update or delete on warehouse.device_reading execute function stage.count_write();
    """
}

extension SimulatedRoute {
  fileprivate func line(of device: DeviceID) -> String {
    let times = [departedAt, arrivedAt].map { Int($0.timeIntervalSince1970) }
    return "\(device) \(times[0]) \(times[1]) \(originKm) \(destinationKm) \(pauseSeconds)"
  }
}
