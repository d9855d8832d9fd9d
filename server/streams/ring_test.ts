import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import fc from "fast-check";
import { EventRing } from "./ring.ts";
import { eventBlock } from "./sse.ts";

const block = (after: number, count: number) =>
  eventBlock(Array.from({ length: count }, (_, i) => `{"id":${after + i + 1}}\n`).join(""), after)!;

Deno.test("EventRing: what it has follows without gaps, and takes no more than its limit", () => {
  fc.assert(fc.property(fc.array(fc.record({ skip: fc.nat(2), count: fc.integer({ min: 1, max: 9 }) })), (pushes) => {
    const ring = new EventRing(600);
    for (const { skip, count } of pushes) {
      // Now and then a block lies behind a gap.
      ring.push(block(ring.head + (skip === 2 ? 5 : 0), count));
      const { floor, head } = ring;
      assertTrue(ring.bytes <= 600);
      assertEquals([ring.after(head), ring.after(floor - 1), ring.after(head + 1)], [null, null, null]);
      for (let cursor = floor; cursor < head; cursor++) {
        const { bytes, last } = ring.after(cursor)!;
        const ids = new TextDecoder().decode(bytes).match(/(?<=^id: )\d+/gm)!.map(Number);
        assertEquals(ids, Array.from({ length: last - cursor }, (_, i) => cursor + 1 + i));
      }
    }
    ring.clear();
    assertEquals([ring.bytes, ring.floor], [0, ring.head]);
  }));
});
