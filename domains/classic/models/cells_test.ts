import fc from "../../../tests/support/properties.ts";
import { assertEquals } from "../../../tests/support/assert.ts";
import { cellLists } from "./cells.ts";

Deno.test("cellLists: every point is in the list of its cell, once, in ascending order", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 6 })), (cells) => {
    const { starts, members } = cellLists(Int32Array.from(cells), 7);
    for (let cell = 0; cell < 7; cell++) {
      const expected = cells.flatMap((own, i) => own === cell ? [i] : []);
      assertEquals([...members.subarray(starts[cell]!, starts[cell + 1]!)], expected);
    }
  }));
});
