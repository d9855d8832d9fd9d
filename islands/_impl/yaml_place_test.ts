import { assertEquals } from "../../tests/support/assert.ts";
import { lineOf, placeAt, writingAt } from "./yaml_place.ts";

/** The text without `@`, and where that stood. */
function at(text: string): [string, number] {
  return [text.replace("@", ""), text.indexOf("@")];
}

function written(text: string) {
  const found = writingAt(...at(text));
  return found && [found.writes, found.path.join("."), found.used.join(" "), found.inFlow];
}

Deno.test("writingAt: a key of the mapping that the line is indented to", () => {
  assertEquals(written("simulation:\n  name: x\n  max@"), ["key", "simulation", "name", false]);
  assertEquals(written("simulation:\n  name: x\n  @"), ["key", "simulation", "name", false]);
  assertEquals(written("simulation:\n  @"), ["key", "simulation", "", false]);
  assertEquals(written("simulation:\n  name: x\n@"), ["key", "", "simulation", false]);
  assertEquals(written("@"), ["key", "", "", false]);
  assertEquals(written("simulation:\n  na@me: x\n  seed: 1\n"), ["key", "simulation", "seed", false]);
  assertEquals(written("a:\n  b:\n    c: 1\n  @\nd: 2\n"), ["key", "a", "b", false]);
  assertEquals(written("# words\nagents:\n  - name: A\n    ty@\n  - name: B\n"), ["key", "agents.0", "name", false]);
  assertEquals(written("agents:\n  - name: A\n  - @\n"), ["key", "agents.1", "", false]);
});

Deno.test("writingAt: a key and a value on one line", () => {
  assertEquals(written("agents:\n  - { name: A, type: nation, @ }\n"), ["key", "agents.0", "name type", true]);
  assertEquals(written("agents:\n  - { name: A, type: na@ }\n"), ["value", "agents.0.type", "", true]);
  assertEquals(written("simulation: { schedule: @ }"), ["value", "simulation.schedule", "", true]);
  assertEquals(written("metrics: { agents: [a, b@] }"), ["value", "metrics.agents.1", "", true]);
});

Deno.test("writingAt: a value after its key, also where the text below is broken", () => {
  assertEquals(written("simulation:\n  schedule: se@\n"), ["value", "simulation.schedule", "", false]);
  assertEquals(written("simulation:\n  schedule: @\n  name: x\n"), ["value", "simulation.schedule", "", false]);
  assertEquals(written("engine:\n  type: @\nagents: [ {\n"), ["value", "engine.type", "", false]);
});

Deno.test("writingAt: nothing in comments and in texts", () => {
  assertEquals(written("a: 1 # comm@ent"), null);
  assertEquals(written('a: "some te@xt"'), null);
  assertEquals(written("description: two words@"), null);
});

Deno.test("placeAt: keys and values with the values beside them", () => {
  const text = "engine:\n  type: market\n  config: { demand: 0.5 }\n";
  const place = placeAt(text, text.indexOf("demand"))!;
  assertEquals(place.path, ["engine", "config", "demand"]);
  assertEquals(place.scalars, [{}, { type: "market" }, { demand: "0.5" }]);
  assertEquals(text.slice(place.from, place.to), "demand");
  assertEquals(placeAt(text, text.indexOf("0.5"))!.path, ["engine", "config", "demand"]);
  assertEquals(placeAt("l:\n  - a\n  - 'b c'\n", 13)!.path, ["l", 1]);
  assertEquals(placeAt("# only words\n", 5), null);
});

Deno.test("lineOf: where a path is written, else the nearest that is", () => {
  const text = "# words\na:\n  b: 1\n  c:\n    - x\n    - { d: 1 }\n    - e: 1\n      f: 2\ng: {h: 1,\n  i: 2}\n";
  const lines =
    ([["a"], ["a", "b"], ["a", "c", 0], ["a", "c", 1], ["a", "c", 2], ["a", "c", 2, "f"], ["g", "i"]] as const)
      .map((path) => lineOf(text, path));
  assertEquals(lines, [2, 3, 5, 6, 7, 8, 10]);
  assertEquals(lineOf(text, ["a", "zzz", "y"]), 2);
  assertEquals(lineOf(text, ["zzz"]), 1);
  assertEquals(lineOf("", ["a"]), 1);
});
