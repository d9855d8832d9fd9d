import { assertEquals, assertMatches, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { world } from "../tests/durability/world.ts";
import { contentKey, VERSION } from "./identity.ts";
import type { RunConfig } from "./store/mod.ts";

const SOURCE = Deno.readTextFileSync(new URL("../tests/fixtures/domains/slow_writer/mod.ts", import.meta.url));
const TINY = world({ turns: 2, pause: 0 });

Deno.test("the content key is the same for the same inputs and differs with whatever changes a run's files", async () => {
  await withApp({ sources: { slow_writer: SOURCE } }, async (app, folder) => {
    const key = async (text: string, more: Record<string, unknown> = {}) => {
      const { content_key } = await runToEnd(app, { text, ...more });
      assertMatches(content_key, /^[0-9a-f]{64}$/);
      return content_key;
    };
    const set = (path: string, value: number | string) => ({ set: [{ path, value, from: "test" }] });
    const first = await key(TINY);
    const same: Record<string, string> = {
      again: await key(TINY),
      name: await key(world({ turns: 2, pause: 0, name: "other" })),
      description: await key(TINY.replace("simulation: {", "simulation: { description: words,")),
      logging: await key(TINY + "logging: { level: DEBUG }\n"),
      verbosity: await key(TINY.replace("verbosity: STATE", "verbosity: MILESTONE")),
      labels: await key(TINY, { labels: { a: "b" } }),
      "a comment": await key(`# words\n${TINY}`),
      "a value set to what it is": await key(TINY, set("engine.large_bytes", 0)),
    };
    for (const [what, found] of Object.entries(same)) assertEquals(found, first, what);
    const different: Record<string, string> = {
      seed: await key(world({ turns: 2, pause: 0, seed: 4 })),
      "seed by --set": await key(TINY, set("simulation.seed", 5)),
      sample: await key(TINY, { sample: 1 }),
      turns: await key(world({ turns: 3, pause: 0 })),
      "an agent's config": await key(world({ turns: 2, pause: 1 })),
      "the engine's config": await key(TINY, set("engine.drift", 1)),
      metrics: await key(TINY.replace("max: wealth", "min: wealth")),
    };
    Deno.writeTextFileSync(`${folder}/domains/slow_writer/helper.ts`, "export {};\n");
    different["a source file of the domain"] = await key(TINY);
    Deno.writeTextFileSync(`${folder}/domains/slow_writer/helper_test.ts`, "export {};\n");
    assertEquals(await key(TINY), different["a source file of the domain"], "a test of the domain");
    const keys = [first, ...Object.values(different)];
    assertEquals(new Set(keys).size, keys.length, JSON.stringify(different));
  });
});

Deno.test("the content key of a fork follows from its parent's key, turn, settings, seed and state, not from labels", async () => {
  await withApp({ sources: { slow_writer: SOURCE } }, async (app) => {
    const parent = await runToEnd(app, { text: TINY });
    const twin = await runToEnd(app, { text: TINY });
    const key = async (runId: string, spec: Parameters<typeof app.fork>[1]) => {
      const { run_id, content_key } = await app.fork(runId, spec);
      await app.wait(run_id);
      return content_key;
    };
    const set = (from: string) => [{ path: "engine.drift", value: 1, from }];
    const first = await key(parent.run_id, { turn: 1, set: set("--set") });
    assertEquals(await key(twin.run_id, { turn: 1, set: set("the notebook"), labels: { a: "b" } }), first);
    const others = [
      parent.content_key,
      await key(parent.run_id, { turn: 0, set: set("--set") }),
      await key(parent.run_id, { turn: 1 }),
      await key(parent.run_id, { turn: 1, set: set("--set"), seed: 9 }),
      await key(parent.run_id, { turn: 1, set: set("--set"), sample: 1 }),
      await key(parent.run_id, { turn: 1, set: set("--set"), state: { "agents.Ada.wealth": 1 } }),
    ];
    assertEquals(new Set([first, ...others]).size, others.length + 1);
  });
});

Deno.test("the first manifest says where a run comes from and who has it", async () => {
  await withApp({ sources: { slow_writer: SOURCE } }, async (app) => {
    const manifest = await app.start({ text: TINY, sample: 3, labels: { purpose: "test" } });
    const { run_id, repo, engine_version, status, history, turn, max_turns, seed, sample, labels, validity, process } =
      manifest;
    assertMatches(run_id, /^durable_2agents_\d{8}_\d{6}_01$/);
    assertEquals({ repo, engine_version, status, turn, max_turns, seed, sample, labels, validity }, {
      repo: "slow_writer",
      engine_version: VERSION,
      status: "queued",
      turn: 0,
      max_turns: 2,
      seed: 3,
      sample: 3,
      labels: { purpose: "test" },
      validity: { state: "valid", reasons: [] },
    });
    assertEquals([history.length, history[0]!.status, history[0]!.at], [1, "queued", manifest.created_at]);
    assertEquals(process?.pid, Deno.pid);
    const ended = await app.wait(run_id);
    assertTrue(ended.created_at <= ended.started_at! && ended.started_at! <= ended.ended_at!);
    assertEquals(ended.history.map(({ status, turn }) => [status, turn]), [["queued", 0], ["running", 0], [
      "completed",
      2,
    ]]);
  });
});

Deno.test("the content key knows files by their place beside the scenario, not by how that was named", () => {
  const key = (scenario_path: string, files: { [name: string]: string }) =>
    contentKey({
      code: { framework: "f", deno: "d", domain: "x" },
      config: {
        simulation: {},
        files: Object.fromEntries(Object.entries(files).map(([name, sha256]) => [name, { sha256, text: "" }])),
      } as unknown as RunConfig,
      seed: 1,
      sample: 0,
      scenario_path,
    });
  const first = key("a/s.yaml", { "a/x.csv": "1", "a/y.csv": "2" });
  assertEquals(key("./a/s.yaml", { "a/y.csv": "2", "a/x.csv": "1" }), first);
  const absolute = `${Deno.cwd()}/a`;
  assertEquals(key(`${absolute}/s.yaml`, { [`${absolute}/x.csv`]: "1", [`${absolute}/y.csv`]: "2" }), first);
  assertTrue(key("a/s.yaml", { "a/x.csv": "2", "a/y.csv": "1" }) !== first);
});
