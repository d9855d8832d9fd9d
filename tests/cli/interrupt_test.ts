/** Ctrl-C and SIGTERM: the run is parked, the command that continues it is said, and nothing of it is lost. */

import { join } from "node:path";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import {
  cli,
  documentOf,
  ended,
  hasPlayed,
  impatiently,
  runsIn,
  SCENARIOS,
  spawnCli,
  stubbornConfig,
  stubbornScenario,
  until,
  withFolder,
} from "./support.ts";

/** A run of some seconds. */
const LONG = [
  ...["run", join(SCENARIOS, "extended_test.yaml"), "--max-turns", "40000", "--verbosity", "MILESTONE"],
  ...["--set", "simulation.termination.max_value=1e300", "--set", "engine.interest_rate=0.0000001"],
  ...["--set", "simulation.checkpoint_interval=1000"],
];

Deno.test({
  name: "Ctrl-C parks the run and prints the command that resumes it; it then ends as if nothing had happened",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (output) => {
      const process = spawnCli([...LONG, "--output", output]);
      await until(() => hasPlayed(output), process);
      // `deno task` passes on what the terminal has sent to every process: one Ctrl-C arrives twice.
      process.kill("SIGINT");
      process.kill("SIGINT");
      const parked = await ended(process);
      assertEquals(parked.code, 130, parked.stderr);
      assertMatches(parked.stderr, /^finishing this turn, then parking the run \(Ctrl-C again: stop at once\)\n$/);
      const [id] = runsIn(output);
      assertMatches(parked.stdout, /^paused in turn \d+: /);
      const next = `next    deno task resume ${id} --output ${output}`;
      assertEquals(parked.stdout.trimEnd().split("\n").at(-1), next);

      const before = JSON.parse(await Deno.readTextFile(join(output, id!, "manifest.json")));
      assertEquals(before.status, "paused");
      assertTrue(before.turn > 0 && before.turn < 40000, `parked in turn ${before.turn}`);
      // The words are the command: nothing has to be filled in.
      const resumed = await cli([...next.split(" ").filter((word) => word !== "").slice(3), "--json"]);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals([documentOf(resumed).status, documentOf(resumed).turn], ["completed", 40000]);
      const rows = (await Deno.readTextFile(join(output, id!, "global.jsonl"))).trimEnd().split("\n");
      assertEquals(rows.map((row) => JSON.parse(row).turn), Array.from({ length: 40001 }, (_, turn) => turn));

      const replay = await cli(["replay", id!, "--output", output]);
      assertEquals(replay.stdout.trimEnd().split("\n").at(-1), "identical");
      assertEquals(replay.code, 0);
    }),
});

Deno.test({
  name: "SIGTERM parks too; with --json the one document says so",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (output) => {
      const process = spawnCli([...LONG, "--json", "--output", output]);
      await until(() => hasPlayed(output), process);
      process.kill("SIGTERM");
      const parked = await ended(process);
      assertEquals(parked.code, 130, parked.stderr);
      const document = documentOf(parked);
      assertEquals(document.status, "paused");
      assertEquals(document.output, join(output, document.run_id));
      const state = JSON.parse(await Deno.readTextFile(join(document.output, "checkpoints", "last.json")));
      assertEquals(state.state.turn, document.turn);
      assertEquals(state.state.global_state, document.final.global_state);
    }),
});

Deno.test({
  name: "a second Ctrl-C stops a run whose turn does not end",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const output = join(folder, "out");
      const config = await stubbornConfig(folder);
      const scenario = await stubbornScenario(folder, "endless");
      const process = spawnCli(["run", scenario, "--json", "--config", config, "--output", output]);
      const result = ended(process);
      await until(() => hasPlayed(output), process);
      // The first parks, the next one that is a key press of its own stops.
      const { code, stdout, stderr } = await impatiently(process, result);
      assertEquals(code, 130, stderr);
      const document = JSON.parse(stdout);
      assertEquals([document.status, document.turn], ["interrupted", 0]);
      assertMatches(document.termination_reason, /Ctrl-C/);
      const { runs } = documentOf(await cli(["runs", "list", "--json", "--config", config, "--output", output]));
      assertEquals(runs[0].status, "interrupted");
    }),
});
