import fc from "../../tests/support/properties.ts";
import { assertEquals } from "../../tests/support/assert.ts";
import { LogReader } from "./log_reader.ts";
import { NumberedLogs } from "./numbered_log.ts";

type Line = string | { readonly id: number; readonly turn_number: number; readonly [key: string]: unknown };

function withEvents(lines: readonly Line[], body: (reader: LogReader, folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
    Deno.writeTextFileSync(`${folder}/events.jsonl`, texts.map((text) => `${text}\n`).join(""));
    body(new LogReader(new NumberedLogs()), folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const event = (id: number, turn: number, more: { readonly [key: string]: unknown } = {}) => ({
  id,
  turn_number: turn,
  event_type: id % 2 === 0 ? "ACTION" : "DECISION",
  ...more,
});

Deno.test("what cannot be read is named, and nothing else is lost with it", () => {
  const lines = [
    event(1, 1),
    event(2, 1),
    '{"id":3,"turn_number":1,"event_ty',
    "null",
    event(5, 2),
    event(6, 2),
    '{"id":7, torn',
  ];
  withEvents(lines, (reader, folder) => {
    assertEquals(reader.events(folder, { limit: 10 }).rows.map(({ id }) => id), [1, 2, 5, 6]);
    assertEquals(reader.numbers(folder, { log: "events", types: ["ACTION"] }), {
      numbers: [2, 6],
      damaged: [3, 4, 7],
      next_after: null,
    });
    assertEquals(reader.numbers(folder, { log: "events", after: 4, types: ["ACTION"] }), {
      numbers: [6],
      damaged: [7],
      next_after: null,
    });
    assertEquals(reader.last(folder, "events"), 7);
  });
});

Deno.test("what an event led to is found by its number", () => {
  const lines = [event(1, 1), event(2, 1, { caused_by: [1] }), event(3, 1, { caused_by: [11, 1] }), event(4, 1)];
  withEvents([...lines, event(5, 1, { caused_by: "1" })], (reader, folder) => {
    assertEquals(reader.events(folder, { causedBy: 1, limit: 10 }).rows.map(({ id }) => id), [2, 3]);
  });
});

Deno.test("property: a turn begins after the last line before it, whatever is damaged", () => {
  const turns = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(turns, fc.nat(40), (steps, wanted) => {
      let turn = 0;
      const all = steps.map(([by, isDamaged], i) => ({ id: i + 1, turn: turn += by, isDamaged }));
      const lines = all.map(({ id, turn, isDamaged }) => isDamaged ? `{"id":${id},"turn_n` : event(id, turn));
      withEvents(lines, (reader, folder) => {
        const before = all.findLast(({ turn, isDamaged }) => !isDamaged && turn < wanted)?.id ?? 0;
        const found = reader.beforeTurn(folder, "events", wanted);
        const next = all.find(({ turn, isDamaged }) => !isDamaged && turn >= wanted)?.id ?? Infinity;
        // Those that are damaged may be of the turn or of the one before it.
        assertEquals([found >= before, found < next], [true, true]);
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("a log that is not there has nothing", () => {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  const reader = new LogReader(new NumberedLogs());
  assertEquals(reader.numbers(folder, { log: "llm", agents: ["a"] }), { numbers: [], damaged: [], next_after: null });
  assertEquals([reader.last(folder, "logs"), reader.beforeTurn(folder, "events", 3)], [0, 0]);
  Deno.removeSync(folder);
});
