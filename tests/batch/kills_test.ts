/** A batch whose process is killed at whatever moment: what has been played stays, what is pending is played, nothing twice. */

import { join } from "node:path";
import { openApp } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli, documentOf, ended, impatiently, ROOT, runsIn, spawnCli, until, withFolder } from "../cli/support.ts";
import { difference } from "../durability/world.ts";
import { assertPlayedOnce, writing } from "./world.ts";

const SEEDS = 10;
/** Cells of the batch. */
const CELLS = 3;

/** Writes a batch of runs that take a while, and the configuration that knows their domain. */
async function prepare(folder: string): Promise<{ file: string; options: string[]; output: string }> {
  const output = join(folder, "out");
  const config = join(folder, "llm-sim.yaml");
  const repos = [{ name: "slow_writer", path: join(ROOT, "tests/fixtures/domains/slow_writer") }];
  await Deno.writeTextFile(config, JSON.stringify({ simulation_repos: repos, max_concurrent: 3 }));
  await Deno.writeTextFile(join(folder, "world.yaml"), JSON.stringify(writing({ turns: 15, pause: 5, interval: 3 })));
  const file = join(folder, "batch.yaml");
  const batch = {
    name: "killed",
    scenario: "world.yaml",
    grid: { wealth: { path: "agents.Ada.variables.wealth", values: [10, 20, 30] } },
    seeds: `1..${SEEDS}`,
  };
  await Deno.writeTextFile(file, JSON.stringify({ batch }));
  return { file, options: ["--output", output, "--config", config], output };
}

/** Runs in an output folder whose manifest says that they are complete. */
function completed(output: string): string[] {
  return runsIn(output).filter((run) => {
    try {
      return JSON.parse(Deno.readTextFileSync(join(output, run, "manifest.json"))).status === "completed";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

Deno.test({
  name: "kill -9 in the middle of a batch, twice: it is paused, resume plays what is pending, and nothing twice",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const { file, options, output } = await prepare(folder);
      const killed = spawnCli(["batch", file, ...options]);
      await until(() => completed(output).length >= 5, killed, 60);
      killed.kill("SIGKILL");
      await ended(killed);
      const before = completed(output);
      const untouched = new Map(before.map((run) => [run, Deno.readTextFileSync(join(output, run, "manifest.json"))]));

      const [shown] = documentOf(await cli(["batches", "list", "--json", ...options])).batches;
      assertEquals([shown.status, shown.reason], ["paused", "its process is gone"]);
      assertTrue(shown.runs.completed >= 5 && shown.runs.pending > 0, JSON.stringify(shown.runs));

      // The last member was made, but not noted whole: the kill came in between.
      const members = join(output, ".batches", shown.id, "members.jsonl");
      const lines = Deno.readTextFileSync(members).trimEnd().split("\n");
      Deno.writeTextFileSync(members, [...lines.slice(0, -1), lines.at(-1)!.slice(0, 9)].join("\n"));

      const again = spawnCli(["batches", "resume", "last", ...options]);
      await until(() => completed(output).length >= before.length + 4, again, 60);
      again.kill("SIGKILL");
      await ended(again);

      const last = await cli(["batches", "resume", "last", "--json", ...options]);
      assertEquals(last.code, 0, last.stderr);
      const { runs } = documentOf(last);
      assertEquals([runs.completed, runs.pending, runs.failed, runs.reused], [CELLS * SEEDS, 0, 0, 0]);
      for (const [run, manifest] of untouched) {
        assertEquals(Deno.readTextFileSync(join(output, run, "manifest.json")), manifest, "what was complete stays");
      }
      const app = await openApp({ output, config: join(folder, "llm-sim.yaml") });
      try {
        await assertPlayedOnce(app, shown.id);
        // A run that was cut short is the one that it would have been.
        const cut = (await app.list()).runs.find(({ history }) =>
          history.some(({ status }) => status === "interrupted")
        );
        assertTrue(cut, "the kills have hit runs");
        const row = (await app.batches.results(shown.id)).find(({ run_id }) => run_id === cut.run_id)!;
        const undisturbed = await app.start({
          file: join(folder, "world.yaml"),
          set: [
            { path: "agents.Ada.variables.wealth", value: row.params.wealth!, from: "test" },
            { path: "simulation.seed", value: row.seed, from: "test" },
          ],
        });
        assertEquals((await app.wait(undisturbed.run_id)).status, "completed");
        assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(cut.run_id)), null);
      } finally {
        await app.close();
      }
    }),
});

Deno.test({
  name: "Ctrl-C parks a batch and says the command that resumes it; that command plays the rest",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const { file, options, output } = await prepare(folder);
      const process = spawnCli(["batch", file, ...options]);
      await until(() => completed(output).length >= 2, process, 60);
      process.kill("SIGINT");
      const parked = await ended(process);
      assertEquals(parked.code, 130, parked.stderr);
      assertMatches(parked.stderr, /parking the batch \(Ctrl-C again: at once\)/);
      assertMatches(parked.stdout, /^paused {2}\d+\/30 runs .*: parked by Ctrl-C\n/);
      const next = parked.stdout.trimEnd().split("\n").at(-1)!;
      assertMatches(next, /^next {4}deno task batches resume killed_\S+ --output /);
      for (const run of runsIn(output)) {
        const { status } = JSON.parse(Deno.readTextFileSync(join(output, run, "manifest.json")));
        assertTrue(["completed", "paused"].includes(status), status);
      }
      const resumed = await cli([...next.split(" ").filter((word) => word !== "").slice(3), "--json"]);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals(documentOf(resumed).runs.completed, CELLS * SEEDS);
      assertEquals(runsIn(output).length, CELLS * SEEDS);
    }),
});

Deno.test({
  name: "a second Ctrl-C stops a batch whose turns do not end",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const { options, output } = await prepare(folder);
      const file = join(folder, "slow.yaml");
      const scenario = writing({ turns: 2, pause: 60_000 });
      await Deno.writeTextFile(file, JSON.stringify({ batch: { scenario, seeds: "1..4" } }));
      const process = spawnCli(["batch", file, ...options]);
      const result = ended(process);
      await until(() => runsIn(output).length > 0, process, 60);
      // The first parks, the next one that is a key press of its own stops.
      const { code, stdout, stderr } = await impatiently(process, result);
      assertEquals(code, 130, stderr);
      assertMatches(stdout, /^paused {2}0\/4 runs.*: parked by Ctrl-C/);
    }),
});
