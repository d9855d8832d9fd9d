import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { Rng, rng } from "./rng.ts";

Deno.test("Rng reproduces the published Threefry-2x32-20 vectors", () => {
  assertEquals(new Rng([0, 0], 0).nextBlock(), [0x6b200159, 0x99ba4efe]);
});

Deno.test("rng() gives the same stream for the same key and another for any other key", () => {
  const first = (seed: number, purpose: string, agent: string, turn: number) => rng(seed, purpose, agent, turn).next();
  const base = first(1, "decide", "A", 3);
  assertEquals(first(1, "decide", "A", 3), base);
  const others = [
    first(2, "decide", "A", 3),
    first(1, "noise", "A", 3),
    first(1, "decide", "B", 3),
    first(1, "decide", "A", 4),
  ];
  assertEquals(new Set([base, ...others]).size, 5);
});

Deno.test("Rng.at() is random access to the stream, and leaves next() where it was", () => {
  const key = [0x12345678, 0x9abcdef0] as const;
  const stream = new Rng(key, 5);
  const drawn = Array.from({ length: 4 }, () => stream.next());
  const other = new Rng(key, 5);
  assertEquals([3, 1, 0, 2].map((counter) => other.at(counter)), [drawn[3], drawn[1], drawn[0], drawn[2]]);
  assertEquals(other.next(), drawn[0]);
  assertEquals(other.at(-1), other.at(0xffffffff), "a counter is 32 bits");
  assertTrue(other.at(0x80000000) !== other.at(0));
});
