import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { ApiError } from "../api.ts";
import { isDamaged, type LogEnv, LogStore, WINDOW } from "./log_store.ts";

interface Line {
  readonly id: number;
  readonly turn: number;
}

/** A log of so many lines, ten a turn, of which some are damaged and pages hold few. */
function logOf(start: number, { damaged = [] as readonly number[], short = Infinity } = {}) {
  const world = { size: start, asked: [] as string[], offline: false };
  const matches = (id: number, filters: { readonly [name: string]: string }) =>
    filters.even === undefined || id % 2 === 0;
  const all = () =>
    Array.from({ length: world.size }, (_, i) => ({ id: i + 1, turn: Math.floor(i / 10) }))
      .filter(({ id }) => !damaged.includes(id));
  const env: LogEnv<Line> = {
    numbers({ after, filters, turn }) {
      if (world.offline) return Promise.reject(new ApiError(0, "offline", "the server does not answer", "try"));
      const last = world.size;
      const before_turn = turn === undefined ? null : all().findLast((line) => line.turn < turn)?.id ?? 0;
      if (filters.even === undefined) {
        return Promise.resolve({ last, before_turn, numbers: null, damaged: [], next_after: null });
      }
      // Pages of a hundred lines.
      const end = Math.min(last, after + 100);
      const numbers = all().map(({ id }) => id).filter((id) => id > after && id <= end && matches(id, filters));
      const broken = damaged.filter((id) => id > after && id <= end);
      return Promise.resolve({ last, before_turn, numbers, damaged: broken, next_after: end < last ? end : null });
    },
    lines({ after, limit, filters }) {
      if (world.offline) return Promise.reject(new ApiError(0, "offline", "the server does not answer", "try"));
      world.asked.push(`${after}+${limit}`);
      const rest = all().filter(({ id }) => id > after && matches(id, filters));
      const lines = rest.slice(0, Math.min(limit, short));
      const next = lines.length < rest.length ? lines.at(-1)!.id : null;
      return Promise.resolve({ lines, next });
    },
  };
  return { world, store: new LogStore<Line>({ log: "events", key: "id" }, env) };
}

const idAt = (store: LogStore<Line>, place: number) => {
  const line = store.line(place);
  return line === null ? null : isDamaged(line) ? -line.damaged : line.id;
};

Deno.test("a list is as long as its log; only what is wanted is read, and what is far away forgotten", async () => {
  const { store, world } = logOf(50_000);
  await store.begin({});
  assertEquals([store.total.value, store.state.value], [50_000, "ready"]);
  assertEquals(world.asked, []);
  await store.want(20_010, 20_040);
  assertEquals(world.asked, [`20000+${WINDOW}`]);
  assertEquals([idAt(store, 20_010), idAt(store, 19_999)], [20_011, null]);
  await store.want(0, 30);
  assertEquals([idAt(store, 0), idAt(store, 20_010)], [1, null]);
  assertTrue(store.isKnown(0, 50) && !store.isKnown(0, 51));
});

Deno.test("a line that cannot be read stands in its place; short pages are read on", async () => {
  const { store } = logOf(120, { damaged: [3, 50, 120], short: 7 });
  await store.begin({});
  await store.want(0, 120);
  assertEquals([1, 2, 3, 48, 49, 50, 119].map((place) => idAt(store, place)), [2, -3, 4, 49, -50, 51, -120]);
  assertEquals(await store.read(50), { damaged: 50 });
  assertEquals(await store.read(51), { id: 51, turn: 5 });
});

Deno.test("what matches is counted by and by, with what could not be read", async () => {
  const { store } = logOf(450, { damaged: [4, 401] });
  await store.begin({ even: "yes" });
  assertEquals([store.total.value, store.isCounted.value, store.damaged.value], [224, true, 2]);
  await store.want(200, 224);
  assertEquals([idAt(store, 200), idAt(store, 223)], [404, 450]);
  assertEquals([store.placeOf(5), store.placeOf(6), store.has(5), store.has(6)], [1, 1, false, true]);
  assertEquals(await store.placeOfTurn(40), store.placeOf(402));
  assertEquals(await store.placeOfTurn(0), 0);
  assertEquals(await store.placeOfTurn(99), 224);
});

Deno.test("a log that grows keeps its places; one that has gone back begins anew", async () => {
  const { store, world } = logOf(75);
  await store.begin({});
  await store.want(0, 75);
  world.size = 80;
  await store.grow();
  assertEquals([store.total.value, idAt(store, 10), idAt(store, 60)], [80, 11, 61]);
  assertTrue(!store.isKnown(70, 80));
  await store.want(0, 80);
  assertEquals(idAt(store, 79), 80);
  world.size = 20;
  await store.grow();
  assertEquals([store.total.value, idAt(store, 10)], [20, null]);
});

Deno.test("of what was asked before the filters changed nothing is shown", async () => {
  const { store } = logOf(300);
  const first = store.begin({ even: "yes" });
  const second = store.begin({});
  await Promise.all([first, second]);
  assertEquals(store.total.value, 300);
  const wanted = store.want(0, 50);
  await store.begin({ even: "yes" });
  await wanted;
  assertEquals([idAt(store, 0), store.total.value], [null, 150]);
});

Deno.test("a server that does not answer is the list's state, until it answers again", async () => {
  const { store, world } = logOf(10);
  world.offline = true;
  await store.begin({});
  assertEquals((store.state.value as { message: string }).message, "the server does not answer");
  world.offline = false;
  await store.retry();
  assertEquals([store.state.value, store.total.value], ["ready", 10]);
  world.offline = true;
  await store.want(0, 10);
  assertEquals((store.state.value as { hint: string }).hint, "try");
});
