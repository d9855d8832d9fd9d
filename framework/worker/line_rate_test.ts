import { assertEquals, assertMatches } from "../../tests/support/assert.ts";
import { droppedText, LineRate, LINES_PER_SECOND } from "./line_rate.ts";

Deno.test("a flood of lines passes up to the rate, and the next second tells how many were dropped", () => {
  let now = 5000;
  const rate = new LineRate(() => now);
  const passed = Array.from({ length: LINES_PER_SECOND + 7 }, () => rate.admit()).filter(({ pass }) => pass);
  assertEquals(passed.length, LINES_PER_SECOND);
  now = 6000;
  assertEquals(rate.admit(), { pass: true, dropped: 7 });
  assertEquals(rate.admit(), { pass: true, dropped: 0 });
  assertMatches(droppedText(7), /^7 more lines were dropped/);
});

Deno.test("lines below the rate all pass", () => {
  let now = 0;
  const rate = new LineRate(() => now);
  for (let i = 0; i < LINES_PER_SECOND * 3; i++) {
    now = Math.floor(i / LINES_PER_SECOND) * 1000;
    assertEquals(rate.admit(), { pass: true, dropped: 0 });
  }
});
