import { assertEquals, assertThrows, assertTrue } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { AgentMemory, type MemoryEntry } from "./memory.ts";

const NO_LIMITS = { max_entries: 1000, max_turns: null, max_bytes: 1_000_000 };

const contents = (entries: readonly MemoryEntry[]) => entries.map(({ content }) => content);

Deno.test("AgentMemory recalls by kind, turn and number, the oldest first", () => {
  const old: MemoryEntry[] = [{ turn: 1, kind: "price", content: 10 }, { turn: 2, content: "hello" }];
  const memory = new AgentMemory(old, 3, NO_LIMITS);
  memory.add(12, { kind: "price" });
  assertEquals(contents(memory.recall()), [10, "hello", 12]);
  assertEquals(contents(memory.recall({ kind: "price" })), [10, 12]);
  assertEquals(contents(memory.recall({ since: 2 })), ["hello", 12]);
  assertEquals(contents(memory.recall({ last: 1 })), [12]);
  assertEquals(contents(memory.recall({ last: 0 })), []);
  assertEquals(contents(memory.recall({ kind: "price", since: 2, last: 5 })), [12]);
});

Deno.test("AgentMemory is unchanged until something is added or forgotten", () => {
  const old: MemoryEntry[] = [{ turn: 1, content: 1 }, { turn: 2, kind: "k", content: 2 }];
  const memory = new AgentMemory(old, 3, NO_LIMITS);
  memory.recall();
  assertEquals([memory.forget({ kind: "other" }), memory.changed, memory.entries], [0, false, old]);
  assertEquals([memory.forget({ before: 2 }), memory.changed, contents(memory.entries)], [1, true, [2]]);
  assertEquals([memory.forget(), memory.entries, old.length], [1, [], 2]);
});

Deno.test("AgentMemory keeps what it was given, whatever becomes of the object", () => {
  const memory = new AgentMemory([], 1, NO_LIMITS);
  const note = { seen: ["A"] };
  memory.add(note);
  note.seen.push("B");
  assertEquals(contents(memory.entries), [{ seen: ["A"] }]);
  assertThrows(() => ((memory.entries[0]!.content as { seen: string[] }).seen.push("C")));
});

Deno.test("AgentMemory forgets what is older than max_turns", () => {
  const old = [1, 2, 3, 4].map((turn): MemoryEntry => ({ turn, content: turn }));
  assertEquals(contents(new AgentMemory(old, 5, { ...NO_LIMITS, max_turns: 2 }).entries), [3, 4]);
});

Deno.test("AgentMemory refuses what is no JSON or larger than all that may be remembered", () => {
  const memory = new AgentMemory([], 1, { ...NO_LIMITS, max_bytes: 60 });
  for (const content of [NaN, undefined, () => 1, new Date(0), 1n]) assertThrows(() => memory.add(content as never));
  assertThrows(() => memory.add("x".repeat(60)));
  assertEquals([memory.entries, memory.changed], [[], false]);
});

Deno.test("AgentMemory never holds more than its limits, and what it holds is the newest", () => {
  const limits = fc.record({
    max_entries: fc.integer({ min: 1, max: 8 }),
    max_bytes: fc.integer({ min: 60, max: 400 }),
    max_turns: fc.constant(null),
  });
  fc.assert(fc.property(limits, fc.array(fc.string({ maxLength: 20 }), { maxLength: 30 }), (limits, texts) => {
    const memory = new AgentMemory([], 1, limits);
    const kept: string[] = [];
    for (const text of texts) {
      const size = new TextEncoder().encode(JSON.stringify({ turn: 1, content: text })).length;
      if (size > limits.max_bytes) assertThrows(() => memory.add(text));
      else {
        memory.add(text);
        kept.push(text);
      }
    }
    const bytes = memory.entries.reduce((sum, each) => sum + new TextEncoder().encode(JSON.stringify(each)).length, 0);
    assertTrue(memory.entries.length <= limits.max_entries && bytes <= limits.max_bytes);
    assertEquals(contents(memory.entries), kept.slice(kept.length - memory.entries.length));
  }));
});
