import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { stoppedMidway, world } from "../tests/durability/world.ts";
import type { App } from "./app.ts";

const SLOW = world({ turns: 40, pause: 5 });
const FAST = world({ turns: 20, pause: 0 });
const FIXTURES = { fixtures: ["slow_writer", "drifting"] };

async function assertIdentical(app: App, runId: string): Promise<void> {
  const report = await app.replay(runId);
  assertEquals(report.divergence, null);
  assertEquals([report.identical, report.code_changed, report.folder], [true, false, null]);
}

Deno.test("replaying a completed run is identical and leaves nothing behind", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: FAST });
    const before = [...Deno.readDirSync(app.folder(run_id))].map(({ name }) => name).sort();
    await assertIdentical(app, run_id);
    assertEquals([...Deno.readDirSync(app.folder(run_id))].map(({ name }) => name).sort(), before);
    assertEquals([...Deno.readDirSync(`${app.folder(run_id)}/../.replay`)], []);
    const { folder } = await app.replay(run_id, { keep: true });
    assertTrue(Deno.statSync(`${folder}/events.jsonl`).isFile);
  });
});

Deno.test("replaying a failed run fails in the same way, artefacts of the failing turn included", async () => {
  await withApp(FIXTURES, async (app) => {
    for (const [failAt, schedule] of [[9, "simultaneous"], [14, "sequential"]] as const) {
      const text = world({ turns: 20, pause: 0, failAt }).replace("seed: 3 }", `seed: 3, schedule: ${schedule} }`);
      const failed = await runToEnd(app, { text });
      assertEquals([failed.status, failed.turn, failed.error?.code], ["failed", failAt - 1, "agent_error"]);
      await assertIdentical(app, failed.run_id);
    }
  });
});

Deno.test("replaying a run that was cancelled, paused, interrupted or stopped by its watchdog is identical so far", async () => {
  await withApp(FIXTURES, async (app) => {
    for (const stop of ["cancel", "pause", "interrupt"] as const) {
      const run_id = await stoppedMidway(
        app,
        12,
        () => app.start({ text: SLOW }),
        (id) => stop === "interrupt" ? app.interrupt(id, "for the test") : app[stop](id),
      );
      await assertIdentical(app, run_id);
      if (stop === "cancel") continue;
      await app.resume(run_id);
      assertEquals((await app.wait(run_id)).status, "completed");
      await assertIdentical(app, run_id);
    }
    const { run_id, error } = await runToEnd(app, {
      text: world({ turns: 9000, pause: 2, extra: "limits: { max_minutes: 0.05, on_limit: fail }" }),
    });
    assertEquals(error?.code, "max_minutes");
    await assertIdentical(app, run_id);
  });
});

Deno.test("replaying a fork plays its parent's part by the parent's rules", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: FAST });
    const set = [{ path: "engine.drift", value: 5, from: "test" }];
    const fork = await app.fork(run_id, { turn: 10, set, seed: 4, state: { "agents.Ben.wealth": -7 } });
    assertEquals((await app.wait(fork.run_id)).status, "completed");
    await assertIdentical(app, fork.run_id);
  });
});

Deno.test("a change by hand in any file is found, with file and line", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: FAST });
    const folder = app.folder(run_id);
    const edits: [file: string, place: RegExp, edit: (text: string) => string][] = [
      [
        "events.jsonl",
        /^line 5$/,
        (text) => onLine(text, 5, (line) => line.replace(/"turn_number":\d+/, '"turn_number":9')),
      ],
      ["events.jsonl", /^line 3$/, (text) => onLine(text, 3, () => "not json")],
      ["events.jsonl", /^line 8$/, (text) => text.split("\n").toSpliced(7, 1).join("\n")],
      ["events.jsonl", /^line \d+$/, (text) => text + '{"id":'],
      ["global.jsonl", /^line 4$/, (text) => onLine(text, 4, (line) => line.replace('"turn":3', '"turn":33'))],
      ["agents.jsonl", /^line 42$/, (text) => onLine(text, 42, (line) => line.replace("Ben", "Eve"))],
      ["checkpoints/turn_7.json", /^character \d+$/, (text) => text.replace('"total":', '"total":1')],
      ["checkpoints/turn_14.json", /^character \d+$/, (text) => text.slice(0, 100)],
      ["files/summary.json", /^content$/, (text) => text + " "],
      ["files/journal_Ben.txt", /^content$/, (text) => onLine(text, 2, () => "2 0.5")],
      ["result.json", /^line \d+$/, (text) => text.replace('"termination_reason": "', '"termination_reason": "not ')],
      ["result.json", /^line 1$/, () => "{"],
    ];
    for (const [file, place, edit] of edits) {
      const path = `${folder}/${file}`;
      const text = Deno.readTextFileSync(path);
      const edited = edit(text);
      assertTrue(edited !== text, file);
      Deno.writeTextFileSync(path, edited);
      const { identical, divergence } = await app.replay(run_id);
      Deno.writeTextFileSync(path, text);
      assertEquals([identical, divergence?.file], [false, file]);
      assertMatches(divergence!.place, place);
    }
    Deno.mkdirSync(`${folder}/files/stranger`);
    assertEquals((await app.replay(run_id)).divergence?.file, "files/stranger/");
    Deno.removeSync(`${folder}/files/stranger`);
    Deno.removeSync(`${folder}/result.json`);
    assertEquals((await app.replay(run_id)).divergence?.place, "(missing)");
  });
});

Deno.test("the line named in result.json is the line in the file", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: FAST });
    const path = `${app.folder(run_id)}/result.json`;
    const lines = Deno.readTextFileSync(path).split("\n");
    const at = lines.findIndex((line) => line.includes('"total_turns"'));
    lines[at] = lines[at]!.replace("20", "21");
    Deno.writeTextFileSync(path, lines.join("\n"));
    const { divergence } = await app.replay(run_id);
    assertEquals(divergence, {
      file: "result.json",
      place: `line ${at + 1}`,
      recorded: '"total_turns": 21,',
      replayed: '"total_turns": 20,',
    });
  });
});

Deno.test("a domain that keeps state where no checkpoint sees it is found out", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = `domain: drifting
simulation: { name: drift, max_turns: 100 }
engine: { type: counting }
validator: { type: always_valid }
agents: [{ name: A, type: idle }]
state_variables: { agent_vars: {}, global_vars: { calls: { type: int, default: 0 } } }
`;
    // Paused, not interrupted: it must go on from a checkpoint, not from its start.
    const run_id = await stoppedMidway(app, 10, () => app.start({ text }), (id) => app.pause(id));
    await app.resume(run_id);
    await app.wait(run_id);
    const { identical, divergence } = await app.replay(run_id);
    assertEquals([identical, divergence?.file], [false, "global.jsonl"]);
    assertMatches(divergence!.recorded, /"calls":1/);
  });
});

Deno.test("replay refuses a run that is being played or has saved nothing", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const { run_id } = await app.start({ text: SLOW });
    const queued = await app.start({ text: SLOW });
    await assertRejects(() => app.replay(run_id), "run_is_live");
    await assertRejects(() => app.replay(queued.run_id), "run_is_live");
    await app.cancel(queued.run_id);
    await assertRejects(() => app.replay(queued.run_id), "nothing_to_replay");
    await assertRejects(() => app.replay("no_such_run"), "unknown_run");
    await app.cancel(run_id);
  });
});

Deno.test("replay says when the code is no longer what the run was played with", async () => {
  const source = Deno.readTextFileSync(new URL("../tests/fixtures/domains/slow_writer/mod.ts", import.meta.url));
  await withApp({ sources: { slow_writer: source } }, async (app, folder) => {
    const { run_id } = await runToEnd(app, { text: FAST });
    Deno.writeTextFileSync(`${folder}/domains/slow_writer/mod.ts`, source + "\n// changed\n");
    const { identical, code_changed } = await app.replay(run_id);
    assertEquals([identical, code_changed], [true, true]);
  });
});

function onLine(text: string, number: number, edit: (line: string) => string): string {
  return text.split("\n").map((line, i) => i === number - 1 ? edit(line) : line).join("\n");
}
