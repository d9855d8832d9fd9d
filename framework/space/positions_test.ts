import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { Positions } from "./positions.ts";

Deno.test("agents are in the order in which they were placed; moving keeps it, coming back does not", () => {
  const placed = Positions.none().place("c", 0).place("a", 1).place("b", 0);
  assertEquals(placed.entries(), [["c", 0], ["a", 1], ["b", 0]]);
  assertEquals(placed.place("c", 1).at(1), ["c", "a"]);
  assertEquals(placed.remove("c").place("c", 0).at(0), ["b", "c"]);
});

Deno.test("agents whose names are whole numbers come first, as JSON lists them", () => {
  const names = ["x", "10", "9", "007", "-1", "4294967294", "4294967295", "1.5"];
  const placed = names.reduce((positions, name) => positions.place(name, 0), Positions.none());
  assertEquals(placed.at(0), Object.keys(Object.fromEntries(names.map((name) => [name, 0]))));
});

Deno.test("positions that change nothing are the same object", () => {
  const placed = Positions.none().place("a", 3);
  assertTrue(placed.place("a", 3) === placed);
  assertTrue(placed.remove("b") === placed);
});

Deno.test("agents that come and go leave nothing behind that grows", () => {
  let positions = Positions.none().place("stays", 1);
  for (let i = 0; i < 5000; i++) positions = positions.place(`guest_${i}`, 0).remove(`guest_${i - 1}`);
  assertEquals(positions.entries(), [["stays", 1], ["guest_4999", 0]]);
});

Deno.test("property: positions are those of a plain list of agents, in every version", () => {
  const agent = fc.constantFrom("a", "b", "c", "1", "0", "12");
  const step = fc.oneof(
    fc.record({ agent, location: fc.nat(40) }),
    fc.record({ agent, location: fc.constant(null) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let positions = Positions.none();
    let model: [string, number][] = [];
    const versions: [Positions, [string, number][]][] = [];
    for (const { agent, location } of steps) {
      positions = location === null ? positions.remove(agent) : positions.place(agent, location);
      const known = model.some(([name]) => name === agent);
      if (location === null) model = model.filter(([name]) => name !== agent);
      else if (known) model = model.map(([name, at]) => [name, name === agent ? location : at]);
      else model = [...model, [agent, location]];
      versions.push([positions, model]);
    }
    for (const [positions, model] of versions) {
      // An object lists its keys in the order that positions promise.
      const ordered = Object.entries(Object.fromEntries(model));
      assertEquals(positions.entries(), ordered);
      assertEquals(positions.size, model.length);
      for (const name of ["a", "b", "c", "1", "0", "12"]) {
        assertEquals(positions.of(name), Object.fromEntries(model)[name]);
      }
      for (let n = 0; n <= 40; n++) {
        assertEquals(positions.at(n), ordered.filter(([, at]) => at === n).map(([name]) => name));
      }
    }
  }));
});
