/** The shape of definitions of state variables. The loader alone needs it, and building it takes 8 ms. */

import { z } from "zod";
import type { Json } from "./json.ts";
import type { ElementDefinition, VariableDefinition } from "./variables.ts";

const number = z.number().nullish().describe("initial value");
const min = z.number().nullish().describe("least value allowed");
const max = z.number().nullish().describe("greatest value allowed");
const unused = z.number().nullish().describe("legacy: without effect");
const length = (what: string) => z.int().min(1).nullish().describe(what);
const description = z.string().nullish().describe("for readers of the scenario");
const json: z.ZodType<Json> = z.json();
const element: z.ZodType<ElementDefinition> = z.lazy(() =>
  z.union([z.enum(["float", "int", "bool", "str"]), variableDefinitionSchema])
);
const fields = z.record(z.string(), element);
const object = z.record(z.string(), json);

/**
 * The shape of a {@linkcode VariableDefinition}: keys that a type does not have are refused. Whether its settings make
 * sense together is for {@linkcode variableDefinitionIssues}.
 */
export const variableDefinitionSchema: z.ZodType<VariableDefinition> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("float"), min, max, default: number, description })
    .describe("a finite number"),
  z.strictObject({ type: z.literal("int"), min, max, default: number, description })
    .describe("a whole number between ±(2^53 − 1)"),
  z.strictObject({
    type: z.literal("bool"),
    min: unused,
    max: unused,
    default: z.boolean().nullish().describe("initial value"),
    description,
  }).describe("true or false"),
  z.strictObject({
    type: z.literal("categorical"),
    values: z.array(z.string()).min(1).describe("the texts"),
    default: z.string().nullish().describe("initial value"),
    description,
  }).describe("one of a set of texts"),
  z.strictObject({
    type: z.literal("str"),
    pattern: z.string().nullish().describe(
      "regular expression that must match somewhere in the text; anchor it with ^ and $",
    ),
    max_length: length("greatest number of characters"),
    default: z.string().nullish().describe("initial value; null, or none, makes null a value of the variable"),
    description,
  }).describe("a text"),
  z.strictObject({
    type: z.literal("dict"),
    key_type: z.enum(["str", "int"]).nullish().describe("with value_type: any texts, or whole numbers written as text"),
    value_type: element.nullish().describe("with key_type: what each value is"),
    max_length: length("greatest number of entries, 1000 unless given"),
    schema: fields.nullish().describe("instead of key_type and value_type: the fields, all of them required"),
    default: object.nullish().describe("initial value, {} unless given; fields left out take their own defaults"),
    description,
  }).describe("values by key: any keys, or exactly the fields of schema"),
  z.strictObject({
    type: z.literal("list"),
    item_type: element.describe("what each item is"),
    max_length: length("greatest number of items, 1000 unless given"),
    default: z.array(json).nullish().describe("initial value, [] unless given"),
    description,
  }).describe("values of one kind, in order"),
  z.strictObject({
    type: z.literal("tuple"),
    item_types: z.array(element).min(1).describe("what each item is"),
    default: z.array(json).nullish().describe("initial value; unless given, made of the items' defaults"),
    description,
  }).describe("a fixed number of values, each of its own kind"),
  z.strictObject({
    type: z.literal("object"),
    schema: fields.describe("the fields, all of them required"),
    default: object.nullish().describe("initial value; fields left out take their own defaults"),
    description,
  }).describe("a record with exactly the fields of schema"),
  z.strictObject({
    type: z.literal("json"),
    max_length: length("greatest number of characters of its JSON text, 1,000,000 unless given"),
    default: json.optional().describe("initial value, null unless given"),
    description,
  }).describe("any JSON value; not recorded in rows"),
]);
