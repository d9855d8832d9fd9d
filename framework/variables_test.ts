import fc from "../tests/support/properties.ts";
import { z } from "zod";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { formatPath } from "./issue.ts";
import type { Json } from "./json.ts";
import { variableDefinitionSchema } from "./variable_shape.ts";
import {
  checkVariable,
  type ElementDefinition,
  LEGACY_STATE_VARIABLES,
  type VariableDefinition,
  variableDefinitionIssues,
  variableDefinitionsIssues,
  VariableLayout,
  variableSchema,
} from "./variables.ts";

/** `path: message` of what checkVariable() finds, or "ok". */
function verdict(definition: VariableDefinition, value: unknown): string {
  assertEquals(variableDefinitionIssues(definition, []), [], "the test's definition itself");
  const failure = checkVariable(definition, value);
  return failure ? `${formatPath(failure.path)}: ${failure.message}` : "ok";
}

/** `path: code` of every issue of a definition named x. */
function issuesOf(definition: VariableDefinition): string[] {
  return variableDefinitionIssues(definition, ["x"]).map(({ path, code }) => `${formatPath(path ?? [])}: ${code}`);
}

Deno.test("checkVariable() of float wants finite numbers within inclusive bounds", () => {
  const definition: VariableDefinition = { type: "float", min: 0, max: 1, default: 0.5 };
  assertEquals([0, 1, 0.3, -0].map((value) => verdict(definition, value)), ["ok", "ok", "ok", "ok"]);
  assertEquals(verdict(definition, -0.1), "(root): -0.1 is below min 0");
  assertEquals(verdict(definition, 1.1), "(root): 1.1 is above max 1");
  assertEquals(verdict(definition, "1"), '(root): expected a finite number, found "1"');
  assertEquals(verdict(definition, true), "(root): expected a finite number, found true");
  for (const value of [NaN, Infinity, -Infinity, null, undefined, [], {}]) {
    assertTrue(verdict(definition, value) !== "ok");
  }
  for (const value of [NaN, Infinity]) assertTrue(verdict({ type: "float", default: 0 }, value) !== "ok");
});

Deno.test("checkVariable() of int wants safe integers", () => {
  const definition: VariableDefinition = { type: "int", min: -2, default: 0 };
  assertEquals(verdict(definition, 2 ** 53 - 1), "ok");
  assertEquals(
    verdict(definition, 2 ** 53),
    "(root): expected a whole number within ±(2^53 − 1), found 9007199254740992",
  );
  assertEquals(verdict(definition, 1.5), "(root): expected a whole number within ±(2^53 − 1), found 1.5");
  assertEquals(verdict(definition, -3), "(root): -3 is below min -2");
});

Deno.test("checkVariable() of bool and categorical wants exactly their values", () => {
  assertEquals(verdict({ type: "bool", default: true }, false), "ok");
  assertEquals(verdict({ type: "bool", default: true }, 1), "(root): expected true or false, found 1");
  const mood: VariableDefinition = { type: "categorical", values: ["calm", "wild"], default: "calm" };
  assertEquals(verdict(mood, "wild"), "ok");
  assertEquals(verdict(mood, "mild"), `(root): expected one of 'calm', 'wild', found "mild"`);
  assertTrue(verdict(mood, null) !== "ok");
});

Deno.test("checkVariable() of str searches for the pattern and counts characters, not UTF-16 units", () => {
  const definition: VariableDefinition = { type: "str", pattern: "b+", max_length: 3, default: "b" };
  assertEquals(verdict(definition, "abc"), "ok");
  assertEquals(verdict(definition, "b😀😀"), "ok");
  assertEquals(verdict(definition, "b😀😀😀"), '(root): "b😀😀😀" has 4 characters; at most 3 are allowed');
  assertEquals(verdict(definition, "xyz"), '(root): "xyz" does not match the pattern b+');
});

Deno.test("checkVariable() of str allows null only when the default is null", () => {
  assertEquals(verdict({ type: "str" }, null), "ok");
  assertEquals(verdict({ type: "str", default: null, pattern: "^a" }, null), "ok");
  assertEquals(verdict({ type: "str", default: "" }, null), "(root): expected a text, found null");
  assertEquals(verdict({ type: "list", item_type: "str" }, [null]), "[0]: expected a text, found null");
});

Deno.test("patterns may escape punctuation as in Python", () => {
  const email: VariableDefinition = { type: "str", pattern: "^[\\w\\.\\-]+\\@[\\w\\.]+$", default: "a@b" };
  assertEquals(verdict(email, "a-b.c@d.e"), "ok");
  assertTrue(verdict(email, "a b@c") !== "ok");
});

Deno.test("checkVariable() enforces constraints at every depth", () => {
  const definition: VariableDefinition = {
    type: "object",
    schema: {
      stock: {
        type: "dict",
        key_type: "str",
        value_type: { type: "list", item_type: { type: "tuple", item_types: ["int", { type: "float", min: 0 }] } },
      },
      code: { type: "str", pattern: "^[A-Z]$", default: "A" },
    },
  };
  assertEquals(verdict(definition, { stock: { wheat: [[1, 0.5]] }, code: "B" }), "ok");
  assertEquals(
    verdict(definition, { stock: { wheat: [[1, 0.5], [2, -1]] }, code: "B" }),
    "stock.wheat[1][1]: -1 is below min 0",
  );
  assertEquals(verdict(definition, { stock: {}, code: "b" }), 'code: "b" does not match the pattern ^[A-Z]$');
  assertEquals(verdict(definition, { stock: {} }), "code: the field is missing");
  assertEquals(verdict(definition, { stock: {}, code: "B", x: 1 }), "x: the object has no field 'x'");
  assertEquals(
    verdict(definition, { stock: { wheat: [[1]] }, code: "B" }),
    "stock.wheat[0]: the tuple has 1 items; it must have 2",
  );
});

Deno.test("checkVariable() caps lists and dicts at 1000 entries, or at max_length", () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => i);
  const dict = (n: number) => Object.fromEntries(many(n).map((i) => [`k${i}`, i]));
  const list: VariableDefinition = { type: "list", item_type: "int" };
  assertEquals(verdict(list, many(1000)), "ok");
  assertEquals(verdict(list, many(1001)), "(root): the list has 1001 items; at most 1000 are allowed");
  assertEquals(verdict({ ...list, max_length: 2000 }, many(1001)), "ok");
  assertEquals(verdict({ ...list, max_length: 2 }, many(3)), "(root): the list has 3 items; at most 2 are allowed");
  const map: VariableDefinition = { type: "dict", key_type: "str", value_type: "int" };
  assertEquals(verdict(map, dict(1000)), "ok");
  assertEquals(verdict(map, dict(1001)), "(root): the dict has 1001 entries; at most 1000 are allowed");
  assertEquals(verdict({ ...map, max_length: 2 }, dict(3)), "(root): the dict has 3 entries; at most 2 are allowed");
});

Deno.test("checkVariable() of dict wants whole numbers as keys where key_type is int", () => {
  const definition: VariableDefinition = { type: "dict", key_type: "int", value_type: "float" };
  assertEquals(verdict(definition, { "-7": 1, 0: 2, 12: 3 }), "ok");
  for (const key of ["1.5", "a", "01", "", "-0", " 1"]) {
    assertEquals(verdict(definition, { [key]: 1 }), `${key}: the key '${key}' is not a whole number`);
  }
});

Deno.test("checkVariable() refuses objects that JSON would not bring back", () => {
  const definition: VariableDefinition = { type: "dict", key_type: "str", value_type: "int" };
  assertEquals(verdict(definition, new Map()), "(root): expected a dict, found an object of class Map");
  assertEquals(verdict(definition, JSON.parse('{"__proto__":1}')), "__proto__: '__proto__' cannot be a key");
});

Deno.test("variableDefinitionIssues() accepts sound definitions of all ten types", () => {
  const sound: VariableDefinition[] = [
    { type: "float", default: 1 },
    { type: "int", min: 1, max: 1, default: 1, description: "one" },
    { type: "bool", default: false },
    { type: "categorical", values: ["a"], default: "a" },
    { type: "dict", key_type: "int", value_type: { type: "float", min: 0 } },
    { type: "dict", schema: { a: "float", b: { type: "int", default: 2 } }, default: { a: 1 } },
    { type: "list", item_type: { type: "categorical", values: ["a"] }, default: ["a"] },
    { type: "tuple", item_types: ["float", { type: "float", min: 1 }], default: [0, 1] },
    { type: "str" },
    { type: "object", schema: { a: { type: "bool" } }, default: { a: true } },
    { type: "json" },
    { type: "json", max_length: 24, default: { a: [1, null, { b: "c" }] } },
  ];
  for (const definition of sound) {
    assertEquals(issuesOf(definition), []);
    assertEquals(variableDefinitionSchema.parse(definition), definition);
  }
});

Deno.test("variableDefinitionIssues() finds what makes no sense, and where", () => {
  const cases: [VariableDefinition, string[]][] = [
    [{ type: "float", min: 2, max: 1, default: 1 }, ["x.min: bad_bounds"]],
    [{ type: "float", min: NaN, max: Infinity, default: 1 }, ["x.min: bad_bounds", "x.max: bad_bounds"]],
    [{ type: "float", min: 2, default: 1 }, ["x.default: bad_default"]],
    [{ type: "float", default: Infinity }, ["x.default: bad_default"]],
    [{ type: "float", default: true as never }, ["x.default: bad_default"]],
    [{ type: "float" }, ["x: missing_default"]],
    [{ type: "float", default: null }, ["x: missing_default"]],
    [{ type: "int", default: 1.5 }, ["x.default: bad_default"]],
    [{ type: "bool", default: 1 as never }, ["x.default: bad_default"]],
    [{ type: "categorical", values: [], default: "a" }, ["x.values: no_values"]],
    [{ type: "categorical", values: ["a"], default: "b" }, ["x.default: bad_default"]],
    [{ type: "categorical", values: ["a", "a"], default: "b" }, [
      "x.values[1]: duplicate_value",
      "x.default: bad_default",
    ]],
    [{ type: "str", pattern: "(", default: "a" }, ["x.pattern: bad_pattern"]],
    [{ type: "str", pattern: "(?P<n>a)" }, ["x.pattern: bad_pattern"]],
    [{ type: "str", pattern: "^a", default: "b" }, ["x.default: bad_default"]],
    [{ type: "str", max_length: 0 }, ["x.max_length: bad_max_length"]],
    [{ type: "dict" }, ["x: incomplete_dict"]],
    [{ type: "dict", key_type: "str" }, ["x: incomplete_dict"]],
    [{ type: "dict", value_type: "int" }, ["x: incomplete_dict"]],
    [{ type: "dict", key_type: "str", value_type: "int", schema: { a: "int" } }, ["x.key_type: ambiguous_dict"]],
    [{ type: "dict", schema: {} }, ["x.schema: empty_schema"]],
    [{ type: "dict", schema: { "a-b": "int" } }, ["x.schema.a-b: bad_name"]],
    [{ type: "dict", schema: { a: { type: "int" } } }, ["x.schema.a: missing_default"]],
    [{ type: "dict", key_type: "int", value_type: "int", default: { a: 1 } }, ["x.default.a: bad_default"]],
    [{ type: "list", item_type: "zzz" as never }, ["x.item_type: unknown_type"]],
    [{ type: "list", item_type: { type: "int", min: 0 }, default: [1, -1] }, ["x.default[1]: bad_default"]],
    [{ type: "list", item_type: "int", max_length: 1, default: [1, 2] }, ["x.default: bad_default"]],
    [{ type: "tuple", item_types: [] }, ["x.item_types: no_items"]],
    [{ type: "tuple", item_types: ["int", "int"], default: [1] }, ["x.default: bad_default"]],
    [{ type: "tuple", item_types: ["int", { type: "int" }] }, ["x.item_types[1]: missing_default"]],
    [{ type: "json", max_length: 0 }, ["x.max_length: bad_max_length"]],
    [{ type: "json", max_length: 3, default: [1, 2] }, ["x.default: bad_default"]],
    [{ type: "object", schema: {} }, ["x.schema: empty_schema"]],
    [{ type: "object", schema: { a: "int", b: { type: "float" } } }, ["x.schema.b: missing_default"]],
    [{ type: "object", schema: { a: "int" }, default: { b: 1 } }, ["x.default.b: bad_default"]],
    [{ type: "object", schema: { a: { type: "float", min: 2, max: 1, default: 1 } } }, ["x.schema.a.min: bad_bounds"]],
  ];
  for (const [definition, expected] of cases) assertEquals(issuesOf(definition), expected, JSON.stringify(definition));
});

Deno.test("variableDefinitionIssues() limits how deep dicts, lists and all containers nest", () => {
  const nest = (depth: number, wrap: (inner: ElementDefinition) => VariableDefinition) =>
    Array.from({ length: depth }).reduce<ElementDefinition>(wrap, "int") as VariableDefinition;
  const dict = (inner: ElementDefinition): VariableDefinition => ({ type: "dict", key_type: "str", value_type: inner });
  const list = (inner: ElementDefinition): VariableDefinition => ({ type: "list", item_type: inner });
  const tuple = (inner: ElementDefinition): VariableDefinition => ({ type: "tuple", item_types: [inner] });
  assertEquals([4, 5].map((n) => issuesOf(nest(n, dict)).length), [0, 1]);
  assertEquals([3, 4].map((n) => issuesOf(nest(n, list)).length), [0, 1]);
  assertEquals([10, 11].map((n) => issuesOf(nest(n, tuple)).length), [0, 1]);
  assertEquals(issuesOf(nest(4, list)), ["x.item_type.item_type.item_type: too_deep"]);
  const cyclic: { type: "list"; item_type: VariableDefinition } = { type: "list", item_type: { type: "str" } };
  cyclic.item_type = cyclic;
  assertEquals(issuesOf(cyclic), ["x.item_type.item_type.item_type: too_deep"]);
});

Deno.test("variableDefinitionsIssues() refuses names that are reserved or no identifiers", () => {
  const names = [
    "name",
    "turn",
    "agents",
    "global_state",
    "reasoning_chains",
    "a b",
    "1a",
    "",
    "__proto__",
    "größe",
    "_x",
    "x1",
  ];
  const refused = names.filter((name) =>
    variableDefinitionsIssues({ [name]: { type: "float", default: 0 } }, []).length > 0
  );
  assertEquals(refused, names.slice(0, 9));
});

Deno.test("variableDefinitionSchema refuses unknown keys, and keys that another type has", () => {
  const refused = [
    { type: "float", default: 1, mim: 0 },
    { type: "float", default: 1, values: ["a"] },
    { type: "bool", default: true, pattern: "a" },
    { type: "int", default: 1, item_type: "int" },
    { type: "list", item_type: { type: "float", foo: 1 } },
    { type: "list", item_type: "zzz" },
    { type: "list" },
    { type: "number", default: 1 },
    { default: 1 },
    { type: "float", default: "1" },
    { type: "float", min: Infinity, default: 1 },
    { type: "categorical", values: [1, 2], default: 1 },
    { type: "object", schema: { a: { type: "str", min: 1 } } },
  ];
  for (const definition of refused) {
    assertEquals(variableDefinitionSchema.safeParse(definition).success, false, JSON.stringify(definition));
  }
});

Deno.test("variableDefinitionSchema converts to a JSON Schema that refers to itself", () => {
  assertMatches(
    JSON.stringify(z.toJSONSchema(variableDefinitionSchema)),
    /"item_type":\{"description":"[^"]+","anyOf":\[\{"type":"string","enum".*\$ref/,
  );
});

Deno.test("variableSchema() carries the rules into JSON Schema", () => {
  const schema = variableSchema({
    type: "object",
    schema: {
      a: { type: "float", min: 0, max: 2, default: 1, description: "amount" },
      b: { type: "str", max_length: 5, pattern: "^b" },
      c: { type: "dict", key_type: "str", value_type: "bool" },
    },
  });
  const { properties } = z.toJSONSchema(schema) as { properties: Record<string, Json> };
  assertEquals(properties.a, { type: "number", minimum: 0, maximum: 2, default: 1, description: "amount" });
  assertMatches(JSON.stringify(properties.b), /"maxLength":5/);
  assertMatches(JSON.stringify(properties.b), /"null"/);
  assertMatches(JSON.stringify(properties.c), /"maxProperties":1000/);
});

const scalar: fc.Arbitrary<VariableDefinition> = fc.oneof(
  fc.record({
    type: fc.constant("float" as const),
    min: fc.constantFrom(null, -1, 0),
    max: fc.constantFrom(null, 1, 2.5),
  }),
  fc.record({
    type: fc.constant("int" as const),
    min: fc.constantFrom(null, -1, 0.5),
    max: fc.constantFrom(null, 1, 3),
  }),
  fc.constant({ type: "bool" as const }),
  fc.constant({ type: "categorical" as const, values: ["a", "bb", "😀"] }),
  fc.record({
    type: fc.constant("str" as const),
    default: fc.constantFrom(null, "b"),
    max_length: fc.constantFrom(null, 1, 2),
    pattern: fc.constantFrom(null, "b", "^[a-z\\-]*$"),
  }),
);
const { definition: anyDefinition } = fc.letrec<{ definition: VariableDefinition; element: ElementDefinition }>((
  tie,
) => ({
  definition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    scalar,
    fc.record({
      type: fc.constant("list" as const),
      item_type: tie("element"),
      max_length: fc.constantFrom(null, 1, 2),
    }),
    fc.record({
      type: fc.constant("dict" as const),
      key_type: fc.constantFrom("str" as const, "int" as const),
      value_type: tie("element"),
      max_length: fc.constantFrom(null, 1),
    }),
    fc.record({ type: fc.constant("dict" as const), schema: fc.record({ a: tie("element"), b: tie("element") }) }),
    fc.record({
      type: fc.constant("tuple" as const),
      item_types: fc.array(tie("element"), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ type: fc.constant("object" as const), schema: fc.record({ a: tie("element") }) }),
  ),
  element: fc.oneof(fc.constantFrom<ElementDefinition>("float", "int", "bool", "str"), tie("definition")),
}));

const leaf = fc.constantFrom<unknown>(
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  3,
  2 ** 53,
  NaN,
  Infinity,
  true,
  null,
  "",
  "a",
  "b",
  "bb",
  "😀",
  "😀b",
  "ab-c",
);
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "1", "-2", "1.5"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Values that mostly fit, so that the two are compared on both sides of the line. */
function near(element: ElementDefinition): fc.Arbitrary<unknown> {
  const definition = typeof element === "string" ? { type: element } as VariableDefinition : element;
  const fitting = (): fc.Arbitrary<unknown> => {
    switch (definition.type) {
      case "float":
        return fc.constantFrom(0, 0.25, 1);
      case "int":
        return fc.constantFrom(0, 1);
      case "bool":
        return fc.boolean();
      case "categorical":
        return fc.constantFrom(...definition.values);
      case "str":
        return fc.constantFrom("b", "bb", "a", null);
      case "json":
        return anyValue;
      case "list":
        return fc.array(near(definition.item_type), { maxLength: 3 });
      case "tuple":
        return fc.tuple(...definition.item_types.map(near));
      case "dict":
      case "object": {
        if (definition.schema) {
          return fc.record(Object.fromEntries(Object.entries(definition.schema).map(([k, d]) => [k, near(d)])));
        }
        const value = definition.type === "dict" ? definition.value_type : undefined;
        return fc.dictionary(fc.constantFrom("1", "-2", "a"), near(value ?? "str"), {
          maxKeys: 2,
          noNullPrototype: true,
        });
      }
    }
  };
  return fc.oneof({ arbitrary: fitting(), weight: 12 }, { arbitrary: anyValue, weight: 1 });
}

Deno.test("variableSchema() allows exactly what checkVariable() allows", () => {
  const verdicts = { allowed: 0, refused: 0 };
  const pair = anyDefinition.chain((definition) =>
    fc.tuple(fc.constant(definition), fc.oneof(near(definition), anyValue))
  );
  fc.assert(
    fc.property(pair, ([definition, value]) => {
      const allowed = checkVariable(definition, value) === null;
      verdicts[allowed ? "allowed" : "refused"]++;
      assertEquals(variableSchema(definition).safeParse(value).success, allowed);
    }),
    { numRuns: 2000 },
  );
  assertTrue(verdicts.allowed > 100 && verdicts.refused > 100, `both sides were compared: ${JSON.stringify(verdicts)}`);
});

Deno.test("VariableLayout gives defaults to every type, and they pass its own check", () => {
  const layout = new VariableLayout({
    f: { type: "float", min: 1, default: 1.5 },
    i: { type: "int", default: -2 },
    b: { type: "bool", default: false },
    c: { type: "categorical", values: ["x", "y"], default: "y" },
    d: { type: "dict", key_type: "str", value_type: "int" },
    e: { type: "dict", schema: { a: "float", b: { type: "int", default: 3 } }, default: { a: 9 } },
    l: { type: "list", item_type: "int" },
    t: { type: "tuple", item_types: ["float", "str", { type: "bool", default: true }] },
    s: { type: "str" },
    o: { type: "object", schema: { p: { type: "object", schema: { q: "bool" } } } },
  });
  assertEquals<unknown>(layout.defaults(), {
    f: 1.5,
    i: -2,
    b: false,
    c: "y",
    d: {},
    e: { a: 9, b: 3 },
    l: [],
    t: [0, "", true],
    s: null,
    o: { p: { q: false } },
  });
  assertEquals(layout.names, ["f", "i", "b", "c", "d", "e", "l", "t", "s", "o"]);
  assertEquals(layout.numericNames, ["f", "i"]);
  assertEquals(layout.check({ name: "A", ...layout.defaults() }), null);
  assertEquals(layout.check(layout.defaults()), null);
});

Deno.test("VariableLayout: what one record does to its defaults no other record sees", () => {
  const definition = { l: { type: "list", item_type: "int", default: [1] } } as const;
  const layout = new VariableLayout(definition);
  const first = layout.defaults();
  first.l = [2];
  assertEquals<unknown>(layout.defaults(), { l: [1] });
  assertThrows(() => (layout.defaults().l as number[]).push(3));
  assertTrue(!Object.isFrozen(definition.l.default), "the scenario's own values stay as they are");
});

Deno.test("VariableLayout.check() finds wrong, missing and unknown values in any order of keys", () => {
  const layout = new VariableLayout({
    a: { type: "float", min: 0, default: 0 },
    b: { type: "int", default: 0 },
    c: { type: "tuple", item_types: ["float", { type: "float", max: 1 }], default: [0, 0] },
  });
  const good = { name: "X", a: 1, b: 2, c: [1, 1] };
  const cases: [Record<string, unknown>, string][] = [
    [good, "ok"],
    [{ a: 1, b: 2, c: [1, 1] }, "ok"],
    [{ ...good, a: -1 }, "a: -1 is below min 0"],
    [{ ...good, a: NaN }, "a: expected a finite number, found NaN"],
    [{ ...good, a: Infinity }, "a: expected a finite number, found Infinity"],
    [{ ...good, a: "1" }, 'a: expected a finite number, found "1"'],
    [{ ...good, b: 0.5 }, "b: expected a whole number within ±(2^53 − 1), found 0.5"],
    [{ ...good, c: [1, 2] }, "c[1]: 2 is above max 1"],
    [{ ...good, d: 1 }, "d: there is no such variable; declare it under state_variables"],
    [{ name: "X", a: 1, b: 2 }, "c: the variable is missing"],
    [{ name: "X", b: 2, c: [1, 1] }, "a: the variable is missing"],
    [{ ...good, a: undefined }, "a: expected a finite number, found undefined"],
    [{}, "a: the variable is missing"],
  ];
  for (const [record, expected] of cases) {
    for (const keys of [Object.keys(record), Object.keys(record).reverse()]) {
      const failure = layout.check(Object.fromEntries(keys.map((key) => [key, record[key]])));
      assertEquals(failure ? `${formatPath(failure.path)}: ${failure.message}` : "ok", expected);
    }
  }
});

Deno.test("VariableLayout.check() does not count what a record merely inherits", () => {
  const layout = new VariableLayout({ a: { type: "float", default: 0 }, b: { type: "float", default: 0 } });
  const inherited = Object.assign(Object.create({ b: 2 }), { a: 1 });
  assertEquals(layout.check(inherited)?.path, ["b"]);
  assertEquals(layout.check(Object.create({ a: 1, b: 2 }))?.path, ["a"]);
  assertEquals(layout.check(null as never)?.message, "a record must be an object");
});

Deno.test("VariableLayout.check() agrees with checkVariable() whatever the order of keys", () => {
  const pair = anyDefinition
    .map((definition): VariableDefinition => ({ type: "list", item_type: definition }))
    .chain((definition) => fc.tuple(fc.constant(definition), fc.array(anyValue, { maxLength: 2 }), fc.boolean()));
  fc.assert(fc.property(pair, ([definition, value, last]) => {
    const layout = new VariableLayout({ v: definition, w: { type: "float", default: 0 } });
    const found = layout.check(last ? { name: "A", w: 1, v: value } : { name: "A", v: value, w: 1 });
    const expected = checkVariable(definition, value);
    assertEquals(found, expected && { path: ["v", ...expected.path], message: expected.message });
  }));
});

Deno.test("VariableLayout refuses definitions that make no sense, naming the variable", () => {
  const error = assertThrows(
    () => new VariableLayout({ a: { type: "float", min: 2, max: 1, default: 1 } }),
    "bad_bounds",
  );
  assertEquals(error.message, "a.min: min 2 is above max 1");
});

Deno.test("LEGACY_STATE_VARIABLES are llm-sim's", () => {
  const { agent_vars, global_vars } = LEGACY_STATE_VARIABLES;
  assertEquals<unknown>(new VariableLayout(agent_vars).defaults(), { economic_strength: 0 });
  assertEquals(new VariableLayout(agent_vars).check({ name: "A", economic_strength: -1 })?.path, ["economic_strength"]);
  assertEquals<unknown>(new VariableLayout(global_vars).defaults(), {
    interest_rate: 0.05,
    total_economic_value: 0,
    gdp_growth: 0,
    inflation: 0,
    unemployment: 0,
  });
});
