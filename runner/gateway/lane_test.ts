import { assertEquals, assertMatches, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import fc from "../../tests/support/properties.ts";
import { Envelope } from "./envelope.ts";
import { type Admission, Lane, type LaneOptions, type Pass, type TryReport } from "./lane.ts";
import type { Halt } from "./types.ts";

const FREE = { usd: 0, tokens: 0 };
const WELL: TryReport = { health: "works", spent: FREE };
const FAILED: TryReport = { health: "failed", spent: FREE, why: "HTTP 503" };
const never = new AbortController().signal;

/** Notes what becomes of calls, in the order in which it does. */
class Calls {
  readonly clock = new ManualClock();
  readonly lane: Lane;
  readonly began: string[] = [];
  readonly passes = new Map<string, Pass>();
  readonly halts = new Map<string, Halt>();
  #order = 0;

  constructor(options: Partial<LaneOptions> = {}) {
    this.lane = new Lane({
      name: "test",
      max_concurrency: 1000,
      rpm: null,
      tpm: null,
      clock: this.clock,
      random: () => 1,
      ...options,
    });
  }

  /** A call wants to begin. */
  async enter(
    name: string,
    { budget = unlimited(), most = FREE, tokens = 0, order = this.#order++, signal = never, host }: {
      budget?: Envelope;
      host?: Envelope;
      most?: typeof FREE;
      tokens?: number;
      order?: number;
      signal?: AbortSignal;
    } = {},
  ): Promise<void> {
    const budgets = host ? [budget, host] as const : [budget] as const;
    const admission: Promise<Admission> = this.lane.enter({ budgets, amount: most, tokens, order, signal });
    admission.then((outcome) => {
      if ("halt" in outcome) this.halts.set(name, outcome.halt);
      else {
        this.began.push(name);
        this.passes.set(name, outcome.pass);
      }
    });
    await settled();
  }

  /** A try has ended. */
  async leave(name: string, report: TryReport = WELL): Promise<void> {
    const pass = this.passes.get(name)!;
    this.passes.delete(name);
    pass.leave(report);
    await settled();
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }
}

function unlimited(): Envelope {
  return new Envelope({ name: "run", max_cost_usd: null, max_tokens: null });
}

/** All promises that can be settled are. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await null;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

Deno.test("as many tries are on their way as may be, and the others follow in their order", async () => {
  const calls = new Calls({ max_concurrency: 3 });
  for (const name of names("c", 6)) await calls.enter(name);
  assertEquals(calls.began, ["c0", "c1", "c2"]);
  assertEquals([calls.lane.inFlight, calls.lane.waiting], [3, 3]);
  await calls.leave("c1");
  await calls.leave("c0");
  assertEquals(calls.began, ["c0", "c1", "c2", "c3", "c4"]);
  assertEquals([calls.lane.inFlight, calls.lane.waiting], [3, 1]);
});

Deno.test("property: never more than max_concurrency, nothing is lost, the order is kept", async () => {
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 1, max: 8 }),
    fc.array(fc.oneof(fc.constant("enter" as const), fc.nat({ max: 7 }), fc.constant("cancel" as const)), {
      maxLength: 120,
      size: "max",
    }),
    async (cap, steps) => {
      const calls = new Calls({ max_concurrency: cap });
      const waiting = new Map<string, AbortController>();
      let entered = 0;
      for (const step of steps) {
        if (step === "enter") {
          const stop = new AbortController();
          waiting.set(`c${entered}`, stop);
          await calls.enter(`c${entered++}`, { signal: stop.signal });
        } else if (step === "cancel") {
          const last = [...waiting].filter(([name]) => !calls.began.includes(name)).at(-1);
          last?.[1].abort();
          await settled();
        } else if (calls.passes.size > 0) await calls.leave([...calls.passes.keys()][step % calls.passes.size]!);
        assertTrue(calls.lane.inFlight <= cap);
        assertEquals(calls.lane.inFlight, calls.passes.size);
        if (calls.lane.waiting > 0) assertEquals(calls.lane.inFlight, cap, "nobody waits beside a free place");
        assertEquals(calls.began.length + calls.halts.size + calls.lane.waiting, entered);
      }
      const order = calls.began.map((name) => Number(name.slice(1)));
      assertEquals(order, order.toSorted((a, b) => a - b));
    },
  ));
});

Deno.test("a call that is tried again has not lost its place", async () => {
  const calls = new Calls({ max_concurrency: 1 });
  for (const name of ["a", "b", "c"]) await calls.enter(name);
  await calls.leave("a");
  await calls.enter("a again", { order: 0 });
  await calls.leave("b");
  await calls.leave("a again");
  assertEquals(calls.began, ["a", "b", "a again", "c"]);
});

Deno.test("a call that is cancelled while it waits leaves the queue, and its alarm does not ring", async () => {
  const calls = new Calls({ rpm: 1 });
  const stop = new AbortController();
  await calls.enter("a");
  await calls.enter("b", { signal: stop.signal });
  assertEquals([calls.lane.waiting, calls.clock.alarms], [1, 1]);
  stop.abort();
  await settled();
  assertEquals(calls.halts.get("b")?.code, "cancelled");
  assertEquals([calls.lane.waiting, calls.clock.alarms], [0, 0]);
  await calls.enter("c", { signal: stop.signal });
  assertEquals(calls.halts.get("c")?.code, "cancelled");
});

Deno.test("requests per minute: a minute's worth at once, then one as often as the limit says", async () => {
  const calls = new Calls({ rpm: 60 });
  for (const name of names("c", 65)) await calls.enter(name);
  assertEquals(calls.began.length, 60);
  await calls.advance(999);
  assertEquals(calls.began.length, 60);
  await calls.advance(1);
  assertEquals(calls.began.length, 61);
  await calls.advance(3000);
  assertEquals(calls.began.length, 64);
});

Deno.test("tokens per minute: what a call took in the end is what counts", async () => {
  const calls = new Calls({ tpm: 6000 });
  await calls.enter("a", { tokens: 6000 });
  await calls.enter("b", { tokens: 1000 });
  assertEquals(calls.began, ["a"]);
  assertNear(calls.clock.nextAlarm, 10_000, 1e-6, "a tenth of what one minute allows");
  // It took less: the next need not wait.
  await calls.leave("a", { health: "works", spent: { usd: 0, tokens: 500 } });
  assertEquals(calls.began, ["a", "b"]);
  // It took more: the next waits for that too.
  await calls.leave("b", { health: "works", spent: { usd: 0, tokens: 8500 } });
  await calls.enter("c", { tokens: 1000 });
  assertNear(calls.clock.nextAlarm, 40_000, 1e-6);
  await calls.advance(40_000);
  assertEquals(calls.began, ["a", "b", "c"]);
});

Deno.test("a call of more tokens than one minute allows begins when the bucket is full", async () => {
  const calls = new Calls({ tpm: 600 });
  await calls.enter("huge", { tokens: 10_000 });
  assertEquals(calls.began, ["huge"]);
});

Deno.test("a wait that the provider asks for holds all calls, and the longest one counts", async () => {
  const calls = new Calls();
  for (const name of ["a", "b"]) await calls.enter(name);
  await calls.leave("a", { ...WELL, rate_limited: { retry_after_ms: 3000 } });
  await calls.leave("b", { ...WELL, rate_limited: { retry_after_ms: 1000 } });
  await calls.enter("c");
  assertEquals(calls.lane.pausedFor, 3000);
  await calls.advance(2999);
  assertEquals(calls.began, ["a", "b"]);
  await calls.advance(1);
  assertEquals(calls.began, ["a", "b", "c"]);
});

Deno.test("rate limits that say not how long are waited for longer each time, but one wave counts once", async () => {
  const calls = new Calls({ backoff_ms: 500 });
  const silent = { ...WELL, rate_limited: { retry_after_ms: null } };
  for (const wait of [500, 1000, 2000]) {
    for (const name of names("c", 3)) await calls.enter(name);
    for (const name of names("c", 3)) await calls.leave(name, silent);
    assertEquals(calls.lane.pausedFor, wait);
    await calls.advance(wait);
  }
  await calls.enter("well");
  await calls.leave("well");
  await calls.enter("d");
  await calls.leave("d", { ...WELL, rate_limited: { retry_after_ms: 0 } });
  assertEquals(calls.lane.pausedFor, 500, "an answer between begins it anew; at once is no time");
});

Deno.test("a provider that wants to be left alone for longer than calls wait halts them", async () => {
  const calls = new Calls({ max_concurrency: 1 });
  for (const name of ["a", "b"]) await calls.enter(name);
  await calls.leave("a", { ...WELL, rate_limited: { retry_after_ms: 3_600_000 } });
  await calls.enter("c");
  for (const name of ["b", "c"]) assertEquals(calls.halts.get(name)?.code, "rate_limited");
  assertMatches(calls.halts.get("c")!.message, /^provider 'test' limits the rate of calls: 60 min to wait/);
  await calls.advance(3_000_000);
  await calls.enter("d");
  assertEquals(calls.halts.has("d"), false, "ten minutes before it is over, it is worth waiting");
  await calls.advance(600_000);
  assertEquals(calls.began, ["a", "d"]);
});

Deno.test("the breaker opens after eight failures in a row, halts all who wait, and closes by one that works", async () => {
  const calls = new Calls({ max_concurrency: 8 });
  for (const name of names("c", 20)) await calls.enter(name);
  for (const name of names("c", 8)) await calls.leave(name, FAILED);
  // Seven have taken the places of those that failed before.
  assertEquals(calls.began, names("c", 15));
  assertEquals([...calls.halts.keys()], names("c", 20).slice(15));
  assertEquals(calls.halts.get("c19")?.code, "provider_down");
  await calls.enter("at once");
  assertMatches(calls.halts.get("at once")!.message, /8 tries in a row have failed, the last one with: HTTP 503/);
  await calls.advance(29_999);
  // That those fail which had begun before tells nothing new.
  for (const name of names("c", 15).slice(8)) await calls.leave(name, FAILED);
  await calls.enter("too early");
  assertEquals(calls.halts.get("too early")?.code, "provider_down");
  await calls.advance(1);
  for (const name of ["probe", "x", "y"]) await calls.enter(name);
  assertEquals(calls.began.slice(-1), ["probe"], "one is tried, the others wait for it");
  await calls.leave("probe");
  assertEquals(calls.began.slice(-2), ["x", "y"]);
});

Deno.test("a probe that fails opens the breaker again; one that tells nothing gives its place to the next", async () => {
  const calls = new Calls();
  for (const name of names("c", 8)) await calls.enter(name);
  for (const name of names("c", 8)) await calls.leave(name, FAILED);
  await calls.advance(30_000);
  for (const name of ["probe", "second"]) await calls.enter(name);
  await calls.leave("probe", { health: "unknown", spent: "unknown" });
  assertEquals(calls.began.at(-1), "second");
  await calls.enter("third");
  await calls.leave("second", FAILED);
  assertEquals(calls.halts.get("third")?.code, "provider_down");
  await calls.advance(29_999);
  await calls.enter("fourth");
  assertEquals(calls.halts.get("fourth")?.code, "provider_down");
});

Deno.test("one that works between keeps the breaker closed", async () => {
  const calls = new Calls();
  for (let round = 0; round < 4; round++) {
    for (const name of names("c", 7)) await calls.enter(name);
    for (const name of names("c", 7)) await calls.leave(name, FAILED);
    await calls.enter("well");
    await calls.leave("well");
  }
  assertEquals(calls.halts.size, 0);
});

Deno.test("a call whose budget is taken by calls on their way waits for them, and others pass it", async () => {
  const calls = new Calls();
  const budget = new Envelope({ name: "run 'x'", max_cost_usd: null, max_tokens: 100 });
  await calls.enter("a", { budget, most: { usd: 0, tokens: 80 } });
  await calls.enter("b", { budget, most: { usd: 0, tokens: 60 } });
  await calls.enter("b too", { budget, most: { usd: 0, tokens: 10 } });
  await calls.enter("other run");
  assertEquals(calls.began, ["a", "other run"], "calls of one run keep their order");
  await calls.leave("a", { health: "works", spent: { usd: 0, tokens: 30 } });
  assertEquals(calls.began, ["a", "other run", "b", "b too"]);
});

Deno.test("a call whose budget nobody can give back is halted, and says what was spent", async () => {
  const calls = new Calls();
  const budget = new Envelope({ name: "run 'x'", max_cost_usd: 0.1, max_tokens: null });
  await calls.enter("a", { budget, most: { usd: 0.08, tokens: 80 } });
  for (const name of ["b", "c"]) await calls.enter(name, { budget, most: { usd: 0.05, tokens: 10 } });
  assertEquals(calls.halts.size, 0);
  await calls.leave("a", { health: "works", spent: { usd: 0.07, tokens: 30 } });
  for (const name of ["b", "c"]) assertEquals(calls.halts.get(name)?.code, "budget_spent");
  assertEquals(
    calls.halts.get("b")!.message,
    "the budget of run 'x' is spent: $0.07 of $0.10, and the next call may take up to $0.05",
  );
});

Deno.test("a host's budget is waited for across lanes", async () => {
  const host = new Envelope({ name: "this host", max_cost_usd: null, max_tokens: 100 });
  const [here, there] = [new Calls(), new Calls()];
  await here.enter("a", { host, most: { usd: 0, tokens: 80 } });
  await there.enter("b", { host, most: { usd: 0, tokens: 80 } });
  assertEquals(there.began, []);
  await here.leave("a", { health: "works", spent: { usd: 0, tokens: 20 } });
  assertEquals(there.began, ["b"]);
  await here.enter("c", { host, most: { usd: 0, tokens: 80 } });
  await there.leave("b", { health: "works", spent: { usd: 0, tokens: 80 } });
  assertMatches(here.halts.get("c")!.message, /^the budget of this host is spent: 100 tokens of 100 tokens/);
});

Deno.test("cancelling the call that holds up its run's queue lets the next one be asked", async () => {
  const calls = new Calls();
  const stop = new AbortController();
  const budget = new Envelope({ name: "run", max_cost_usd: null, max_tokens: 100 });
  await calls.enter("a", { budget, most: { usd: 0, tokens: 80 } });
  await calls.enter("b", { budget, most: { usd: 0, tokens: 90 }, signal: stop.signal });
  await calls.enter("c", { budget, most: { usd: 0, tokens: 20 } });
  stop.abort();
  await settled();
  await calls.leave("a", { health: "works", spent: { usd: 0, tokens: 80 } });
  assertEquals(calls.began, ["a", "c"]);
  assertEquals(calls.lane.waiting, 0);
});

Deno.test("thousands wait and leave in their order", async () => {
  const calls = new Calls({ max_concurrency: 1 });
  const order: number[] = [];
  const all = Array.from({ length: 5000 }, async (_, i) => {
    const admission = await calls.lane.enter({
      budgets: [SHARED],
      amount: FREE,
      tokens: 0,
      order: i,
      signal: never,
    });
    order.push(i);
    await null;
    if ("pass" in admission) admission.pass.leave(WELL);
  });
  await Promise.all(all);
  assertEquals(order, Array.from({ length: 5000 }, (_, i) => i));
});

const SHARED = unlimited();
