/** The actions that a model may choose from: what it is told of them, and how its choice is read. */

import { z } from "zod";
import type { Schema } from "../domain.ts";
import { didYouMean, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import {
  answerType,
  clipped,
  CONFIDENCE_SCHEMA,
  isObject,
  type Problem,
  readConfidence,
  readReasoning,
  REASONING_SCHEMA,
  shown,
} from "./answer_type.ts";
import { schemaText } from "./schema_text.ts";

/** A zod schema of an object: what `z.object({ … })` and its like make. */
export type ObjectSchema = Schema & { readonly shape: { readonly [parameter: string]: unknown } };

/** One kind of action. */
export interface ActionDescription {
  /** What it does, for the model: one or two sentences. */
  readonly description: string;
  /** What it needs, each with a `describe()`; absent: nothing. Names that it does not have are refused. */
  readonly parameters?: ObjectSchema;
}

/**
 * Actions by name.
 *
 * @example
 * ```ts
 * import type { ActionCatalogue } from "llm-sim";
 * import { z } from "zod";
 * const actions: ActionCatalogue = {
 *   invest: {
 *     description: "Puts a share of your output into new capital.",
 *     parameters: z.object({ share: z.number().min(0).max(1).describe("share of output") }),
 *   },
 *   protest: { description: "Tells everybody that you disagree." },
 * };
 * console.assert(Object.keys(actions).length === 2);
 * ```
 */
export type ActionCatalogue = { readonly [action: string]: ActionDescription };

/** What a model decided, checked. */
export interface ModelDecision {
  /** Its reasons. */
  readonly reasoning: string;
  /** Name of the action, or {@linkcode PASS}. */
  readonly action: string;
  /** What the action's schema made of the parameters. */
  readonly parameters: JsonObject;
  /** How sure it is, 0 to 1. */
  readonly confidence: number;
  /** What it says to another agent, or to `*`; null: nothing. */
  readonly message: { readonly to: string; readonly text: string } | null;
}

/** What doing nothing is called among the actions. */
export const PASS = "none";
/** Characters of a message. */
const MESSAGE_LENGTH = 2000;
/** Catalogues that differ from turn to turn are made anew; those that do not are compiled once. */
const compiled = new WeakMap<ActionCatalogue, Map<string, CompiledCatalogue>>();

/** What may be part of a decision beside an action of the catalogue. */
export interface CatalogueOptions {
  /** Whether it may be to do nothing. */
  readonly mayPass: boolean;
  /** Whether it may hold a message. */
  readonly speaks: boolean;
}

/** A catalogue made ready to be shown and read. */
export class CompiledCatalogue {
  /** The catalogue as text: a line per action, a line per parameter. */
  readonly text: string;
  /** What providers are told. */
  readonly schema: JsonObject;
  /** Whether a decision may be to do nothing. */
  readonly mayPass: boolean;
  readonly #names: readonly string[];
  readonly #parameters: ReadonlyMap<string, z.ZodObject | null>;
  readonly #speaks: boolean;
  #silent: z.ZodType<ModelDecision> | undefined;

  /** @throws {SimError} `bad_actions` */
  private constructor(catalogue: ActionCatalogue, { mayPass, speaks }: CatalogueOptions) {
    checkCatalogue(catalogue, mayPass);
    const all = mayPass ? { ...catalogue, [PASS]: { description: "Do nothing this turn." } } : catalogue;
    this.mayPass = mayPass;
    const entries = Object.entries<ActionDescription>(all);
    this.#names = Object.keys(all);
    this.#parameters = new Map(entries.map(([name, { parameters }]) => [name, parameters ? closed(parameters) : null]));
    this.#speaks = speaks;
    this.schema = this.#schemaOf(all);
    this.text = entries.map(([name, action]) => actionText(name, action)).join("\n");
  }

  /** The catalogue compiled, once. @throws {SimError} `bad_actions` when it makes no sense */
  static of(catalogue: ActionCatalogue, options: CatalogueOptions): CompiledCatalogue {
    const key = `${options.mayPass} ${options.speaks}`;
    const known = compiled.get(catalogue) ?? new Map<string, CompiledCatalogue>();
    compiled.set(catalogue, known);
    const found = known.get(key) ?? new CompiledCatalogue(catalogue, options);
    known.set(key, found);
    return found;
  }

  /** How an answer must look, as the end of a sentence. */
  get answerText(): string {
    const message = this.#speaks
      ? ', `message` ({ "to": a name, or "*" for all, "text": … }, or null to say nothing)'
      : "";
    return "one JSON object with, in this order, `reasoning` (your reasons), `action` (the name of one of the actions), " +
      "`parameters` (those of the action, {} if it has none), `confidence` (how sure you are, from 0 to 1)" + message;
  }

  /** What is done by who has no opinion: nothing, else the first action that needs no parameters; null: there is none. */
  get idle(): string | null {
    return this.mayPass ? PASS : this.#names.find((name) => this.parametersOf(name, {}) !== null) ?? null;
  }

  /** What the action's schema makes of its parameters; null when it refuses them, or there is no such action. */
  parametersOf(action: string, parameters: JsonObject): JsonObject | null {
    let isGood = this.#parameters.has(action);
    const read = this.#readParameters(action, parameters, () => isGood = false);
    return isGood ? read : null;
  }

  /** The type of an answer. @param recipients to whom a message may go beside `*` */
  decision(recipients: readonly string[]): z.ZodType<ModelDecision> {
    const make = (schema: JsonObject) =>
      answerType(schema, (answer, problem) => this.#read(answer, recipients, problem));
    return this.#speaks ? make(this.#addressed(recipients)) : this.#silent ??= make(this.schema);
  }

  /** The schema with those to whom a message may go, where they are not too many to be listed. */
  #addressed(recipients: readonly string[]): JsonObject {
    if (recipients.length > LISTED) return this.schema;
    const { properties, ...rest } = this.schema;
    return { ...rest, properties: { ...properties as JsonObject, message: messageSchema(recipients) } };
  }

  #read(answer: unknown, recipients: readonly string[], problem: Problem): ModelDecision {
    if (!isObject(answer)) {
      problem([], `the answer must be an object with ${Object.keys(this.schema.properties!).join(", ")}`);
      return { reasoning: "", action: PASS, parameters: {}, confidence: 0, message: null };
    }
    const reasoning = readReasoning(answer, problem);
    const action = this.#readAction(answer.action, problem);
    const parameters = action === "" ? {} : this.#readParameters(action, answer.parameters, problem);
    const confidence = readConfidence(answer, problem);
    const message = this.#speaks ? readMessage(answer.message, recipients, problem) : null;
    return { reasoning, action, parameters, confidence, message };
  }

  /** The action's name; empty when there is a problem. Nothing but the very name will do: `I will not buy` is no purchase. */
  #readAction(action: unknown, problem: Problem): string {
    if (typeof action === "string" && this.#parameters.has(action)) return action;
    const hint = typeof action === "string" ? didYouMean(action, this.#names) : `valid: ${this.#names.join(", ")}`;
    problem(["action"], action === undefined ? `is missing; ${hint}` : `there is no action ${shown(action)}; ${hint}`);
    return "";
  }

  #readParameters(action: string, given: unknown, problem: Problem): JsonObject {
    const schema = this.#parameters.get(action);
    if (!schema) return {};
    const parameters = given ?? {};
    if (!isObject(parameters)) {
      problem(["parameters"], `must be an object, not ${shown(given)}`);
      return {};
    }
    const read = schema.safeParse(parameters);
    if (read.success) return read.data as JsonObject;
    for (const issue of read.error.issues) {
      const steps = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
      problem(["parameters", ...steps], issue.message, issue);
    }
    return {};
  }

  #schemaOf(all: ActionCatalogue): JsonObject {
    const shapes = [...new Set([...this.#parameters].map(([name, schema]) => shapeOf(name, schema)))];
    const parameters = shapes.length === 1 ? shapes[0]! : z.union(shapes);
    const { $schema: _, properties, ...rest } = jsonSchema(z.strictObject({ parameters }));
    const order: Record<string, Json> = {
      reasoning: REASONING_SCHEMA,
      action: { type: "string", enum: Object.keys(all), description: "what you do" },
      parameters: (properties as JsonObject).parameters!,
      confidence: CONFIDENCE_SCHEMA,
      ...(this.#speaks && { message: messageSchema() }),
    };
    return { ...rest, properties: order, required: Object.keys(order) };
  }
}

const NO_PARAMETERS = z.strictObject({}).describe("of actions that need none");

/** Recipients that a schema lists at most. */
const LISTED = 50;

/** What a message must look like. @param recipients to whom it may go beside `*`; absent: any text */
function messageSchema(recipients?: readonly string[]): JsonObject {
  return {
    description: "what you say to others; null: nothing",
    anyOf: [
      {
        type: "object",
        properties: {
          to: {
            type: "string",
            description: "an agent's name, or * for all",
            ...(recipients && { enum: ["*", ...recipients] }),
          },
          text: { type: "string", minLength: 1, maxLength: MESSAGE_LENGTH },
        },
        required: ["to", "text"],
        additionalProperties: false,
      },
      { type: "null" },
    ],
  };
}

function readMessage(message: unknown, recipients: readonly string[], problem: Problem): ModelDecision["message"] {
  if (message === undefined || message === null) return null;
  if (!isObject(message)) {
    problem(["message"], `must be { to, text } or null, not ${shown(message)}`);
    return null;
  }
  const { to, text } = message;
  if (typeof text !== "string" || text.trim() === "") {
    problem(["message", "text"], "must be a text that is not empty; to say nothing let message be null");
  }
  if (typeof to !== "string" || (to !== "*" && !recipients.includes(to))) {
    problem(["message", "to"], `there is no agent ${shown(to)}; ${didYouMean(String(to), ["*", ...recipients])}`);
  }
  return { to: String(to), text: clipped(String(text).trim(), MESSAGE_LENGTH) };
}

/** Parameters that say nothing of others have none: a name that is misspelt would be lost without a word. */
function closed(schema: ObjectSchema): z.ZodObject {
  const parameters = schema as unknown as z.ZodObject;
  return parameters._zod.def.catchall === undefined ? parameters.strict() : parameters;
}

function shapeOf(name: string, schema: z.ZodObject | null): z.ZodObject {
  return schema === null ? NO_PARAMETERS : schema.describe(`of action '${name}'`);
}

function jsonSchema(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
}

function actionText(name: string, { description, parameters }: ActionDescription): string {
  const title = `- ${name}: ${description.trim()}`;
  if (!parameters) return title;
  const { properties = {}, required = [] } = jsonSchema(parameters) as {
    properties?: { readonly [name: string]: JsonObject };
    required?: readonly string[];
  };
  const lines = Object.entries(properties).map(([parameter, schema]) => {
    const isOptional = !required.includes(parameter);
    return `    - ${parameter}${isOptional ? " (optional)" : ""}: ${schemaText(schema)}`;
  });
  return [title, ...lines].join("\n");
}

// deno-lint-ignore no-control-regex -- control characters are what is refused
const ACTION_NAME = /^[^\u0000-\u001f\u007f-\u009f]{1,500}$/;

function checkCatalogue(catalogue: ActionCatalogue, mayPass: boolean): void {
  const names = Object.keys(catalogue);
  if (names.length === 0 && !mayPass) {
    throw new SimError("bad_actions", "there is no action to choose from", {
      hint: "static override readonly actions",
    });
  }
  if (mayPass && names.includes(PASS)) {
    throw new SimError("bad_actions", `'${PASS}' is what doing nothing is called, and no action`, {
      hint: "call it otherwise; or, if doing nothing is not allowed, static override readonly mayPass = false",
    });
  }
  for (const name of names) {
    const { description, parameters } = catalogue[name]!;
    if (!ACTION_NAME.test(name) || name === "__proto__") {
      throw new SimError("bad_actions", `an action cannot be called ${shown(name)}`, {
        hint: "a name has 1 to 500 characters, none of them a control character",
      });
    }
    if (typeof description !== "string" || description.trim() === "") {
      throw new SimError("bad_actions", `action '${name}' has no description`, {
        hint: "the description is all that a model knows of it",
      });
    }
    if (parameters !== undefined && !(parameters instanceof z.ZodObject)) {
      throw new SimError("bad_actions", `the parameters of action '${name}' are no z.object({ … })`);
    }
  }
}
