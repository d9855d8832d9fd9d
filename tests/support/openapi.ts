/** Requests made of a description of an API, and answers held against it. */

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { OpenApiDocument, OpenApiOperation } from "../../server/openapi.ts";
import fc from "./properties.ts";

type Schema = { readonly [keyword: string]: unknown };

/** One method of one path. */
export interface Operation extends OpenApiOperation {
  readonly method: string;
  readonly path: string;
}

/** All operations of a document. */
export function operationsOf({ paths }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path }))
  );
}

/** Says what is wrong with values by the schemas of one document. */
export class Checker {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.#ajv.addSchema({ $id: "document", components: document.components });
  }

  /** What is wrong with `value`; null: nothing. */
  problem(schema: object, value: unknown): string | null {
    const compiled = this.#compiled.get(schema) ?? this.#ajv.compile(inDocument(schema) as object);
    this.#compiled.set(schema, compiled);
    return compiled(value) ? null : this.#ajv.errorsText(compiled.errors, { dataVar: "body" });
  }
}

/** The schema with its references into the document. */
function inDocument(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value) => key === "$ref" ? `document${value}` : value);
}

/** JSON of any kind, and some that tries things. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    -1,
    1e308,
    0.5,
    2 ** 53,
    "",
    "\0",
    "../../etc/passwd",
    "a".repeat(5000),
    "__proto__",
    "constructor",
    [],
    {},
    [[[[[[[[]]]]]]]],
    JSON.parse('{"__proto__":{"admin":true}}'),
    { constructor: { prototype: {} } },
  ),
);

/** Values that a schema describes, as far as it says: patterns and formats it does not know. */
export function valuesOf(document: OpenApiDocument, schema: object, depth = 0): fc.Arbitrary<unknown> {
  const s = schema as Schema;
  if (typeof s.$ref === "string") {
    const name = s.$ref.split("/").at(-1)!;
    return valuesOf(document, document.components.schemas[name]!, depth + 1);
  }
  const within = (inner: unknown) => valuesOf(document, inner as object, depth + 1);
  if (Array.isArray(s.enum)) return fc.constantFrom(...s.enum);
  if (Array.isArray(s.anyOf)) return fc.oneof(...s.anyOf.map(within));
  if (Array.isArray(s.type)) {
    // Any JSON; deeper it would only be larger.
    return depth > 4 ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 });
  }
  switch (s.type) {
    case "string":
      if (s.format === "date-time") {
        return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) =>
          date.toISOString()
        );
      }
      return fc.string({
        minLength: Number(s.minLength ?? 0),
        maxLength: Math.min(40, Number(s.maxLength ?? 40)),
        unit: fc.constantFrom(..."aZ0_-. /\\:{}=é\n".split("")),
      });
    case "integer":
      return fc.integer({ min: Number(s.minimum ?? -1000), max: Math.min(1000, Number(s.maximum ?? 1000)) });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      if (Array.isArray(s.prefixItems)) return fc.tuple(...s.prefixItems.map(within));
      return fc.array(within(s.items), { maxLength: 3 });
    case "object": {
      const properties = Object.entries((s.properties ?? {}) as Schema);
      const required = (s.required ?? []) as string[];
      const known = fc.record(Object.fromEntries(properties.map(([key, inner]) => [key, within(inner)])), {
        requiredKeys: required,
      });
      if (typeof s.additionalProperties !== "object" || s.additionalProperties === null) return known;
      const more = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), within(s.additionalProperties), {
        maxKeys: 3,
      });
      return fc.tuple(more, known).map(([extra, rest]) => ({ ...extra, ...rest }));
    }
    default:
      return anything;
  }
}

/** The value with one place in it changed: replaced, left out, or joined by something that nobody asked for. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(values, fc.nat(), anything, fc.constantFrom("replace", "remove", "add")).map(
    ([value, at, other, how]) => {
      if (typeof value !== "object" || value === null) return other;
      const keys = Object.keys(value);
      const key = keys[at % Math.max(1, keys.length)];
      if (how === "add" || key === undefined) return { ...value, surprise: other };
      const { [key]: _gone, ...rest } = value as Record<string, unknown>;
      return how === "remove" ? rest : { ...rest, [key]: other };
    },
  );
}
