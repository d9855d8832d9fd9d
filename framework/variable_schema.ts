/** A variable's rules as a zod schema. */

import { z } from "zod";
import type { Schema } from "./domain.ts";
import type { ElementDefinition, VariableDefinition } from "./variables.ts";
import {
  codePoints,
  compilePattern,
  DEFAULT_MAX_LENGTH,
  defaultValue,
  elementDefinition,
  INT_KEY,
  isAbsent,
  isNullable,
} from "./variable_values.ts";

/**
 * The values of a variable as a zod schema, for borders and for JSON Schema. It allows what {@linkcode checkVariable}
 * allows, and carries description and default as metadata only: it fills in nothing.
 *
 * @example
 * ```ts
 * import { variableSchema } from "llm-sim";
 * import { z } from "zod";
 * const schema = z.toJSONSchema(variableSchema({ type: "float", min: 0, default: 1 }));
 * if (schema.minimum !== 0) throw new Error("bounds are in the JSON Schema");
 * ```
 */
export function variableSchema(definition: VariableDefinition): Schema {
  const rules = ruleSchema(definition);
  const schema = isNullable(definition) ? rules.nullable() : rules;
  const value = defaultValue(definition);
  const meta = {
    ...(isAbsent(definition.description) ? {} : { description: definition.description }),
    ...(value === undefined ? {} : { default: value }),
  };
  return Object.keys(meta).length === 0 ? schema : schema.meta(meta);
}

function ruleSchema(definition: VariableDefinition): z.ZodType {
  switch (definition.type) {
    case "float":
      return bounded(z.number(), definition);
    case "int":
      return bounded(z.int(), definition);
    case "bool":
      return z.boolean();
    case "categorical":
      return z.enum(definition.values as [string, ...string[]]);
    case "str":
      return textSchema(definition.pattern, definition.max_length);
    case "list":
      return z.array(elementSchema(definition.item_type)).max(definition.max_length ?? DEFAULT_MAX_LENGTH);
    case "tuple":
      return z.tuple(definition.item_types.map(elementSchema) as [z.ZodType, ...z.ZodType[]]);
    case "dict":
      return isAbsent(definition.schema) ? dictSchema(definition) : fieldsSchema(definition.schema);
    case "object":
      return fieldsSchema(definition.schema);
    case "json":
      return z.json();
  }
}

function elementSchema(element: ElementDefinition): z.ZodType {
  return variableSchema(elementDefinition(element));
}

function bounded(
  number: z.ZodNumber,
  bounds: { readonly min?: number | null | undefined; readonly max?: number | null | undefined },
): z.ZodNumber {
  const above = isAbsent(bounds.min) ? number : number.min(bounds.min);
  return isAbsent(bounds.max) ? above : above.max(bounds.max);
}

function textSchema(pattern: string | null | undefined, maxLength: number | null | undefined): z.ZodType {
  const text = isAbsent(pattern) ? z.string() : z.string().regex(compilePattern(pattern));
  if (isAbsent(maxLength)) return text;
  // zod's own max() counts UTF-16 units, JSON Schema and llm-sim count characters.
  const message = `Too long: expected at most ${maxLength} characters`;
  return text.refine((value) => codePoints(value) <= maxLength, message).meta({ maxLength });
}

function dictSchema(definition: VariableDefinition & { type: "dict" }): z.ZodType {
  const most = definition.max_length ?? DEFAULT_MAX_LENGTH;
  const key = definition.key_type === "int" ? z.string().regex(INT_KEY) : z.string();
  const message = `Too many entries: expected at most ${most}`;
  return z.record(key, elementSchema(definition.value_type ?? "str"))
    .refine((value) => Object.keys(value).length <= most, message)
    .meta({ maxProperties: most });
}

function fieldsSchema(schema: { readonly [field: string]: ElementDefinition }): z.ZodType {
  return z.strictObject(
    Object.fromEntries(Object.entries(schema).map(([field, element]) => [field, elementSchema(element)])),
  );
}
