/**
 * Answers made up from a JSON Schema: they fit it, and mean nothing. What cannot be fitted (a schema that nothing
 * fits, a pattern too intricate) is answered as nearly as can be; no schema makes this fail, run long or grow large.
 */

import type { Json, JsonObject, Rng } from "../../framework/mod.ts";
import { bothOf, IMPOSSIBLE, isImpossible, isList, isObject } from "./schema_merge.ts";
import { numberWithin } from "./schema_number.ts";
import { stringWithin } from "./schema_string.ts";

/** Below this depth an answer takes the shortest way to its end. */
const DEEP = 5;
/** No answer is deeper. */
const DEEPEST = 32;
/** Values that an answer holds before it takes the shortest way to its end. */
const LARGE = 2_000;
/** Values that an answer holds at most. */
const LARGEST = 20_000;
/** Characters of an answer after which there is nothing but nulls. */
const LONGEST = 1_000_000;
/** Items that a list gets at most, whatever is asked for. */
const LONGEST_LIST = 1_000;
/** Parts of which one schema is put together at most. */
const PARTS = 100;

/**
 * A value that fits `schema`.
 *
 * @param random decides where there is a choice
 * @param text what free texts say; cut or repeated where the schema bounds their length
 */
export function answerFromSchema(schema: JsonObject, random: Rng, text: string): Json {
  return new Answer(schema, random, text).of(schema, 0);
}

type Node = Json | undefined;

class Answer {
  readonly #wholes = new Map<JsonObject, JsonObject>();
  readonly #heights = new Map<JsonObject, number[]>();
  #values = 0;
  #characters = 0;

  constructor(readonly root: JsonObject, readonly random: Rng, readonly text: string) {}

  of(node: Node, depth: number): Json {
    if (++this.#values > LARGEST || this.#characters > LONGEST || depth > DEEPEST) return null;
    const schema = this.#whole(node);
    if (schema.const !== undefined) return this.#counted(schema.const);
    if (isList(schema.enum) && schema.enum.length > 0) return this.#counted(this.random.choice(schema.enum));
    const [options, rest] = optionsOf(schema);
    if (options.length > 0) return this.of(this.#chosen(options, rest, depth), depth + 1);
    switch (this.#type(schema)) {
      case "null":
        return null;
      case "boolean":
        return this.random.chance(0.5);
      case "integer":
        return numberWithin(schema, true, this.random);
      case "number":
        return numberWithin(schema, false, this.random);
      case "array":
        return this.#list(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return this.#counted(stringWithin(schema, this.random, this.text));
    }
  }

  #counted(value: Json): Json {
    this.#characters += typeof value === "string" ? value.length : JSON.stringify(value).length;
    return value;
  }

  #list(schema: JsonObject, depth: number): Json {
    const heads = isList(schema.prefixItems) ? schema.prefixItems : [];
    const least = lengthOf(schema.minItems, heads.length);
    const most = Math.max(least, lengthOf(schema.maxItems, Math.max(least, heads.length) + 2));
    // After the heads, no `items` means that there are no more.
    const isOpen = heads.length === 0 || schema.items !== undefined;
    const canGrow = isOpen && !this.#isShort(depth) && !isImpossible(this.#whole(schema.items));
    const length = canGrow ? this.random.int(least, Math.min(most, least + 2)) : least;
    return Array.from({ length }, (_, i) => this.of(heads[i] ?? schema.items, depth + 1));
  }

  #object(schema: JsonObject, depth: number): Json {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = new Set(isList(schema.required) ? schema.required.filter((name) => typeof name === "string") : []);
    const answer: Record<string, Json> = {};
    const put = (name: string, node: Node) => {
      const value = this.of(node, depth + 1);
      // Assigned, `__proto__` would be the answer's prototype.
      Object.defineProperty(answer, name, { value, enumerable: true, configurable: true, writable: true });
    };
    for (const [name, node] of Object.entries(properties)) {
      if (required.has(name) || this.#isWelcome(node, depth)) put(name, node);
    }
    for (const name of required) {
      if (!Object.hasOwn(properties, name)) put(name, schema.additionalProperties);
    }
    return answer;
  }

  /** Whether an optional property is put in. */
  #isWelcome(node: Node, depth: number): boolean {
    return !this.#isShort(depth) && this.random.chance(0.5) && !isImpossible(this.#whole(node));
  }

  #type(schema: JsonObject): string {
    const { type } = schema;
    if (typeof type === "string") return type;
    if (isList(type) && type.length > 0) return String(this.random.choice(type));
    const has = (...keys: string[]) => keys.some((key) => key in schema);
    if (has("properties", "required", "additionalProperties", "propertyNames")) return "object";
    if (has("items", "prefixItems", "minItems", "maxItems")) return "array";
    return has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") ? "number" : "string";
  }

  /** One of the alternatives, with the rest; deep down the one that ends soonest, so that recursive schemas end. */
  #chosen(options: readonly Json[], rest: JsonObject, depth: number): JsonObject {
    const possible = options.filter((option) => !isImpossible(bothOf(rest, this.#whole(option))));
    if (possible.length === 0) return IMPOSSIBLE;
    if (!this.#isShort(depth)) return bothOf(rest, this.#whole(this.random.choice(possible)));
    const heights = possible.map((option) => this.#height(option, DEEPEST));
    return bothOf(rest, this.#whole(possible[heights.indexOf(Math.min(...heights))]));
  }

  #isShort(depth: number): boolean {
    return depth >= DEEP || this.#values > LARGE;
  }

  /** How deep an answer is at least; infinite when it is deeper than `fuel`. */
  #height(node: Node, fuel: number): number {
    if (fuel === 0) return Infinity;
    if (!isObject(node)) return 0;
    let known = this.#heights.get(node);
    if (!known) this.#heights.set(node, known = []);
    return known[fuel] ??= this.#measured(this.#whole(node), fuel - 1);
  }

  #measured(schema: JsonObject, fuel: number): number {
    if (isImpossible(schema)) return Infinity;
    if ("const" in schema || "enum" in schema) return 0;
    const [options] = optionsOf(schema);
    if (options.length > 0) return 1 + Math.min(...options.map((option) => this.#height(option, fuel)));
    const below: Node[] = isList(schema.prefixItems) ? [...schema.prefixItems] : [];
    if (typeof schema.minItems === "number" && schema.minItems > below.length) below.push(schema.items);
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const name of isList(schema.required) ? schema.required : []) below.push(properties[String(name)]);
    return 1 + Math.max(-1, ...below.map((node) => this.#height(node, fuel)));
  }

  /** The schema with references followed and `allOf` folded in. */
  #whole(node: Node): JsonObject {
    if (node === false) return IMPOSSIBLE;
    if (!isObject(node)) return {};
    const known = this.#wholes.get(node);
    if (known) return known;
    let whole: JsonObject = {};
    const parts: Node[] = [node];
    for (let i = 0; i < parts.length && i < PARTS; i++) {
      const part = parts[i];
      if (part === false) whole = IMPOSSIBLE;
      if (!isObject(part)) continue;
      const { $ref, allOf, ...rest } = part;
      whole = bothOf(whole, rest);
      if (typeof $ref === "string") parts.push(this.#referred($ref));
      if (isList(allOf)) parts.push(...allOf.slice(0, PARTS));
    }
    this.#wholes.set(node, whole);
    return whole;
  }

  /** What `#/$defs/name` points to. */
  #referred(reference: string): Node {
    let at: Node = this.root;
    for (const step of reference.replace(/^#/, "").split("/").slice(1)) {
      const name = unescaped(step);
      if (isList(at)) at = at[Number(name)];
      else if (isObject(at) && Object.hasOwn(at, name)) at = at[name];
      else return undefined;
    }
    return at;
  }
}

/** The alternatives, and the schema that holds besides them. */
function optionsOf(schema: JsonObject): [options: readonly Json[], rest: JsonObject] {
  for (const key of ["anyOf", "oneOf"]) {
    const { [key]: options, ...rest } = schema;
    if (isList(options) && options.length > 0) return [options, rest];
  }
  return [[], schema];
}

function lengthOf(value: Node, otherwise: number): number {
  return typeof value === "number" ? Math.min(Math.max(0, Math.floor(value)), LONGEST_LIST) : otherwise;
}

/** A step of a JSON pointer in a URI fragment. */
function unescaped(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}
