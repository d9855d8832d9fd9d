import { z } from "zod";
import type { JsonObject } from "../../framework/mod.ts";
import { assertEquals } from "../../tests/support/assert.ts";
import { parametersOf } from "./parameters.ts";

const of = (shape: z.ZodRawShape) =>
  parametersOf(z.toJSONSchema(z.strictObject(shape), { io: "input", unrepresentable: "any" }) as JsonObject);

Deno.test("a setting is told with kind, default, range and unit", () => {
  const [rate, count, mode, name] = of({
    rate: z.number().min(-5).max(10).default(1).describe("real rate, % per year; 0: none"),
    count: z.int().min(1),
    mode: z.enum(["grow", "maintain"]).default("grow").describe("how, or not at all"),
    name: z.string().min(1).nullable().default(null),
  });
  assertEquals(rate, {
    path: "rate",
    kind: "number",
    choices: [],
    unit: "% per year",
    fallback: "1",
    range: "−5 to 10",
    isRequired: false,
    description: "real rate; 0: none",
  });
  assertEquals([count!.kind, count!.range, count!.isRequired], ["whole number", "at least 1", true]);
  assertEquals([mode!.kind, mode!.choices, mode!.fallback, mode!.unit], [
    "one of",
    ["grow", "maintain"],
    "grow",
    null,
  ]);
  assertEquals([name!.kind, name!.range, name!.fallback], ["text or null", "not empty", "null"]);
});

Deno.test("a unit that the schema names counts, whatever the description says", () => {
  const [mass] = of({ mass: z.number().positive().describe("of a body, cells").meta({ unit: "kg" }) });
  assertEquals([mass!.unit, mass!.description, mass!.range], ["kg", "of a body, cells", "above 0"]);
});

Deno.test("settings inside of others follow them, with the path that leads there", () => {
  const inner = z.strictObject({ turn: z.int(), to: z.array(z.string()).max(3).optional() });
  const found = of({
    shock: inner.optional(),
    events: z.array(inner).default([]),
    by_name: z.record(z.string(), inner),
  });
  assertEquals(found.map(({ path, kind }) => `${path}: ${kind}`), [
    "shock: map",
    "shock.turn: whole number",
    "shock.to: list of texts",
    "events: list of maps",
    "events[].turn: whole number",
    "events[].to: list of texts",
    "by_name: map",
    "by_name.*.turn: whole number",
    "by_name.*.to: list of texts",
  ]);
});

Deno.test("a schema that refers to itself, goes deep, or is none ends", () => {
  interface Tree {
    readonly below?: readonly Tree[] | undefined;
  }
  const tree: z.ZodType<Tree> = z.object({ below: z.array(z.lazy(() => tree)).optional() });
  assertEquals(of({ tree }).length < 20, true);
  const wide = {
    type: "object",
    properties: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`p${i}`, {}])),
  };
  assertEquals(parametersOf(wide).length, 1000);
  for (const wrong of [{}, { properties: { a: true, b: null, c: 7 } }, { properties: { a: { enum: 1, type: 3 } } }]) {
    parametersOf(wrong as unknown as JsonObject);
  }
});
