/**
 * The expected hashes were computed with Python 3.11, from which llm-sim's come, for the same definitions:
 *
 *     fields = lambda v: {"type": v["type"], "values": v.get("values"),
 *                         "min": None if v.get("min") is None else float(v["min"]),
 *                         "max": None if v.get("max") is None else float(v["max"])}
 *     text = json.dumps({"agent_vars": {n: fields(v) for n, v in agent.items()},
 *                        "global_vars": {n: fields(v) for n, v in world.items()}}, sort_keys=True)
 *     hashlib.sha256(text.encode()).hexdigest()
 */

import { assertEquals, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { schemaHash } from "./schema_hash.ts";
import { LEGACY_STATE_VARIABLES, type VariableDefinition, type VariableDefinitions } from "./variables.ts";

function float(min?: number, max?: number): VariableDefinition {
  return { type: "float", min, max, default: min ?? 0 };
}

Deno.test("schemaHash() of no variables is Python's", () => {
  assertEquals(schemaHash({}, {}), "b59b2048445a325e4744040d2134c57e756a7bd679e6c042fa13d4147e2271c8");
});

Deno.test("schemaHash() of the legacy variables is Python's", () => {
  const { agent_vars, global_vars } = LEGACY_STATE_VARIABLES;
  assertEquals(schemaHash(agent_vars, global_vars), "9eb4f5f6858b5080924887bc42fc3891682d674240026c779136000275fd59c2");
});

Deno.test("schemaHash() writes bounds as Python's repr(float)", () => {
  const agent_vars: VariableDefinitions = {
    a: float(-0.0, 1e16),
    b: float(1e-5, 0.1),
    c: float(5e-324, 1.7976931348623157e308),
    d: float(123456789012345680, 1e22),
    e: float(-1e-4, 9999999999999998),
    f: float(-1234.5, 0.00012345),
    g: float(1 / 3, 2 ** 53),
  };
  const global_vars: VariableDefinitions = { h: { type: "int", min: -3, max: 100, default: 0 } };
  assertEquals(schemaHash(agent_vars, global_vars), "b911638f937421e2f0bc8175fab3c5c4dbcd1728f713b039afc178d30fba8638");
});

Deno.test("schemaHash() escapes texts and sorts names as Python does", () => {
  const agent_vars: VariableDefinitions = {
    größe: {
      type: "categorical",
      values: ["ä", "日本", "😀", 'quote" back\\slash', "tab\tline\nbell\u0007del\u007f", "</script>"],
      default: "ä",
    },
    "\u{20000}x": { type: "bool", min: 0, max: 1, default: true },
    "\uff5ax": { type: "str" },
    z: { type: "str" },
  };
  const global_vars: VariableDefinitions = { mode: { type: "categorical", values: ["on", "off"], default: "on" } };
  assertEquals(schemaHash(agent_vars, global_vars), "7b54e1e3aba4cce179d1c67497a919f3d2a09e1962dc1bb6048380b1a491c4e1");
});

const ALL_TYPES: VariableDefinitions = {
  f: float(0, 1),
  i: { type: "int", default: 1 },
  b: { type: "bool", default: true },
  c: { type: "categorical", values: ["x"], default: "x" },
  d: { type: "dict", key_type: "str", value_type: { type: "float", min: 1 } },
  l: { type: "list", item_type: "int" },
  t: { type: "tuple", item_types: ["float", "int"] },
  s: { type: "str", pattern: "^a", default: "a" },
  o: { type: "object", schema: { x: "float" } },
};

Deno.test("schemaHash() of all nine types that it had is Python's", () => {
  assertEquals(schemaHash(ALL_TYPES, {}), "88cc7d091bb3b08d8fc47a44fbc84eb8324b98e5ea6ec5879fde8ca0c420e26b");
});

Deno.test("schemaHash() does not depend on the order of the names, defaults and what is inside containers", () => {
  const hash = schemaHash(ALL_TYPES, {});
  assertEquals(schemaHash(Object.fromEntries(Object.entries(ALL_TYPES).reverse()), {}), hash);
  assertEquals(
    schemaHash({ ...ALL_TYPES, l: { type: "list", item_type: "str" }, i: { type: "int", default: 7 } }, {}),
    hash,
  );
  assertTrue(schemaHash({ ...ALL_TYPES, f: float(0, 2) }, {}) !== hash);
  assertTrue(schemaHash({}, ALL_TYPES) !== hash);
});

Deno.test("schemaHash() refuses an infinite bound", () => {
  assertThrows(() => schemaHash({ a: float(-Infinity) }, {}), "not_finite");
});
