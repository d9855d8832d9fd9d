import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { decodeMembers, type EncodedPopulation, encodeMembers, entryAtByte, swapBytes } from "./member_codec.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, type Members, type MutableMembers, PopulationMap } from "./members.ts";
import type { VariableDefinitions } from "./variables.ts";

const VARIABLES: VariableDefinitions = {
  ill: { type: "bool", default: false },
  wealth: { type: "float", min: -1e9, default: 1 },
  mood: { type: "categorical", values: ["calm", "angry"], default: "calm" },
  age: { type: "int", default: 20 },
};
const LAYOUT = new MemberLayout(VARIABLES);

function people(size: number, change: (next: MutableMembers) => void = () => {}): Members {
  return PopulationMap.of([createMembers("people", LAYOUT, size)]).update("people", change).get("people")!;
}

function shown(members: Members) {
  const columns = members.columns.map(({ name }) => [...members.column(name)]);
  return { ids: [...members.ids], next_id: members.next_id, columns };
}

Deno.test("decodeMembers() brings back what encodeMembers() was given, bit for bit", () => {
  const float = fc.double({ min: -1e9, noNaN: true, noDefaultInfinity: true });
  const member = fc.record({ kept: fc.boolean(), float, int: fc.integer(), bit: fc.integer({ min: 0, max: 1 }) });
  fc.assert(fc.property(fc.array(member, { maxLength: 20 }), fc.boolean(), (list, drop) => {
    const members = people(list.length, (next) => {
      next.column("wealth").set(list.map(({ float }) => float));
      next.column("age").set(list.map(({ int }) => int));
      next.column("ill").set(list.map(({ bit }) => bit));
      next.column("mood").set(list.map(({ bit }) => 1 - bit));
      if (drop) next.keep(list.map(({ kept }) => kept ? 1 : 0));
    });
    const back = decodeMembers(LAYOUT, encodeMembers(members));
    assertEquals(shown(back), shown(members));
  }));
});

Deno.test("ids are left out as long as nobody is missing in between, columns are little endian without gaps", () => {
  const encoded = encodeMembers(people(2, (next) => {
    next.column("wealth")[0] = 2;
    next.column("age").set([258, -1]);
    next.column("ill")[1] = 1;
  }));
  assertEquals([encoded.name, encoded.rows, encoded.next_id], ["people", 2, 2]);
  assertEquals(encoded.columns, [
    { name: "ill", type: "bool" },
    { name: "wealth", type: "float" },
    { name: "mood", type: "categorical", values: ["calm", "angry"] },
    { name: "age", type: "int" },
  ]);
  const floats = [...[0, 0, 0, 0, 0, 0, 0, 0x40], ...[0, 0, 0, 0, 0, 0, 0xf0, 0x3f]];
  assertEquals([...encoded.bytes], [0, 1, ...floats, 0, 0, ...[2, 1, 0, 0], ...[255, 255, 255, 255]]);
  assertEquals(encodeMembers(people(3, (next) => next.keep([1, 1, 0]))).bytes.length, 2 * 14);
  assertEquals(encodeMembers(people(3, (next) => next.keep([1, 0, 1]))).bytes.length, 2 * (14 + 4));
});

Deno.test("what is decoded can be changed and encoded again, and its bytes stay as they were", () => {
  const encoded = encodeMembers(people(3));
  const bytes = encoded.bytes.slice();
  const decoded = PopulationMap.of([decodeMembers(LAYOUT, encoded)]);
  const after = decoded.update("people", (next) => {
    next.column("wealth").fill(7);
    next.append(1);
  });
  assertEquals(after.get("people")!.next_id, 4);
  assertEquals(encoded.bytes, bytes);
});

Deno.test("decodeMembers() refuses bytes that are not the population's", () => {
  const good = encodeMembers(people(3, (next) => next.keep([1, 0, 1])));
  const altered = (change: Partial<EncodedPopulation>) => () => decodeMembers(LAYOUT, { ...good, ...change });
  const at = (position: number, byte: number) => good.bytes.with(position, byte) as Uint8Array<ArrayBuffer>;
  const cases: [() => unknown, RegExp][] = [
    [altered({ bytes: good.bytes.slice(1) }), /35 bytes are not those of 2 members/],
    [altered({ rows: 3 }), /36 bytes are not those of 3 members/],
    [altered({ columns: good.columns.slice(1) }), /its columns are wealth .*, the scenario's ill/],
    [
      altered({ columns: good.columns.map((each) => each.values ? { ...each, values: ["calm", "sad"] } : each) }),
      /mood \(calm, sad\)/,
    ],
    [altered({ bytes: at(0, 2) }), /its 2 member ids do not ascend to below 3/],
    [altered({ next_id: 2 }), /its 2 member ids do not ascend to below 2/],
    [altered({ bytes: at(8, 5) }), /member 0: ill: expected 0 \(false\) or 1 \(true\), found 5/],
    [altered({ bytes: at(17, 0xc7) }), /member 0: wealth: .* is below min -1000000000/],
  ];
  for (const [decode, message] of cases) assertMatches(assertThrows(decode, "bad_checkpoint").message, message);
});

Deno.test("swapBytes() turns every entry around, twice is nothing", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  swapBytes(bytes, 4);
  assertEquals([...bytes], [4, 3, 2, 1, 8, 7, 6, 5]);
  swapBytes(bytes, 4);
  assertEquals([...bytes], [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("entryAtByte() names the member, column and value of every byte", () => {
  const { bytes, ...header } = encodeMembers(people(4, (next) => {
    next.column("age").set([10, 11, 12, 13]);
    next.column("mood").set([0, 0, 1, 0]);
    next.keep([0, 1, 1, 1]);
  }));
  const names = Array.from(bytes, (_, at) => entryAtByte(header, bytes, at)).map(({ id, column, value }) =>
    `${id} ${column} ${value}`
  );
  assertEquals([...new Set(names)], [
    ...["1 id 1", "2 id 2", "3 id 3"],
    ...["1 ill false", "2 ill false", "3 ill false"],
    ...["1 wealth 1", "2 wealth 1", "3 wealth 1"],
    ...["1 mood calm", "2 mood angry", "3 mood calm"],
    ...["1 age 11", "2 age 12", "3 age 13"],
  ]);
  assertTrue(names.length === bytes.length);
  assertThrows(() => entryAtByte(header, bytes, bytes.length));
});
