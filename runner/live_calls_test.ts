/** What a run asks, served with a real gateway, a real server and a real tape. */

import type { Call, ModelCall } from "../framework/mod.ts";
import { loadScenario } from "../framework/scenario/mod.ts";
import { asks, eventsOf, Hold, talk, tapeOf, tapeText, withModels } from "../tests/llm/world.ts";
import { runToEnd } from "../tests/support/app.ts";
import { assertEquals, assertMatches, assertTrue } from "../tests/support/assert.ts";
import { Scene, type SceneOptions } from "../tests/support/gateway.ts";
import { LiveCalls, type LiveCallsOptions } from "./live_calls.ts";
import { Tape } from "./store/mod.ts";

const SPENT = { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, retries: 0, reused_calls: 0, first_new: null };

const ASKED: ModelCall = {
  kind: "llm",
  agent: "A_1",
  turn: 1,
  purpose: "decide",
  n: 1,
  attempt: 1,
  role: "agent",
  messages: [{ role: "user", content: "What do you do?" }],
  schema: null,
};

/** What the simulation and the host were told. */
interface Desk {
  readonly calls: LiveCalls;
  readonly answers: Map<number, { readonly content?: string | undefined; readonly error?: string | undefined }>;
  readonly halts: string[];
  readonly scene: Scene;
  readonly path: string;
  /** Opens another one on the same tape. */
  readonly again: (options?: Partial<LiveCallsOptions>) => Promise<LiveCalls>;
}

/** Serves a run without a sandbox: `calls.receive` is what its process would ask. */
async function withDesk(options: SceneOptions, body: (desk: Desk) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llm-sim-test-" });
  const text = talk({ llm: "{ provider: test, model: test-model, max_retries: 0 }" });
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  const open: LiveCalls[] = [];
  try {
    await using scene = await Scene.open(options);
    const answers: Desk["answers"] = new Map();
    const halts: string[] = [];
    const path = `${folder}/llm.jsonl`;
    const made = (more: Partial<LiveCallsOptions> = {}) => {
      const calls = new LiveCalls({
        run_id: "r",
        plan: [{ until: null, scenario, seed: 1 }],
        tape: () => Tape.open(path, { mode: "record" }),
        parent: null,
        live: {
          gateway: scene.gateway,
          provider: () => Promise.resolve(scene.provider),
          limits: { max_cost_usd: null, max_tokens: null },
          spent: SPENT,
        },
        send: (message) => {
          if (message.t !== "answer") return;
          answers.set(message.id, { content: message.settled?.response?.content, error: message.error?.code });
          // The law: on disk before the simulation hears of it.
          const recorded = message.settled === undefined || Deno.readTextFileSync(path).includes('"seq":1');
          if (more.tape === undefined) assertTrue(recorded, "an answer that is not on the tape");
        },
        onWarning: () => {},
        onHalt: ({ code }) => halts.push(code),
        ...more,
      });
      open.push(calls);
      return calls;
    };
    const again = async (more?: Partial<LiveCallsOptions>) => {
      await open.at(-1)!.close();
      return made(more);
    };
    await body({ calls: made(), answers, halts, scene, path, again });
  } finally {
    for (const calls of open) await calls.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const entriesAt = (path: string) => Deno.readTextFileSync(path).trimEnd().split("\n").length;

Deno.test("a call that is asked for twice at once is made once, and both are answered", async () => {
  await withDesk({ server: { latency: 20 } }, async ({ calls, answers, scene, path }) => {
    await Promise.all([calls.receive(1, ASKED), calls.receive(2, ASKED), calls.receive(3, { ...ASKED, n: 2 })]);
    await calls.receive(4, ASKED);
    assertEquals([scene.server.received, entriesAt(path), answers.size], [2, 2, 4]);
    assertEquals(answers.get(1), answers.get(4));
    assertEquals((await calls.cost())?.calls, 2);
  });
});

Deno.test("a process that died is not answered; the one in its place finds what is under way, and what is on the tape", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const answer = async () => {
    await held;
    return "yes";
  };
  await withDesk({ server: { answer } }, async ({ calls, answers, scene }) => {
    const before = calls.receive(1, ASKED);
    await scene.server.whenReceived(1);
    calls.restarted();
    const after = calls.receive(7, ASKED);
    release();
    await Promise.all([before, after]);
    assertEquals([...answers.keys()], [7]);
    await calls.receive(8, ASKED);
    assertEquals([scene.server.received, answers.get(8)?.content], [1, "yes"]);
  });
});

Deno.test("a halt waits for what is under way, is told once, and lets nothing new begin", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const server: SceneOptions["server"] = {
    behave: ({ index }) => index === 1 ? { do: "error", status: 401 } : undefined,
    answer: async () => {
      await held;
      return "yes";
    },
  };
  await withDesk({ server }, async ({ calls, answers, halts, scene, path, again }) => {
    const slow = calls.receive(1, ASKED);
    await scene.server.whenReceived(1);
    const halted = calls.receive(2, { ...ASKED, n: 2 });
    await scene.server.whenReceived(2);
    const late = calls.receive(3, { ...ASKED, n: 3 });
    release();
    await Promise.all([slow, halted, late]);
    assertEquals([halts.length, halts[0], answers.get(2)], [1, "unauthorized", undefined]);
    await calls.receive(4, { ...ASKED, n: 4 });
    assertEquals([answers.has(1), answers.has(4), halts.length], [true, false, 1]);
    assertEquals(entriesAt(path), scene.server.answered);
    // It leaves no trace: resumed, it is made.
    const { received } = scene.server;
    const resumed = await again();
    await resumed.receive(5, { ...ASKED, n: 2 });
    await resumed.receive(6, ASKED);
    assertEquals([scene.server.received - received, answers.get(5)?.content, answers.get(6)?.content], [
      1,
      "yes",
      "yes",
    ]);
  });
});

Deno.test("what is cancelled halts the run, and what had been answered is kept", async () => {
  await withDesk({ server: { behave: ({ index }) => index === 0 ? undefined : "hang" } }, async (desk) => {
    const { calls, answers, halts, scene, path } = desk;
    await calls.receive(1, ASKED);
    const hanging = calls.receive(2, { ...ASKED, n: 2 });
    await scene.server.whenInFlight(1);
    calls.abort();
    await hanging;
    await calls.close();
    assertEquals([halts, [...answers.keys()], entriesAt(path)], [["cancelled"], [1], 1]);
  });
});

Deno.test("a tape that has changed halts the run: no agent is to blame", async () => {
  await withDesk({}, async ({ calls, answers, halts, path }) => {
    await calls.receive(1, ASKED);
    await Deno.writeTextFile(path, "x".repeat((await Deno.stat(path)).size));
    await calls.receive(2, ASKED);
    assertEquals([halts, answers.has(2)], [["bad_tape"], false]);
  });
});

Deno.test("without a tape calls are counted on from what the run had cost", async () => {
  await withDesk({}, async ({ again, answers }) => {
    const calls = await again({ tape: null });
    assertEquals([calls.used, await calls.cost()], [false, undefined]);
    await calls.receive(1, ASKED);
    await calls.receive(2, { ...ASKED, n: 2 });
    assertEquals([answers.size, (await calls.cost())?.calls], [2, 2]);
  });
});

Deno.test("a fork takes from its parent's tape what was answered there, and asks anew what was given up", async () => {
  const server: SceneOptions["server"] = { behave: ({ index }) => index === 1 ? "refusal" : undefined };
  await withDesk({ server }, async ({ calls, answers, scene, path, again }) => {
    await calls.receive(1, ASKED);
    await calls.receive(2, { ...ASKED, n: 2 });
    const own = `${path}.fork`;
    const fork = await again({
      run_id: "f",
      tape: () => Tape.open(own, { mode: "record" }),
      parent: { run_id: "r", tape: () => Tape.open(path, { mode: "read" }) },
    });
    await fork.receive(3, ASKED);
    await fork.receive(4, { ...ASKED, n: 2 });
    assertEquals(scene.server.received, 3);
    assertEquals([answers.get(3), (await fork.cost())?.reused_calls], [answers.get(1), 1]);
    assertTrue(Deno.readTextFileSync(own).split("\n")[0]!.includes('"reused_from":"r"'));
  });
});

Deno.test("addresses are kept for replays alone", async () => {
  await withDesk({}, async ({ calls, again, answers }) => {
    await calls.receive(1, ASKED);
    assertEquals(calls.asked.size, 0);
    const replay = await again({ live: null });
    await replay.receive(2, ASKED);
    assertEquals([replay.asked.size, answers.get(2)], [1, answers.get(1)]);
  });
});

Deno.test("a service that may not be asked is on the tape: the refusal is kept like an answer", async () => {
  await withDesk({}, async ({ calls, answers, path }) => {
    const call: Call = {
      kind: "http",
      agent: "A_1",
      turn: 1,
      purpose: "http",
      n: 1,
      attempt: 1,
      method: "GET",
      url: "http://127.0.0.1:1/",
      headers: {},
      body: null,
    };
    await calls.receive(1, call);
    assertEquals([answers.get(1)?.error, answers.get(1)?.content], [undefined, undefined]);
    assertMatches(Deno.readTextFileSync(path), /"error":\{"code":"http_not_allowed",.*"refused":true\}/);
  });
});

Deno.test("a run whose agents asked a service that may not be asked is replayed as it was", async () => {
  const text = talk({ turns: 2, config: 'url: "http://127.0.0.1:1/x"' }).replace(
    "count: 3,",
    "count: 3, on_error: skip,",
  );
  await withModels({}, async (app) => {
    const run = await runToEnd(app, { text });
    assertEquals([run.status, run.validity.state, tapeOf(app.folder(run.run_id)).length], ["completed", "void", 6]);
    const { identical, divergence } = await app.replay(run.run_id);
    assertEquals([identical, divergence], [true, null]);
  });
});

Deno.test("a refused key during a turn that is to be paused leaves a run that can be resumed: it has been paid for", async () => {
  const hold = new Hold();
  let denied = false;
  const behave = (request: Parameters<typeof asks>[0]) =>
    denied && asks(request, { turn: 2, question: 2 }) ? { do: "error", status: 401 } as const : undefined;
  await withModels({ answer: hold.answer, behave }, async (app, server) => {
    hold.back((request) => asks(request, { turn: 2, question: 1 }));
    const { run_id } = await app.start({ text: talk({ questions: 2 }) });
    await hold.seen(3);
    denied = true;
    const pausing = app.pause(run_id);
    hold.release();
    const { status, error, cost } = await pausing;
    assertEquals([status, error?.code, cost.calls], ["interrupted", "unauthorized", 9]);
    denied = false;
    await app.resume(run_id);
    assertEquals([(await app.wait(run_id)).status, server.repeated], ["completed", []]);
  });
});

Deno.test("a tape that cannot be opened leaves an interrupted run and a host that goes on", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app) => {
    hold.back((request) => asks(request, { turn: 2 }));
    const { run_id } = await app.start({ text: talk() });
    await hold.seen(3);
    await app.interrupt(run_id, "test");
    hold.release();
    const path = `${app.folder(run_id)}/llm.jsonl`;
    const tape = tapeText(app.folder(run_id));
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    await app.resume(run_id);
    const { status, error } = await app.wait(run_id);
    assertEquals([status, error?.code, (await app.status(run_id)).status], [
      "interrupted",
      "output_not_writable",
      "interrupted",
    ]);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, tape);
    await app.resume(run_id);
    assertEquals((await app.wait(run_id)).status, "completed");
  });
});

Deno.test("questions that nobody awaits belong to their turn, one upon the other, however late they are answered", async () => {
  const fixture = await Deno.readTextFile(new URL("../tests/fixtures/domains/talkers/mod.ts", import.meta.url));
  const aside = `const say = async (purpose: string, i: number) => void await context.llm.chat({
      purpose,
      messages: \`Turn \${context.turn}: you are \${this.name} and own 0 coins. Question \${i}.\`,
    });
    say("first", 8).then(() => say("then", 9));
    let coins = 0;`;
  const source = fixture.replace('name: "talkers"', 'name: "aside"').replace("let coins = 0;", aside);
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app) => {
    hold.back((request) => asks(request, { question: 8 }));
    const { run_id } = await app.start({ text: talk({ domain: "aside", turns: 1, agents: 2 }) });
    await hold.seen(2);
    hold.release();
    const { status, error } = await app.wait(run_id);
    assertEquals([status, error], ["completed", undefined]);
    const purposes = eventsOf(app.folder(run_id), "LLM").map(({ agent, details }) => `${agent} ${details.purpose}`);
    assertEquals(
      purposes,
      ["A_1", "A_2"].flatMap((name) => ["decide", "first", "then"].map((each) => `${name} ${each}`)),
    );
    assertEquals((await app.replay(run_id)).identical, true);
  }, { sources: { aside: source } });
});
