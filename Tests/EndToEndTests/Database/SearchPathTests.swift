import Foundation
import TestSupport
import Testing

/// Whoever may make functions somewhere must not get the program to call them.
@Suite struct `A search path of somebody else` {
  @Test func `leads no statement of the program astray`() async throws {
    try await withStage { stage in
      // As an attacker would: functions and operators of the names that statements use, found before the real ones.
      _ = try await Program.tool(
        "psql",
        [
          "-Xqc",
          """
          create schema evil;
          create function evil.trap(int, int) returns boolean language plpgsql as $$ begin raise exception 'trapped'; end $$;
          create function evil.trap(text, text) returns boolean language plpgsql as $$ begin raise exception 'trapped'; end $$;
          create function evil.trap(bigint, bigint) returns boolean language plpgsql as $$ begin raise exception 'trapped'; end $$;
          create operator evil.= (leftarg = int, rightarg = int, function = evil.trap);
          create operator evil.= (leftarg = text, rightarg = text, function = evil.trap);
          create operator evil.= (leftarg = bigint, rightarg = bigint, function = evil.trap);
          """, stage.databaseURL,
        ])
      let led = "\(stage.databaseURL)?options=-csearch_path%3Devil%2Cpg_catalog"
      let trap = try await Program.tool("psql", ["-Xqc", "select 1 = 1", led])
      #expect(trap.errors.contains("trapped"), "the trap works")
      let logbook = ["logbook", "--device", "492", "--month", String("\(Days.ago(3))".prefix(7))]
      let commands = [
        ["run"], Days.backfill(from: 3, to: 2), ["status"], ["unblock"], ["doctor"], ["migrate"],
        ["replay", "--check"], logbook,
      ]
      for command in commands {
        let outcome = try await stage.etl(command, with: ["DATABASE_URL": led])
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
        #expect(!(outcome.output + outcome.errors).contains("trapped"), "\(command)")
      }
      #expect(try await stage.rows("select from bi.logbook").count > 0)
    }
  }
}
