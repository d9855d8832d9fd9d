import { scenarioJsonSchema } from "../../../framework/scenario/mod.ts";
import { assertEquals } from "../../../tests/support/assert.ts";
import { branchesAt, branchesOf, childOf, helpOf, optionsOf, propertiesOf, type Schema } from "./schema.ts";

const DOMAIN: Schema = {
  type: "object",
  properties: {
    engine: {
      type: "object",
      description: "the rules",
      properties: {
        type: { type: "string", "x-options": [{ value: "market", description: "prices" }, { value: "barter" }] },
        config: {},
      },
      allOf: [
        {
          if: { properties: { type: { const: "market" } }, required: ["type"] },
          then: {
            properties: {
              config: { type: "object", properties: { demand: { type: "number", minimum: 0 } } },
              demand: { type: "number" },
            },
          },
        },
        {
          if: { properties: { type: { const: "barter" } }, required: ["type"] },
          then: { properties: { fee: { type: "integer" } } },
        },
      ],
    },
    space: { oneOf: [shape("grid", "width"), shape("network", "edges")] },
    names: { anyOf: [{ type: "object", additionalProperties: { $ref: "#/$defs/variable" } }, { type: "null" }] },
    pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }] },
  },
  $defs: {
    variable: { type: "object", properties: { default: { type: ["number", "null"], description: "at the start" } } },
  },
};

function shape(type: string, key: string): Schema {
  return { type: "object", properties: { type: { const: type }, [key]: {} }, required: ["type", key] };
}

const keysAt = (path: (string | number)[], scalars: Record<string, string>[]) =>
  propertiesOf(branchesAt(DOMAIN, path, scalars)).map(({ key }) => key);

Deno.test("the settings of a component follow from its type", () => {
  assertEquals(keysAt(["engine"], [{}, { type: "market" }]), ["type", "config", "demand"]);
  assertEquals(keysAt(["engine"], [{}, { type: "barter" }]), ["type", "config", "fee"]);
  assertEquals(keysAt(["engine"], [{}, {}]), ["type", "config"]);
  assertEquals(keysAt(["engine", "config"], [{}, { type: "market" }, {}]), ["demand"]);
  assertEquals(optionsOf(branchesAt(DOMAIN, ["engine", "type"], [])).map(({ value }) => value), ["market", "barter"]);
});

Deno.test("alternatives are told apart by a fixed value; without one all are offered", () => {
  assertEquals(keysAt(["space"], [{}, { type: "network" }]), ["type", "edges"]);
  assertEquals(keysAt(["space"], [{}, {}]), ["type", "width", "edges"]);
  assertEquals(optionsOf(branchesAt(DOMAIN, ["space", "type"], [])).map(({ value }) => value), ["grid"]);
});

Deno.test("names of one's own, references, lists with places, and paths that lead nowhere", () => {
  const help = helpOf(branchesAt(DOMAIN, ["names", "price", "default"], []))!;
  assertEquals([help.description, help.kind], ["at the start", "number"]);
  assertEquals(childOf(branchesOf(DOMAIN, { type: "array", items: { type: "string" } }), 3), { type: "string" });
  assertEquals(helpOf(branchesAt(DOMAIN, ["pair", 1], []))!.kind, "number");
  assertEquals(branchesAt(DOMAIN, ["nothing", "here"], []), []);
  assertEquals(branchesAt(DOMAIN, ["__proto__"], []), []);
  const endless: Schema = { $ref: "#/$defs/a", $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } } };
  assertEquals(branchesOf(endless, endless), []);
});

Deno.test("the framework's own schema: kinds and bounds in words", () => {
  const root = scenarioJsonSchema() as Schema;
  const told = (...path: (string | number)[]) => {
    const help = helpOf(branchesAt(root, path, []));
    return help && [help.kind, help.options.map(({ value }) => value).join(" ")];
  };
  assertEquals(told("simulation", "max_turns"), ["whole number, 1 or more", ""]);
  assertEquals(told("simulation", "seed"), ["whole number", ""]);
  assertEquals(told("simulation", "turn_timeout"), ["number, above 0, 86400 or less", ""]);
  assertEquals(told("simulation", "schedule"), ["text", "simultaneous sequential random_order"]);
  assertEquals(told("observability", "enabled"), ["true or false", "true false"]);
  assertEquals(told("agents", 0, "on_error"), ["text", "fail retry skip fallback"]);
});
