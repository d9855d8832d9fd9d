import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { assign } from "./assignment.ts";

/** Few values, so that many assignments cost the same. */
const matrices = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.constantFrom(1, 3, 1000))
  .chain(([rows, columns, highest]) =>
    fc.array(fc.array(fc.integer({ min: -highest, max: highest }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    })
  );

const costOf = (costs: readonly (readonly number[])[], columns: readonly number[]) =>
  columns.reduce((sum, column, row) => sum + (column === -1 ? 0 : costs[row]![column]!), 0);

/** The least cost of giving columns to as many rows as possible, by trying everything. */
function leastCost(costs: readonly (readonly number[])[]): number {
  const idle = Math.max(0, costs.length - costs[0]!.length);
  const from = (row: number, taken: number, idleLeft: number): number => {
    if (row === costs.length) return 0;
    const withColumn = costs[row]!.map((cost, column) =>
      taken & 1 << column ? Infinity : cost + from(row + 1, taken | 1 << column, idleLeft)
    );
    return Math.min(...withColumn, idleLeft > 0 ? from(row + 1, taken, idleLeft - 1) : Infinity);
  };
  return from(0, 0, idle);
}

Deno.test("assign() costs as little as the best of all assignments, up to 6 by 6", () => {
  fc.assert(fc.property(matrices, (costs) => assertEquals(costOf(costs, assign(costs)), leastCost(costs))));
});

Deno.test("assign() gives no column twice, and a column to as many rows as there can be", () => {
  fc.assert(fc.property(matrices, (costs) => {
    const given = assign(costs).filter((column) => column !== -1);
    assertEquals(given.length, Math.min(costs.length, costs[0]!.length));
    assertEquals(new Set(given).size, given.length);
    assertTrue(given.every((column) => column >= 0 && column < costs[0]!.length));
  }));
});

Deno.test("assign() answers the same costs the same way, and assigns nothing when there is nothing", () => {
  fc.assert(fc.property(matrices, (costs) => assertEquals(assign(costs), assign(structuredClone(costs)))));
  assertEquals(assign([]), []);
  assertEquals(assign([[], []]), [-1, -1]);
});

Deno.test("assign() does 300 by 300 exactly: the planted assignment is found", () => {
  const size = 300;
  const planted = Array.from({ length: size }, (_, row) => (row * 7 + 3) % size);
  const costs = planted.map((column) => Array.from({ length: size }, (_, other) => other === column ? 0 : 1));
  assertEquals(assign(costs), planted);
});

Deno.test("assign() refuses rows of different lengths and costs that are no numbers", () => {
  assertThrows(() => assign([[1, 2], [1]]), "bad_costs");
  assertThrows(() => assign([[1], [NaN]]), "bad_costs");
});
