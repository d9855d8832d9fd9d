/** Random legal configs of a component, from its schema. */

import fc from "./properties.ts";
import { z } from "zod";

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Configs that `schema` accepts, each key present or left to its default; texts are drawn from `names`. */
export function configSamples(schema: z.ZodType, names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  return valuesOf(z.toJSONSchema(schema, { io: "input" }) as JsonSchema, names) as fc.Arbitrary<
    Record<string, unknown>
  >;
}

function valuesOf(schema: JsonSchema, names: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "number": {
      const [min, max] = [schema.minimum ?? -1e6, schema.maximum ?? 1e6];
      return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max));
    }
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 200, 200) });
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.constantFrom(...names);
    case "array":
      return fc.array(valuesOf(schema.items!, names), { maxLength: 5 });
    case "object": {
      const properties = Object.entries(schema.properties ?? {});
      const values = Object.fromEntries(properties.map(([key, property]) => [key, valuesOf(property, names)]));
      return fc.record(values, { requiredKeys: [...(schema.required ?? [])] });
    }
    default:
      throw new RangeError(`no samples for a schema of type ${schema.type}`);
  }
}
