import { assertEquals } from "../tests/support/assert.ts";
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
