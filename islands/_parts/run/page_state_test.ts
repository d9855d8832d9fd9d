import { signal } from "@preact/signals";
import { assertEquals } from "../../../tests/support/assert.ts";
import { ApiError } from "../api.ts";
import type { RunState } from "../run_follower.ts";
import { openRunPage, type RunPageEnv, type World } from "./page_state.ts";

const RUN: RunState = {
  run_id: "r",
  status: "completed",
  reason: null,
  turn: 40,
  max_turns: 40,
  cost_usd: null,
  validity: null,
  validity_reasons: [],
  error: null,
  rows: [],
  waiting: [],
  speed: null,
};

const world = (turn: number): World => ({
  turn,
  agents: {},
  order: [],
  globals: {},
  populations: {},
  space: null,
  paused: [],
});

/** A page whose server has these checkpoints, some of which are damaged. */
function opened({ query = "", damaged = [] as number[], unknown = false } = {}) {
  const told = { asked: [] as number[], lists: 0, timers: 0, address: "", isGone: false };
  const rings: (() => void)[] = [];
  let saved = [0, 20, 40];
  const env: RunPageEnv = {
    checkpoints: () => {
      told.lists++;
      return Promise.resolve(saved);
    },
    world: (_, turn) => {
      told.asked.push(turn);
      if (unknown) return Promise.reject(new ApiError(404, "unknown_run", "there is no run r"));
      if (damaged.includes(turn)) return Promise.reject(new ApiError(404, "unknown_checkpoint", "damaged"));
      return Promise.resolve(world(turn));
    },
    address: (next) => void (told.address = next),
    after: (_, ring) => {
      told.timers++;
      rings.push(ring);
      return () => void rings.splice(rings.indexOf(ring), rings.includes(ring) ? 1 : 0);
    },
  };
  const run = signal(RUN);
  const onGone = () => void (told.isGone = true);
  const page = openRunPage({ run, checkpoints: saved, query, tab: "charts", onGone }, env);
  const settle = async () => {
    for (const ring of rings.splice(0)) ring();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { page, run, told, settle, save: (turns: number[]) => void (saved = turns) };
}

Deno.test("openRunPage() follows the newest turn until another one is gone to, and the address holds that", () => {
  const { page, run, told } = opened();
  assertEquals([page.turn.value, page.following.value], [40, true]);
  page.goTo(13);
  assertEquals([page.turn.value, page.following.value, told.address], [13, false, "turn=13"]);
  run.value = { ...RUN, turn: 50 };
  assertEquals(page.turn.value, 13);
  page.tab.value = "agents";
  assertEquals(told.address, "turn=13&tab=agents");
  page.goTo(null);
  assertEquals([page.turn.value, page.following.value, told.address], [50, true, "tab=agents"]);
  page.goTo(-3);
  assertEquals(page.turn.value, 0);
});

Deno.test("openRunPage() begins with what the address says, unless that is nonsense", () => {
  const seen = (query: string) => {
    const { page } = opened({ query });
    return [page.turn.value, page.following.value, page.tab.value];
  };
  assertEquals(seen("?turn=7&tab=events"), [7, false, "events"]);
  assertEquals(seen("?turn=4000"), [40, true, "charts"]);
  assertEquals(seen("?turn=-1"), [40, true, "charts"]);
  assertEquals(seen("?turn=x"), [40, true, "charts"]);
});

Deno.test("the world is that of the newest checkpoint at or before the turn, and asked for only while it is looked at", async () => {
  const { page, told, settle } = opened();
  page.goTo(39);
  await settle();
  assertEquals(told.asked, []);
  const seen: unknown[] = [];
  const leave = page.world.subscribe((next) => void seen.push(next));
  await settle();
  assertEquals([seen, told.asked], [["loading", world(20)], [20]]);
  page.goTo(38);
  page.goTo(5);
  await settle();
  page.goTo(25);
  await settle();
  assertEquals([seen.at(-1), told.asked], [world(20), [20, 0]]);
  leave();
  page.goTo(40);
  await settle();
  assertEquals(told.asked, [20, 0]);
});

Deno.test("a run that plays on has its list of checkpoints read again", async () => {
  const { page, run, told, settle, save } = opened();
  const leave = page.world.subscribe(() => {});
  await settle();
  save([0, 20, 40, 60]);
  run.value = { ...RUN, turn: 61 };
  await settle();
  assertEquals([(page.world.value as World).turn, told.lists, told.asked], [60, 1, [40, 60]]);
  leave();
});

Deno.test("a damaged checkpoint is told of, and the one before it is shown", async () => {
  const { page, told, settle } = opened({ damaged: [40, 20] });
  const leave = page.world.subscribe(() => {});
  await settle();
  assertEquals([page.world.value, page.damaged.value, told.asked], [world(0), [40, 20], [40, 20, 0]]);
  leave();
});

Deno.test("a run that is there no more is told of", async () => {
  const { page, told, settle } = opened({ unknown: true });
  const leave = page.world.subscribe(() => {});
  await settle();
  assertEquals([page.world.value, told.isGone], [{ message: "there is no run r", hint: undefined }, true]);
  leave();
});

Deno.test("the world of a run that plays is looked at again and again, however quickly its turns come", async () => {
  const { page, run, told, settle, save } = opened();
  run.value = { ...RUN, status: "running" };
  const leave = page.world.subscribe(() => {});
  await settle();
  assertEquals(told.asked, [40]);
  save([0, 20, 40, 41]);
  const before = told.timers;
  for (let turn = 41; turn < 60; turn++) run.value = { ...RUN, status: "running", turn };
  // Who waits for a turn to rest waits for ever.
  assertEquals(told.timers - before, 1);
  await settle();
  assertEquals(told.asked, [40, 41]);
  leave();
});
