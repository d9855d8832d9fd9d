import { assertEquals, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { numbersOf, SseReader } from "../../tests/support/event_source.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { FakeSource } from "../../tests/support/stream_source.ts";
import { ANYBODY, TestPrincipal } from "../../tests/server/principals.ts";
import fc from "fast-check";
import type { Beside, Principal } from "../context.ts";
import { LOOK_INTERVAL } from "./live_batch.ts";
import { EventHub, HEARTBEAT_INTERVAL, type HubOptions, STUCK_TIME } from "./mod.ts";

interface Stage {
  readonly source: FakeSource;
  readonly hub: EventHub;
  readonly clock: ManualClock;
  open(run_id: string, after?: number): Promise<SseReader>;
}

/** A hub by a clock that the test turns; in the end nothing may be left of it. */
async function withHub(body: (stage: Stage) => Promise<void>, options: HubOptions = {}): Promise<void> {
  const [source, clock] = [new FakeSource(), new ManualClock()];
  const hub = new EventHub(source, { clock, ...options });
  const open = async (run_id: string, after = 0) =>
    new SseReader((await hub.for(ANYBODY).events([{ run_id, after }], "number")).body!);
  await body({ source, hub, clock, open });
  assertEquals({ clients: hub.clients, runs: hub.runs, bytes: hub.bytes }, { clients: 0, runs: 0, bytes: 0 });
  // Alarms that were ringing when it stopped are settled.
  await Promise.resolve();
  assertEquals([source.listeners, clock.alarms], [0, 0]);
}

const dense = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i);

Deno.test("events: first how the run stands, then its events, then the end", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a", 3);
    const reader = await open("a", 1);
    const [status] = await reader.until(({ id }) => id === "3");
    assertEquals([status?.event, status?.isNumbered, JSON.parse(status!.data).status], ["status", false, "running"]);
    source.play("a", 2);
    assertEquals((await reader.until(({ event }) => event === "progress")).map(({ event, id }) => [event, id]), [
      ["event", "4"],
      ["event", "5"],
      ["progress", "5"],
    ]);
    source.play("a", 1);
    source.become("a", "completed");
    const rest = await reader.rest();
    assertEquals([numbersOf(rest), rest.at(-1)?.event], [[6], "end"]);
    assertEquals(JSON.parse(rest.at(-1)!.data), { run_id: "a", status: "completed", turn: 2, last_id: 6 });
  });
});

Deno.test("events: a run without end stays silent while it stands still, and goes on", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a", 6);
    const reader = await open("a");
    await reader.until(({ id }) => id === "6");
    source.become("a", "interrupted");
    await reader.until(({ event }) => event === "status");
    // The log is cut to the last checkpoint and grows again.
    source.become("a", "running");
    source.cut("a", 2);
    source.play("a", 3);
    source.play("a", 4);
    assertEquals(numbersOf(await reader.until(({ id }) => id === "9")), [7, 8, 9]);
    await reader.close();
  });
});

Deno.test("events: who comes back is given everything once, whatever happens to the log meanwhile", async () => {
  const step = fc.oneof(
    fc.record({ play: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ cut: fc.nat(60) }),
    fc.record({ reconnect: fc.constant(true) }),
    fc.record({ read: fc.nat(5) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.integer({ min: 200, max: 4000 }),
      async (steps, ringBytes) => {
        await withHub(async ({ source, open }) => {
          source.add("a", 10);
          // Another one keeps the run followed.
          const other = await open("a", 0);
          let [reader, high] = [await open("a"), 10];
          const found: number[] = [];
          for (const next of steps) {
            if ("play" in next) {
              source.play("a", next.play);
              high = Math.max(high, source.runs.get("a")!.lines.length);
            } else if ("cut" in next) {
              const { lines } = source.runs.get("a")!;
              source.become("a", "interrupted");
              source.become("a", "running");
              source.cut("a", Math.max(0, lines.length - next.cut));
            } else if ("reconnect" in next) {
              await reader.close();
              reader = await open("a", found.at(-1) ?? 0);
            } else {
              // The first message is there at once, and so are events that are on disk.
              const { lines } = source.runs.get("a")!;
              for (let i = 0; i < next.read && (found.at(-1) ?? 0) < lines.length; i++) {
                found.push(...numbersOf(await reader.until(({ event }) => event === "event")));
              }
            }
          }
          const { lines } = source.runs.get("a")!;
          source.play("a", Math.max(0, high + 5 - lines.length));
          source.become("a", "completed");
          found.push(...numbersOf(await reader.rest()));
          assertEquals(found, dense(0, lines.length));
          await other.close();
        }, { ringBytes });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("events: two hundred clients cost one read, and get the same bytes", async () => {
  await withHub(async ({ source, hub }) => {
    source.add("a", 5);
    const readers = await Promise.all(
      Array.from(
        { length: 200 },
        async () => (await hub.for(ANYBODY).events([{ run_id: "a", after: 0 }], "number")).body!.getReader(),
      ),
    );
    const takeAll = () => Promise.all(readers.map((reader) => reader.read()));
    await takeAll();
    await takeAll();
    const before = source.reads;
    const taking = takeAll();
    source.play("a", 7);
    const chunks = (await taking).map(({ value }) => value!.buffer);
    assertEquals(new Set(chunks).size, 1);
    assertTrue(source.reads - before <= 2, `${source.reads - before} reads`);
    for (const reader of readers) await reader.cancel();
  });
});

Deno.test("events: what is held stays bounded over a hundred thousand events, though a client is stuck", async () => {
  const ringBytes = 256 << 10;
  await withHub(async ({ source, hub, open }) => {
    source.add("a");
    const stuck = await open("a");
    await stuck.next();
    const quick = await open("a");
    await quick.until(({ event }) => event === "status");
    let most = 0;
    for (let turn = 1; turn <= 1000; turn++) {
      source.play("a", 100);
      source.tell({ kind: "waiting", run_id: "a", turn, agents: [] });
      const last = String(turn * 100);
      assertEquals(numbersOf(await quick.until(({ id }) => id === last)).length, 100);
      most = Math.max(most, hub.bytes);
    }
    assertTrue(most <= ringBytes + (256 << 10), `${most} bytes were held`);
    assertTrue(most >= ringBytes, "the ring is full");
    await quick.close();
    // Now it takes, from the file.
    source.become("a", "completed");
    assertEquals(numbersOf(await stuck.rest()), dense(0, 100_000));
  }, { ringBytes });
});

Deno.test("events: a slow client is told the newest status and how much it missed, and every event", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a", 1);
    const reader = await open("a");
    await reader.until(({ id }) => id === "1");
    // It takes nothing meanwhile: no read is under way.
    for (let turn = 0; turn < 500; turn++) source.play("a", 20);
    source.become("a", "completed");
    const rest = await reader.rest();
    assertEquals(numbersOf(rest), dense(1, 10_001));
    const progress = rest.filter(({ event }) => event === "progress");
    assertEquals(progress.map(({ data }) => JSON.parse(data).turn), [500]);
    const missed = rest.filter(({ event }) => event === "missed").map(({ data }) => JSON.parse(data));
    assertEquals(missed, [{ skipped: { progress: 499 } }]);
  });
});

Deno.test("events: decisions of several people do not take each other's place", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a");
    const reader = await open("a");
    await reader.until(({ event }) => event === "status");
    const ask = (agent: string) => ({ run_id: "a", agent, turn: 1, until: null }) as never;
    source.tell({ kind: "decision", run_id: "a", pending: ask("Ada") });
    source.tell({ kind: "decision", run_id: "a", pending: ask("Ben") });
    source.tell({ kind: "decided", run_id: "a", pending: ask("Ada"), by: "decision" });
    source.become("a", "cancelled");
    const told = (await reader.rest()).filter(({ event }) => event === "decision").map(({ data }) => JSON.parse(data));
    assertEquals(told.map(({ agent, state }) => [agent, state]), [["Ben", "asked"], ["Ada", "decided"]]);
  });
});

Deno.test("events: of several runs every id is the list of all cursors", async () => {
  await withHub(async ({ source, hub }) => {
    source.add("a", 2);
    source.add("b", 3);
    const open = async (a: number, b: number) => {
      const cursors = [{ run_id: "a", after: a }, { run_id: "b", after: b }];
      return new SseReader((await hub.for(ANYBODY).events(cursors, "cursors")).body!);
    };
    const reader = await open(1, 0);
    const ids = (await reader.until(({ id }) => id === "a:2,b:3")).filter(({ event }) => event === "event");
    assertEquals(ids.map(({ id }) => id), ["a:2,b:0", "a:2,b:1", "a:2,b:2", "a:2,b:3"]);
    source.become("a", "completed");
    const [end] = (await reader.until(({ event }) => event === "end")).slice(-1);
    assertEquals([JSON.parse(end!.data).run_id, JSON.parse(end!.data).last_id], ["a", 2]);
    source.play("b", 1);
    await reader.until(({ id }) => id === "a:2,b:4");
    await reader.close();
    // Who comes back hears again that one is over, and only the rest of the other.
    const again = await open(2, 3);
    source.become("b", "completed");
    const rest = await again.rest();
    assertEquals([rest.filter(({ event }) => event === "event").map(({ id }) => id), rest.at(-1)?.event], [
      ["a:2,b:4"],
      "end",
    ]);
  });
});

Deno.test("events: of a run that another host plays, by looking again and again", async () => {
  await withHub(async ({ source, clock, open }) => {
    source.add("a", 1);
    const reader = await open("a");
    await reader.until(({ id }) => id === "1");
    source.play("a", 2, false);
    clock.advance(1000);
    const told = await reader.until(({ event }) => event === "progress");
    assertEquals([numbersOf(told), JSON.parse(told.at(-1)!.data).turn], [[2, 3], 1]);
    source.play("a", 1, false);
    source.become("a", "completed", false);
    await clock.whenAlarmed();
    clock.advance(1000);
    const rest = await reader.rest();
    assertEquals([numbersOf(rest), rest.at(-1)?.event], [[4], "end"]);
  });
});

Deno.test("events: the stream of a run that is removed ends", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a", 1);
    const reader = await open("a");
    await reader.until(({ id }) => id === "1");
    source.runs.delete("a");
    source.tell({ kind: "removed", run_id: "a" });
    const [end] = await reader.rest();
    assertEquals([end?.event, JSON.parse(end!.data).status], ["end", "removed"]);
    await assertRejects(() => open("a"), "unknown_run");
  });
});

Deno.test("events: a heartbeat after fifteen seconds of silence, not before", async () => {
  await withHub(async ({ source, clock, open }) => {
    source.add("a", 1);
    const reader = await open("a");
    await reader.until(({ id }) => id === "1");
    const next = reader.next();
    // Until the read is under way.
    await new Promise((resolve) => setTimeout(resolve));
    clock.advance(HEARTBEAT_INTERVAL - 1);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(reader.comments, []);
    clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(reader.comments, ["still here"]);
    clock.advance(HEARTBEAT_INTERVAL);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(reader.comments.length, 2);
    source.play("a", 1);
    assertEquals((await next)?.id, "2");
    await reader.close();
  });
});

Deno.test("events: a client that takes nothing for a minute is given up", async () => {
  await withHub(async ({ source, hub, clock, open }) => {
    source.add("a", 1);
    await open("a");
    const slow = await open("a");
    await slow.next();
    clock.advance(STUCK_TIME - 1);
    assertEquals(hub.clients, 2);
    clock.advance(HEARTBEAT_INTERVAL);
    assertEquals(hub.clients, 0);
    assertEquals(await slow.rest(), []);
  });
});

Deno.test("events: when the hub closes, every stream has a last word, and no new one is opened", async () => {
  await withHub(async ({ source, hub, open }) => {
    source.add("a", 1);
    const reader = await open("a");
    await reader.until(({ id }) => id === "1");
    const rest = reader.rest();
    await hub.close("an update");
    assertEquals((await rest).map(({ event, data }) => [event, data]), [["closing", '{"reason":"an update"}']]);
    await assertRejects(() => open("a"), "closing");
  });
});

Deno.test("events: more streams than the most are refused", async () => {
  await withHub(async ({ source, open }) => {
    source.add("a");
    const reader = await open("a");
    await assertRejects(() => open("a"), "too_many_streams");
    await reader.close();
  }, { mostClients: 1 });
});

Deno.test("a principal that may not go on is told why and let go, at the next heartbeat, whether anything happens or not", async () => {
  await withHub(async ({ source, hub, clock }) => {
    source.add("a", 3);
    const [leaving, staying] = [new TestPrincipal("leaving"), new TestPrincipal("staying")];
    const open = async (who: TestPrincipal) =>
      new SseReader((await hub.for(who).events([{ run_id: "a", after: 0 }], "number")).body!);
    const [quiet, behind, other] = [await open(leaving), await open(leaving), await open(staying)];
    const list = new SseReader((await hub.for(leaving).summaries(null)).body!);
    await Promise.all([quiet, other].map((reader) => reader.until(({ id }) => id === "3")));
    await list.until(({ event }) => event === "snapshot");
    // It has taken one message and takes no more.
    await behind.next();
    source.play("a", 1);
    leaving.refused = "its key was revoked";
    clock.advance(HEARTBEAT_INTERVAL);
    assertEquals(hub.clients, 1);
    for (const reader of [quiet, behind, list]) {
      const last = (await reader.rest()).at(-1)!;
      assertEquals([last.event, JSON.parse(last.data)], ["error", {
        code: "access_ended",
        detail: "its key was revoked",
      }]);
    }
    assertEquals(numbersOf(await other.until(({ id }) => id === "4")), [4]);
    await other.close();
  });
});

Deno.test("one key has its share of the streams; a server without keys gives all to whoever asks", async () => {
  await withHub(async ({ source, hub }) => {
    source.add("a");
    const open = async (who: Principal) =>
      new SseReader((await hub.for(who).events([{ run_id: "a", after: 0 }], "number")).body!);
    const [one, other] = [new TestPrincipal("one"), new TestPrincipal("other")];
    const readers: SseReader[] = [];
    for (let i = 0; i < 10; i++) readers.push(await open(one));
    await assertRejects(() => open(one), "too_many_own_streams");
    readers.push(await open(other));
    await readers.shift()!.close();
    readers.push(await open(one));
    // What fails takes no place, nor does a HEAD.
    await assertRejects(() => hub.for(other).events([{ run_id: "b", after: 0 }], "number"), "unknown_run");
    await hub.for(other).events([{ run_id: "a", after: 0 }], "number", true);
    for (let i = 0; i < 29; i++) readers.push(await open(ANYBODY));
    assertEquals(hub.clients, 40);
    await assertRejects(() => open(other), "too_many_streams");
    for (const reader of readers) await reader.close();
  }, { mostClients: 40 });
});

Deno.test("summaries without a snapshot: only what changes from now on", async () => {
  await withHub(async ({ source, hub, clock }) => {
    for (let i = 0; i < 600; i++) source.add(`run_${i}`);
    const reader = new SseReader((await hub.for(ANYBODY).summaries(null, false, false)).body!);
    source.become("run_599", "paused");
    await clock.whenAlarmed();
    clock.advance(1000);
    const message = await reader.next();
    assertEquals([message?.event, JSON.parse(message!.data).status], ["run", "paused"]);
    await reader.close();
  });
});

Deno.test("summaries: all runs, then what changes; who comes back gets what changed meanwhile", async () => {
  await withHub(async ({ source, hub, clock }) => {
    for (let i = 0; i < 1200; i++) source.add(`run_${i}`);
    const open = async (after: string | null) => new SseReader((await hub.for(ANYBODY).summaries(after)).body!);
    const [reader, watcher] = [await open(null), await open(null)];
    const snapshot = await reader.until(({ isNumbered }) => isNumbered);
    assertEquals(snapshot.map(({ event, data }) => [event, JSON.parse(data).runs.length]), [
      ["snapshot", 500],
      ["snapshot", 500],
      ["snapshot", 200],
    ]);
    await watcher.until(({ isNumbered }) => isNumbered);
    source.become("run_7", "completed");
    source.become("run_1199", "paused");
    const look = async () => {
      await clock.whenAlarmed();
      clock.advance(1000);
    };
    await look();
    const [first, second] = [await reader.next(), await reader.next()];
    const changed = [first, second].map((message) => JSON.parse(message!.data));
    assertEquals(changed.map(({ run_id, status }) => `${run_id} ${status}`).sort(), [
      "run_1199 paused",
      "run_7 completed",
    ]);
    const { lastEventId } = reader;
    await reader.close();
    source.runs.delete("run_1198");
    source.tell({ kind: "removed", run_id: "run_1198" });
    await Promise.all([watcher.until(({ event }) => event === "removed"), look()]);
    const again = await open(lastEventId);
    // One that was not among the newest is now.
    const missed = await again.until(({ event }) => event === "removed");
    assertEquals([missed.length, missed.at(-1)?.data], [2, '{"run_id":"run_1198"}']);
    await again.close();
    const stranger = await open("00000000-3");
    assertEquals((await stranger.next())?.event, "snapshot");
    await stranger.close();
    await watcher.close();
  });
});

/** A stream of a page. */
const pageOf = async (hub: EventHub, runs: readonly string[], beside: Beside) => {
  const cursors = runs.map((run_id) => ({ run_id, after: 0 }));
  return new SseReader((await hub.for(ANYBODY).events(cursors, "cursors", false, beside)).body!);
};

Deno.test("batches: how far they are comes first, then every change, and the stream stays when all runs have ended", async () => {
  await withHub(async ({ source, hub, clock }) => {
    source.add("a", 1);
    source.batches.play("b", 1);
    source.batches.play("c", 1);
    const reader = await pageOf(hub, ["a"], { batches: ["b", "c"] });
    const first = await reader.until(({ id }) => id === "a:1");
    const told = first.filter(({ event }) => event === "batch");
    assertEquals(told.map(({ data, isNumbered }) => [JSON.parse(data).batch_id, isNumbered]), [["b", false], [
      "c",
      false,
    ]]);
    source.become("a", "completed");
    await reader.until(({ event }) => event === "end");
    source.batches.play("c", 10);
    clock.advance(LOOK_INTERVAL);
    const change = await reader.next();
    assertEquals([change!.event, JSON.parse(change!.data)], ["batch", {
      batch_id: "c",
      status: "completed",
      reason: null,
      runs: batchCounts(10),
      eta_seconds: null,
      cost: { usd: 0, forecast_usd: null },
    }]);
    await reader.close();
  });
});

const batchCounts = (completed: number) => ({
  total: 10,
  completed,
  void: 0,
  failed: 0,
  cancelled: 0,
  running: 0,
  pending: 10 - completed,
  reused: 0,
});

Deno.test("batches: of many changes four a second are told, to many clients with one look, the last one always", async () => {
  await withHub(async ({ source, hub, clock }) => {
    source.batches.play("b", 0);
    const readers = await Promise.all(Array.from({ length: 20 }, () => pageOf(hub, [], { batches: ["b"] })));
    for (const reader of readers) await reader.next();
    const looks = source.batches.looks;
    const found: number[] = [];
    // Two seconds, in each tenth of which a run comes to its end.
    const reading = (async () => {
      for (let message; (message = await readers[0]!.next()) !== null;) {
        found.push(JSON.parse(message.data).runs.completed);
        if (found.at(-1) === 10) return;
      }
    })();
    for (let tenth = 1; tenth <= 20; tenth++) {
      source.batches.play("b", Math.floor(tenth / 2));
      clock.advance(100);
      // What was found is told.
      for (let i = 0; i < 5; i++) await Promise.resolve();
    }
    await clock.whenAlarmed();
    clock.advance(1000);
    await reading;
    assertTrue(source.batches.looks - looks <= 13, `${source.batches.looks - looks} looks`);
    assertTrue(found.length >= 4 && found.length <= 10, `told of ${found.join()}`);
    assertEquals(found, found.toSorted((a, b) => a - b));
    for (const reader of readers) await reader.close();
  });
});

Deno.test("batches: one that another host plays is looked at again and again; one that is gone is removed", async () => {
  await withHub(async ({ source, hub, clock }) => {
    source.batches.play("b", 1);
    const reader = await pageOf(hub, [], { batches: ["b"] });
    await reader.next();
    const told = async () => {
      const message = reader.next();
      for (let i = 0; i < 3; i++) {
        await clock.whenAlarmed();
        clock.advance(1000);
        for (let j = 0; j < 5; j++) await Promise.resolve();
      }
      return JSON.parse((await message)!.data);
    };
    source.batches.play("b", 4, false);
    assertEquals((await told()).runs.completed, 4);
    source.batches.views.delete("b");
    assertEquals(await told(), { batch_id: "b", status: "removed" });
    await reader.close();
    await assertRejects(() => pageOf(hub, [], { batches: ["b"] }), "unknown_batch");
    source.add("a");
    source.batches.play("c", 1);
    await assertRejects(() => pageOf(hub, ["a"], { batches: ["c", "b"] }), "unknown_batch");
    assertEquals([hub.runs, source.listeners], [0, 0]);
  });
});

Deno.test("notebooks: what the file is comes first, then what it becomes; a slow client is told the newest", async () => {
  await withHub(async ({ source, hub }) => {
    const reader = await pageOf(hub, [], { notebook: "a.md" });
    const next = async () => JSON.parse((await reader.next())!.data);
    assertEquals(await next(), { path: "a.md", hash: null });
    source.notebooks.write("a.md", "1");
    assertEquals(await next(), { path: "a.md", hash: "1" });
    source.notebooks.write("b.md", "9");
    for (const hash of ["2", "3", null, "4"]) source.notebooks.write("a.md", hash);
    const missed = await reader.next();
    assertEquals([missed!.event, JSON.parse(missed!.data)], ["missed", { skipped: { notebook: 3 } }]);
    assertEquals(await next(), { path: "a.md", hash: "4" });
    const other = await pageOf(hub, [], { notebook: "a.md" });
    assertEquals(JSON.parse((await other.next())!.data), { path: "a.md", hash: "4" });
    await other.close();
    await reader.close();
    source.batches.play("b", 1);
    await assertRejects(() => pageOf(hub, [], { batches: ["b"], notebook: "../a.md" }), "bad_notebook_path");
    assertEquals(source.listeners, 0);
  });
});

Deno.test("what a page follows ends with the right to it, and a HEAD holds nothing", async () => {
  await withHub(async ({ source, hub, clock }) => {
    source.batches.play("b", 1);
    const leaving = new TestPrincipal("leaving");
    const beside = { batches: ["b"], notebook: "a.md" };
    const reader = new SseReader((await hub.for(leaving).events([], "cursors", false, beside)).body!);
    await reader.next();
    leaving.refused = "its key was revoked";
    clock.advance(HEARTBEAT_INTERVAL);
    assertEquals((await reader.rest()).at(-1)?.event, "error");
    await hub.for(ANYBODY).events([], "cursors", true, beside);
  });
});
