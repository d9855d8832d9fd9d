/** Pages computed without anybody looking: what is started, what it may cost, what plays on, what is tried again. */

import type { App } from "../../runner/app.ts";
import { assertInputs, computeNotebook, type HeadlessOptions, type NotebookView } from "../../runner/mod.ts";
import { paid, talk, withModels } from "../llm/world.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../support/assert.ts";
import type { LLMServer, LLMServerOptions } from "../support/llm_server.ts";
import { cell, cellOf, GROWING, PAGE, statuses, withNotebooks, writePage } from "./world.ts";

const PAGE_TEXT = cell("yaml run #one", "scenario: talk.yaml\nseed: 1") +
  cell("yaml run #two", "scenario: talk.yaml\nseed: 2") +
  cell("yaml run #free", "scenario: growing.yaml\nseed: 1") +
  cell("sql table #last", "select max(turn) as turn from two");

interface World {
  readonly app: App;
  readonly server: LLMServer;
  readonly compute: (options?: HeadlessOptions) => Promise<NotebookView>;
}

/** A page with two runs of which each asks a model thirty times, and one that asks none. */
async function withPaid(body: (world: World) => Promise<void>, options: LLMServerOptions = {}): Promise<void> {
  await withModels({ latency: 10, ...options }, async (app, server, folder) => {
    await Deno.mkdir(`${folder}/notebooks`);
    await Deno.writeTextFile(
      `${folder}/notebooks/talk.yaml`,
      talk({ turns: 30, agents: 1, llm: "{ provider: test, max_tokens: 20 }" }),
    );
    await Deno.writeTextFile(`${folder}/notebooks/growing.yaml`, GROWING);
    await writePage(folder, PAGE_TEXT);
    await body({ app, server, compute: (options) => computeNotebook(app, PAGE, options) });
  });
}

Deno.test("computeNotebook: a page costs no more than it may, tells what it left, and plays on when it may cost more", () =>
  withPaid(async ({ app, server, compute }) => {
    const nothing = await compute();
    assertEquals([statuses(nothing), server.received], [
      { one: "stale", two: "stale", free: "fresh", last: "blocked" },
      0,
    ]);
    assertEquals(cellOf(nothing, "one").reason, "asks models, and nothing may be spent; not run yet");

    // What nobody knows the price of is begun, and stands still when it has cost what it may; then nothing is left.
    const little = 1e-6;
    const begun = await compute({ maxCostUsd: little });
    assertEquals([statuses(begun).one, statuses(begun).two], ["paused", "stale"]);
    assertMatches(cellOf(begun, "one").reason!, /max_cost_usd: 0\.000001 is spent/);
    const spent = paid(server);
    assertTrue(spent > little && begun.cost_usd > little);
    const { received } = server;
    const still = await compute();
    assertEquals([statuses(still).one, server.received], ["paused", received]);

    const whole = await compute({ maxCostUsd: 1 });
    assertEquals(statuses(whole), { one: "fresh", two: "fresh", free: "fresh", last: "fresh" });
    assertEquals(server.received, 60, "nothing was asked twice");
    const runs = (await app.list()).runs;
    assertEquals(runs.length, 3);
    // What costs something is played one after another, so that what is left is known.
    const [one, two] = ["one", "two"].map((name) => runs.find(({ notebook }) => notebook?.cell === name)!);
    assertTrue(Date.parse(two!.started_at!) >= Date.parse(one!.ended_at!));

    const price = two!.cost.usd;
    const other = { text: PAGE_TEXT.replaceAll("seed: 1", "seed: 8").replace("seed: 2", "seed: 9") };
    const known = await compute({ ...other, maxCostUsd: price * 1.5 });
    assertEquals([statuses(known).one, statuses(known).two], ["fresh", "stale"]);
    assertMatches(cellOf(known, "two").reason!, /^would cost about \$0\.00\d+; seed 2 → 9$/);

    // Who starts all of it at once is kept within the limit as well: the second waits for what the first leaves.
    const before = paid(server);
    const text = PAGE_TEXT.replaceAll("seed: 1", "seed: 18").replace("seed: 2", "seed: 19");
    await app.notebooks.run(PAGE, { text, cells: "stale", maxCostUsd: price * 1.5 });
    const limited = await app.notebooks.settled(PAGE, { text });
    assertEquals([statuses(limited).one, statuses(limited).two], ["fresh", "paused"]);
    assertTrue(paid(server) - before < price * 1.8, `${paid(server) - before} of ${price * 1.5}`);
  }));

Deno.test("computeNotebook: what has failed is tried once more the next time, not in the same", () =>
  withPaid(async ({ server, compute }) => {
    const failed = await compute({ maxCostUsd: 1 });
    assertEquals([statuses(failed).one, statuses(failed).two, statuses(failed).last], ["failed", "failed", "blocked"]);
    assertEquals(server.received, 2, "one question of each");
    const again = await compute({ maxCostUsd: 1 });
    assertEquals(statuses(again), { one: "fresh", two: "fresh", free: "fresh", last: "fresh" });
  }, { failFirst: 2, failWith: { do: "error", status: 401 } }));

Deno.test("computeNotebook: once it is to stop nothing more is started", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      cell("yaml run #base", "scenario: growing.yaml\nseed: 1") +
        cell("yaml run #fork", "from: { run: base, turn: 3 }") +
        cell("yaml run #other", "scenario: growing.yaml\nseed: 2"),
    );
    const stopping = new AbortController();
    const seen: NotebookView[] = [];
    const view = await computeNotebook(app, PAGE, {
      signal: stopping.signal,
      onProgress: (view) => {
        seen.push(view);
        if (seen.length === 2) stopping.abort();
      },
    });
    assertEquals(statuses(view), { base: "fresh", fork: "stale", other: "fresh" });
    const quiet = await computeNotebook(app, PAGE, { noRun: true });
    assertEquals(statuses(quiet).fork, "stale");
    assertEquals((await computeNotebook(app, PAGE)).stale, []);
  }));

Deno.test("assertInputs: what is no input, or no value of one, is refused with what would do", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      cell("yaml input #price", "type: range\nmin: 1\nmax: 5\nvalue: 2") +
        cell("yaml input #least", "type: number\nmin: 3\nvalue: 3") +
        cell("yaml input #size", "type: select\noptions: [small, { value: 2, label: large }]") +
        cell("yaml input #on", "type: toggle\nvalue: true") +
        cell("yaml input #word", "type: text\nvalue: a"),
    );
    const given = async (set: { readonly [id: string]: string | number | boolean | null }) =>
      assertInputs(await app.notebooks.view(PAGE, { set }), set);
    await given({ price: "5", LEAST: 4, size: "2", on: "false", word: "" });
    const refused = async (set: Parameters<typeof given>[0]) => {
      const view = await app.notebooks.view(PAGE, { set });
      const error = assertThrows(() => assertInputs(view, set)) as Error & { code: string; hint?: string };
      return `${error.code}: ${error.message}; ${error.hint}`;
    };
    assertEquals(
      await refused({ prize: 3 }),
      [
        "unknown_input: page.md has no input 'prize'",
        "did you mean 'price'? valid: price, least, size, on, word",
      ].join("; "),
    );
    assertEquals(
      await refused({ price: "6" }),
      "bad_input_value: input 'price' cannot be \"6\"; it takes a number from 1 to 5",
    );
    assertMatches(await refused({ least: "many" }), /cannot be "many"; it takes a number from 3$/);
    assertMatches(await refused({ size: "huge" }), /it takes one of small, 2$/);
    assertMatches(await refused({ on: 3 }), /cannot be 3; it takes true or false$/);
    assertMatches(await refused({ word: null }), /cannot be null; it takes a text$/);
  }));
