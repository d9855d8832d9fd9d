import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { PersistentArray } from "./persistent_array.ts";

const read = <T>(array: PersistentArray<T>, length: number) => Array.from({ length }, (_, i) => array.get(i));

Deno.test("a persistent array holds what it was made of, at every length around a branch", () => {
  for (const length of [0, 1, 31, 32, 33, 1023, 1024, 1025, 33_000]) {
    const items = Array.from({ length }, (_, i) => i);
    const array = PersistentArray.of(items);
    assertEquals(read(array, length), items);
    assertEquals([array.get(length), array.get(length + 40_000)], [undefined, undefined]);
  }
});

Deno.test("a persistent array does not change with the list it was made of", () => {
  const items = [1, 2];
  const array = PersistentArray.of(items);
  items[0] = 9;
  assertEquals(array.get(0), 1);
});

Deno.test("property: changed copies hold the changes, and the copied ones stay as they were", () => {
  const change = fc.tuple(fc.nat(3000), fc.integer());
  fc.assert(
    fc.property(fc.nat(2000), fc.array(change), (length, changes) => {
      let model = Array.from({ length }, (_, i) => i as number | undefined);
      let array = PersistentArray.of(model);
      for (const [index, value] of changes) {
        const before = read(array, 3001);
        const changed = array.with(index, value);
        assertEquals(read(array, 3001), before);
        model = Array.from({ length: Math.max(model.length, index + 1) }, (_, i) => i === index ? value : model[i]);
        array = changed;
        assertEquals(read(array, model.length), model);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("property: differences are the indices whose items differ", () => {
  const change = fc.tuple(fc.nat(1500), fc.nat(2));
  fc.assert(fc.property(fc.nat(1200), fc.array(change), fc.array(change), (length, left, right) => {
    const base = PersistentArray.of(new Array<number>(length).fill(0));
    const made = (changes: [number, number][]) => changes.reduce((array, [i, value]) => array.with(i, value), base);
    const [a, b] = [made(left), made(right)];
    const expected = [...read(a, 1501).keys()].filter((i) => a.get(i) !== b.get(i));
    assertEquals(PersistentArray.differences(a, b), expected);
  }));
});
