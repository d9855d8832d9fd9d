/** What a value must be, in words that are short enough for a prompt. */

import type { Json, JsonObject } from "../json.ts";

/** zod bounds whole numbers by these; nobody needs to be told. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * A JSON Schema in words: `number from 0 to 1, default 0.1. Share of output.`
 */
export function schemaText(schema: JsonObject): string {
  const fallback = schema.default === undefined ? "" : `, default ${JSON.stringify(schema.default)}`;
  const meaning = typeof schema.description === "string" ? `; ${schema.description}` : "";
  return `${kindText(schema)}${fallback}${meaning}`;
}

function kindText(schema: JsonObject): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return options.map((option) => kindText(option as JsonObject)).join(" or ");
  if (Array.isArray(schema.type)) return schema.type.map((type: Json) => kindText({ ...schema, type })).join(" or ");
  switch (schema.type) {
    case "number":
      return `number${rangeText(schema)}`;
    case "integer":
      return `whole number${rangeText(schema)}`;
    case "string":
      return `text${sizeText(schema.minLength, schema.maxLength, "characters")}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return listText(schema);
    case "object":
      return objectText(schema);
    default:
      return "value";
  }
}

function listText({ items, prefixItems, minItems, maxItems }: JsonObject): string {
  if (Array.isArray(prefixItems)) {
    return `list of exactly: ${prefixItems.map((item) => kindText(item as JsonObject)).join(", ")}`;
  }
  const each = isObject(items) ? ` of: ${kindText(items)}` : "";
  return `list${sizeText(minItems, maxItems, "items")}${each}`;
}

function objectText({ properties, additionalProperties }: JsonObject): string {
  if (isObject(properties) && Object.keys(properties).length > 0) {
    const fields = Object.entries(properties).map(([name, field]) => `${name}: ${kindText(field as JsonObject)}`);
    return `object { ${fields.join(", ")} }`;
  }
  return isObject(additionalProperties) ? `object whose values are: ${kindText(additionalProperties)}` : "object";
}

/** ` from 0 to 1`, ` at least 0`, or nothing. */
function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
  const [least, most] = [bound(minimum), bound(maximum)];
  const [above, below] = [bound(exclusiveMinimum), bound(exclusiveMaximum)];
  if (least !== null && most !== null) return ` from ${least} to ${most}`;
  const parts = [
    ...(least === null ? [] : [`at least ${least}`]),
    ...(above === null ? [] : [`above ${above}`]),
    ...(most === null ? [] : [`at most ${most}`]),
    ...(below === null ? [] : [`below ${below}`]),
  ];
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

function bound(value: Json | undefined): number | null {
  return typeof value === "number" && Math.abs(value) !== UNBOUNDED ? value : null;
}

function sizeText(least: Json | undefined, most: Json | undefined, what: string): string {
  const [from, to] = [typeof least === "number" ? least : 0, typeof most === "number" ? most : null];
  if (to === null) return from === 0 ? "" : ` of at least ${from} ${what}`;
  return from === 0 ? ` of at most ${to} ${what}` : from === to ? ` of ${to} ${what}` : ` of ${from} to ${to} ${what}`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
