import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { difference, reached, stoppedMidway, world } from "../tests/durability/world.ts";
import type { SimError } from "../framework/mod.ts";
import type { App } from "./app.ts";

const TURNS = 20;
const SCENARIO = world({ turns: TURNS, pause: 0 });
const FIXTURES = { fixtures: ["slow_writer"] };

/** Events without what may differ, by line. */
function events(app: App, runId: string): Record<string, unknown>[] {
  return Deno.readTextFileSync(`${app.folder(runId)}/events.jsonl`).trimEnd().split("\n").map((line) => {
    const { timestamp: _t, event_id: _e, simulation_id, ...event } = JSON.parse(line);
    assertEquals(simulation_id, runId);
    return event;
  });
}

function upTo(turn: number, rows: Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.filter((row) => Number(row.turn_number) <= turn && row.event_type !== "SYSTEM");
}

function after(turn: number, rows: Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.filter((row) => Number(row.turn_number) > turn && row.event_type !== "SYSTEM");
}

function journal(app: App, runId: string, lines: number): string[] {
  return Deno.readTextFileSync(`${app.folder(runId)}/files/journal_Ada.txt`).split("\n").slice(0, lines);
}

async function ended(app: App, started: Promise<{ run_id: string }>): Promise<string> {
  const { run_id } = await started;
  const { status, status_reason } = await app.wait(run_id);
  assertEquals(status, "completed", status_reason ?? "");
  return run_id;
}

Deno.test("a fork without changes equals its parent, wherever it leaves it", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    for (const turn of [0, 7, 11, TURNS]) {
      const fork = await ended(app, app.fork(run_id, { turn }));
      assertEquals(events(app, fork), events(app, run_id), `turn ${turn}`);
      for (const log of ["global.jsonl", "agents.jsonl", "files/journal_Ada.txt", "files/summary.json"]) {
        const read = (id: string) => Deno.readTextFileSync(`${app.folder(id)}/${log}`);
        assertEquals(read(fork), read(run_id), `${log}, turn ${turn}`);
      }
      assertEquals(await app.checkpoints(fork), [...new Set([0, 7, 14, TURNS, turn])].sort((a, b) => a - b));
    }
  });
});

Deno.test("a fork shares its parent's turns and differs from then on by what was set, the seed or the state", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const before = upTo(9, events(app, run_id));
    const specs = [
      { turn: 9, set: [{ path: "engine.drift", value: 5, from: "test" }] },
      { turn: 9, seed: 99 },
      { turn: 9, set: [{ path: "simulation.seed", value: 99, from: "test" }] },
      { turn: 9, state: { "agents.Ada.wealth": 1000 } },
    ];
    for (const spec of specs) {
      const fork = await ended(app, app.fork(run_id, spec));
      const found = events(app, fork);
      assertEquals(upTo(9, found), before, JSON.stringify(spec));
      assertTrue(
        JSON.stringify(after(9, found)) !== JSON.stringify(after(9, events(app, run_id))),
        JSON.stringify(spec),
      );
      const { parent, seed } = await app.status(fork);
      const reseeded = spec.seed !== undefined || spec.set?.[0]?.path === "simulation.seed";
      assertEquals([parent?.run_id, parent?.turn, seed], [run_id, 9, reseeded ? 99 : 3]);
      // Agents draw by seed, and by nothing else.
      const same = JSON.stringify(journal(app, fork, 21)) === JSON.stringify(journal(app, run_id, 21));
      assertEquals(same, !reseeded);
      assertEquals(journal(app, fork, 9), journal(app, run_id, 9));
    }
  });
});

Deno.test("a state given to a fork is an input of its first own turn and is not applied again by a resume", async () => {
  await withApp(FIXTURES, async (app) => {
    const slow = world({ turns: TURNS, pause: 8 });
    const { run_id } = await runToEnd(app, { text: slow });
    const spec = { turn: 5, state: { "agents.Ada.wealth": 1000 } };
    const undisturbed = await ended(app, app.fork(run_id, spec));
    const inputs = events(app, undisturbed).filter((event) => event.event_type === "INTERVENTION");
    assertEquals(inputs.map((event) => event.turn_number), [6]);
    const fork = () => app.fork(run_id, spec);
    const disturbed = await stoppedMidway(app, 8, fork, (id) => app.interrupt(id, "for the test"));
    await app.resume(disturbed);
    assertEquals((await app.wait(disturbed)).status, "completed");
    assertEquals(await difference(app.folder(undisturbed), app.folder(disturbed)), null);
  });
});

Deno.test("a fork stopped in the turns it inherits ends as an undisturbed one, by pause, step and interruption", async () => {
  await withApp(FIXTURES, async (app) => {
    const slow = world({ turns: 30, pause: 20, interval: 50 });
    const { run_id } = await runToEnd(app, { text: slow });
    const spec = { turn: 20, seed: 8, set: [{ path: "engine.drift", value: 1, from: "test" }] };
    const undisturbed = await ended(app, app.fork(run_id, spec));
    // The parent has a checkpoint at 0 only: the fork plays 20 turns by its parent's rules.
    const disturbed = (await app.fork(run_id, spec)).run_id;
    await reached(app, disturbed, 3);
    assertEquals((await app.pause(disturbed)).status, "paused");
    const stood = (await app.status(disturbed)).turn;
    assertTrue(stood < 20, `at ${stood}`);
    await app.step(disturbed);
    assertEquals((await app.wait(disturbed)).turn, stood + 1);
    await app.resume(disturbed);
    await reached(app, disturbed, stood + 4);
    await app.interrupt(disturbed, "for the test");
    await app.resume(disturbed);
    assertEquals((await app.wait(disturbed)).status, "completed");
    assertEquals(await difference(app.folder(undisturbed), app.folder(disturbed)), null);
  });
});

Deno.test("a fork at the last turn goes on when it may play more turns, with no end in its middle", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const fork = await ended(
      app,
      app.fork(run_id, { turn: TURNS, set: [{ path: "simulation.max_turns", value: 25, from: "test" }] }),
    );
    const longer = await runToEnd(app, { text: world({ turns: 25, pause: 0 }) });
    const withoutCheckpoints = (id: string) =>
      ["global.jsonl", "agents.jsonl", "files/journal_Ben.txt"].map((log) =>
        Deno.readTextFileSync(`${app.folder(id)}/${log}`)
      );
    assertEquals(withoutCheckpoints(fork), withoutCheckpoints(longer.run_id));
    assertEquals(events(app, fork).filter((event) => event.event_type === "SYSTEM").length, 2);
  });
});

Deno.test("a fork of a fork inherits from both", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const first = await ended(
      app,
      app.fork(run_id, { turn: 5, set: [{ path: "engine.drift", value: 2, from: "test" }] }),
    );
    const second = await ended(app, app.fork(first, { turn: 12, seed: 77 }));
    assertEquals(upTo(5, events(app, second)), upTo(5, events(app, run_id)));
    assertEquals(upTo(12, events(app, second)), upTo(12, events(app, first)));
    assertTrue(JSON.stringify(after(12, events(app, second))) !== JSON.stringify(after(12, events(app, first))));
    assertEquals((await app.replay(second)).divergence, null);
    // At the very turn the first left its parent, and before that, where it is only a copy.
    const same = await ended(app, app.fork(first, { turn: 5 }));
    assertEquals(events(app, same), events(app, first));
    const refused = await assertRejects(() => app.fork(first, { turn: 3 }), "bad_turn") as Error & { hint?: string };
    assertMatches(refused.hint!, new RegExp(`fork ${run_id} --turn 3`));
  });
});

Deno.test("a fork can be played anew from its start, with what was set for it", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const set = [{ path: "engine.drift", value: 2, from: "test" }];
    const fork = await ended(app, app.fork(run_id, { turn: 5, set }));
    const anew = await ended(app, app.fork(fork, { turn: 0 }));
    assertEquals(events(app, anew), events(app, await ended(app, app.fork(run_id, { turn: 0, set }))));
    assertTrue(JSON.stringify(upTo(5, events(app, anew))) !== JSON.stringify(upTo(5, events(app, fork))));
    assertEquals((await app.replay(anew)).divergence, null);
  });
});

Deno.test("a fork needs nothing of its parent any more", async () => {
  await withApp(FIXTURES, async (app) => {
    const slow = world({ turns: 30, pause: 10 });
    const { run_id } = await runToEnd(app, { text: slow });
    const undisturbed = await ended(app, app.fork(run_id, { turn: 12, seed: 5 }));
    const again = () => app.fork(run_id, { turn: 12, seed: 5 });
    const fork = await stoppedMidway(app, 15, again, (id) => app.interrupt(id, "for the test"));
    await app.delete(run_id);
    await app.resume(fork);
    assertEquals((await app.wait(fork)).status, "completed");
    assertEquals(await difference(app.folder(undisturbed), app.folder(fork)), null);
    assertEquals((await app.replay(fork)).divergence, null);
  });
});

Deno.test("a run that is being played can be forked", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = world({ turns: 60, pause: 2 });
    const { run_id } = await app.start({ text });
    await reached(app, run_id, 20);
    const fork = await ended(app, app.fork(run_id, { turn: 14 }));
    await app.wait(run_id);
    assertEquals(events(app, fork), events(app, run_id));
  });
});

Deno.test("a fork with a large file goes back as far as it must", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = world({ turns: 9, pause: 0, interval: 2, large: 3 << 20, rewriteLarge: false });
    const { run_id } = await runToEnd(app, { text });
    const fork = await ended(app, app.fork(run_id, { turn: 6 }));
    assertEquals(events(app, fork), events(app, run_id));
    assertEquals(Deno.statSync(`${app.folder(fork)}/files/large.bin`).size, 9 * (3 << 20));
    const rewriting = await runToEnd(app, {
      text: world({ turns: 6, pause: 0, interval: 2, large: 5 << 20, rewriteLarge: true }),
    });
    const other = await ended(app, app.fork(rewriting.run_id, { turn: 4 }));
    assertEquals(events(app, other), events(app, rewriting.run_id));
  });
});

Deno.test("changes of turns already played are refused, all of them at once, and leave no folder", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const set = (path: string, value: string | number) => ({ path, value, from: "test" });
    const refused = await assertRejects(
      () =>
        app.fork(run_id, { turn: 5, set: [set("agents.Ada.variables.wealth", 4), set("simulation.name", "other")] }),
      "changes_the_past",
    ) as Error & { issues?: readonly { message: string }[] };
    assertMatches(
      refused.issues!.map((issue) => issue.message).join("\n"),
      /simulation\.name[^]*agents\.Ada\.variables/,
    );
    await assertRejects(() => app.fork(run_id, { turn: 5, set: [set("agents.Ada.name", "Eve")] }), "changes_the_past");
    await assertRejects(
      () => app.fork(run_id, { turn: 5, set: [set("state_variables.agent_vars.wealth.default", 4)] }),
      "changes_the_past",
    );
    for (const turn of [-1, 1.5, 21, NaN]) await assertRejects(() => app.fork(run_id, { turn }), "bad_turn");
    const unknown = await assertRejects(() => app.fork(run_id, { turn: 5, set: [set("engine.drft", 4)] }));
    assertMatches(unknown.message, /drft/);
    assertEquals((await app.list()).runs.length, 1);
    assertEquals(
      [...Deno.readDirSync(`${app.folder(run_id)}/..`)].filter(({ name }) => !name.startsWith(".")).length,
      1,
    );
  });
});

Deno.test("a fork whose past cannot be copied leaves no folder", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    for (const turn of await app.checkpoints(run_id)) {
      Deno.removeSync(`${app.folder(run_id)}/checkpoints/turn_${turn}.json`);
    }
    await assertRejects(() => app.fork(run_id, { turn: 5 }), "no_checkpoint");
    assertEquals(
      [...Deno.readDirSync(`${app.folder(run_id)}/..`)].filter(({ name }) => !name.startsWith(".")).length,
      1,
    );
  });
});

Deno.test("a state that cannot be set is refused with its place, all of it at once, and leaves no folder", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    const refused = async (state: { [path: string]: string | number }) => {
      const { issues } = await assertRejects(() => app.fork(run_id, { turn: 5, state })) as SimError;
      return issues.map(({ file, code, message, hint }) => `${file} ${code} ${message} | ${hint}`);
    };
    const cases: [string, string | number, RegExp][] = [
      ["agents.Ada.wealth", "abc", /^--state invalid_value 'agents\.Ada\.wealth' .*abc/],
      ["sum(wealth)", 5, /^--state read_only_path 'sum\(wealth\)' cannot be set/],
      ["agents.Adda.wealth", 5, /^--state unknown_path .*did you mean 'Ada'/],
      ["agents.Ada.welth", 5, /^--state unknown_path .*did you mean 'wealth'/],
      ["agents.Ada.wealth.cents", 5, /^--state unknown_path .*there is no entry 'cents'/],
      ["global.", 5, /^--state bad_path /],
    ];
    for (const [path, value, message] of cases) assertMatches((await refused({ [path]: value })).join("\n"), message);
    assertEquals((await refused(Object.fromEntries(cases.map(([path, value]) => [path, value])))).length, cases.length);
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("an input that was torn when its host died is not part of a fork's past", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: SCENARIO });
    Deno.writeTextFileSync(`${app.folder(run_id)}/inputs.jsonl`, '{"seq":1,"ki');
    const fork = await ended(app, app.fork(run_id, { turn: 9, state: { "agents.Ada.wealth": 1000 } }));
    const inputs = Deno.readTextFileSync(`${app.folder(fork)}/inputs.jsonl`).trimEnd().split("\n");
    assertEquals(inputs.map((line) => JSON.parse(line).seq), [1]);
  });
});
