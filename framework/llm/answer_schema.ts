/** The JSON Schema that a provider is told an answer should fit. */

import { z } from "zod";
import type { Schema } from "../domain.ts";
import { SimError } from "../issue.ts";
import { deepFreeze, type Json, type JsonObject } from "../json.ts";

const schemas = new WeakMap<Schema, JsonObject>();

/** Keys that hold values of the domain's, not schemas. */
const VALUES: readonly string[] = ["default", "const", "enum", "examples"];
/** Keys that hold schemas by names that are not the language's own. */
const NAMED: readonly string[] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/**
 * The JSON Schema (draft 2020-12) of what `schema` accepts, before it transforms anything, with all descriptions. Left out
 * is what tells a provider nothing: `$schema`, and the ±(2^53 − 1) by which zod bounds whole numbers. The same schema
 * yields the same frozen object, so keep schemas in constants.
 *
 * @throws {SimError} `bad_answer_schema` when it is no object, or holds what JSON Schema cannot say
 *
 * @example
 * ```ts
 * import { answerSchema } from "llm-sim";
 * import { z } from "zod";
 * const bid = z.object({ price: z.int().min(0).describe("in cents") });
 * const written = JSON.stringify(answerSchema(bid).properties);
 * if (written !== '{"price":{"type":"integer","minimum":0,"description":"in cents"}}') throw new Error(written);
 * ```
 */
export function answerSchema(schema: Schema): JsonObject {
  let known = schemas.get(schema);
  if (known === undefined) {
    known = deepFreeze(convert(schema));
    schemas.set(schema, known);
  }
  return known;
}

function convert(schema: Schema): JsonObject {
  const { $schema: _, ...written } = withoutRootReference(cleaned(jsonSchemaOf(schema), false) as JsonObject);
  if (written.type === "object") return written;
  throw new SimError("bad_answer_schema", `the schema of an answer is ${kindOf(written)}, and must be an object`, {
    hint: "providers demand an object at the root: wrap it, z.object({ answer: … })",
  });
}

function jsonSchemaOf(schema: Schema): Json {
  try {
    // Through text: what zod adds for its own use is not part of it.
    return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" })));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SimError("bad_answer_schema", `the schema of an answer has no JSON Schema: ${reason}`, {
      hint:
        "build it of texts, numbers, booleans, enums, lists and objects; turn them into other things by transform()",
      cause,
    });
  }
}

/** A schema that has an id or holds itself is written as a reference to a part; providers want to see the object. */
function withoutRootReference(schema: JsonObject): JsonObject {
  const { $ref, $defs = {}, ...rest } = schema;
  const name = String($ref).replace("#/$defs/", "");
  if ($ref === undefined || !Object.hasOwn($defs as JsonObject, name)) return schema;
  const { [name]: root, ...others } = $defs as JsonObject;
  const whole = { ...root as JsonObject, ...rest };
  if (JSON.stringify([whole, others]).includes(`"${$ref}"`)) return { ...whole, $defs };
  return Object.keys(others).length === 0 ? whole : { ...whole, $defs: others };
}

/** @param named whether the keys of `node` are names, whatever they are, and its values schemas */
function cleaned(node: Json, named: boolean): Json {
  if (Array.isArray(node)) return node.map((inner) => cleaned(inner, false));
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node as JsonObject)
    .filter(([key, value]) => named || !isNoBound(key, value))
    .map(([key, value]): [string, Json] => {
      if (!named && VALUES.includes(key)) return [key, value];
      return [key, cleaned(value, !named && NAMED.includes(key))];
    });
  return Object.fromEntries(entries);
}

function isNoBound(key: string, value: Json): boolean {
  return (key === "maximum" && value === Number.MAX_SAFE_INTEGER) ||
    (key === "minimum" && value === Number.MIN_SAFE_INTEGER);
}

function kindOf({ type, anyOf, oneOf }: JsonObject): string {
  if (anyOf ?? oneOf) return "a choice of several";
  return type === undefined ? "anything" : `of type ${JSON.stringify(type)}`;
}
