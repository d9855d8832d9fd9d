/** How each model wants to be asked for an answer of a given shape, and which parameters it takes. */

import type { AnswerMemory } from "../store/mod.ts";
import type { Provider } from "./types.ts";

/** By its schema, by the word that it be JSON, or by the prompt alone. */
export type AnswerMode = "json_schema" | "json_object" | "prompt";

/** How a model is asked. */
export interface Asking {
  /** How an answer that fits a schema is asked for. */
  readonly mode: AnswerMode;
  /** Whether it takes a temperature. */
  readonly temperature: boolean;
  /** The parameter that bounds an answer's length; null: it takes none. */
  readonly length: Provider["length_parameter"] | null;
}

/** What a provider may refuse of a request that is right but for that. */
export type Refused = "response_format" | "temperature" | "length";

/** What a refusal has led to. */
export interface Adaptation {
  /** How the model is asked from now on. */
  readonly asking: Asking;
  /** What has changed, for people: `has no temperature`; null: another call had met the same refusal before. */
  readonly change: string | null;
}

/**
 * How models are asked, by base URL and model. Nothing is tried out in advance: the most demanding way is taken until it
 * is refused. What was found is remembered across processes, where there is a memory.
 */
export class AnswerModes {
  readonly #memory: AnswerMemory | null;
  readonly #known = new Map<string, Asking>();

  constructor(memory: AnswerMemory | null = null) {
    this.#memory = memory;
  }

  /** How `model` is asked now. */
  of(provider: Pick<Provider, "base_url" | "length_parameter">, model: string): Asking {
    const key = keyOf(provider.base_url, model);
    let asking = this.#known.get(key);
    if (asking === undefined) {
      asking = readAsking(this.#memory?.recall(key) ?? null) ??
        { mode: "json_schema", temperature: true, length: provider.length_parameter };
      this.#known.set(key, asking);
    }
    return asking;
  }

  /**
   * What to do after `refused`, asked as `was`: the next try asks as the model is asked then. Null when nothing is left
   * to be given up.
   */
  adapt(
    provider: Pick<Provider, "base_url" | "length_parameter">,
    model: string,
    refused: Refused,
    was: Asking,
  ): Adaptation | null {
    const now = this.of(provider, model);
    const less = lessened(was, refused, provider.length_parameter);
    if (less === null) return null;
    // Calls side by side meet the same refusal: the first has learned from it, the others ask again as it does.
    if (now[FIELDS[refused]] !== was[FIELDS[refused]]) return { asking: now, change: null };
    const asking = { ...now, ...less.part };
    const key = keyOf(provider.base_url, model);
    this.#known.set(key, asking);
    this.#memory?.remember(key, JSON.stringify(asking));
    return { asking, change: less.change };
  }
}

const FIELDS = { response_format: "mode", temperature: "temperature", length: "length" } as const;

/** What is asked for instead. */
function lessened(
  was: Asking,
  refused: Refused,
  first: Provider["length_parameter"],
): { part: Partial<Asking>; change: string } | null {
  switch (refused) {
    case "response_format":
      if (was.mode === "json_schema") {
        return { part: { mode: "json_object" }, change: "takes no JSON Schema; it is asked in JSON mode" };
      }
      if (was.mode === "json_object") {
        return { part: { mode: "prompt" }, change: "has no JSON mode; it is asked by the prompt alone" };
      }
      return null;
    case "temperature":
      return was.temperature ? { part: { temperature: false }, change: "takes no temperature; it is left out" } : null;
    case "length": {
      if (was.length === null) return null;
      const other = first === "max_tokens" ? "max_completion_tokens" : "max_tokens";
      return was.length === first
        ? { part: { length: other }, change: `takes no ${first}; ${other} is sent` }
        : { part: { length: null }, change: "takes no limit to an answer's length; it is left out" };
    }
  }
}

/** The memory may outlive a password in a URL: only what names the place is kept. */
function keyOf(base_url: string, model: string): string {
  return `asking\n${base_url.replace(/^(\w+:\/\/)[^/@]*@/, "$1").replace(/[?#].*$/, "")}\n${model}`;
}

/** What was remembered, or null when it is nothing of ours. */
function readAsking(text: string | null): Asking | null {
  if (text === null) return null;
  try {
    const { mode, temperature, length } = JSON.parse(text);
    const known = ["json_schema", "json_object", "prompt"].includes(mode) && typeof temperature === "boolean" &&
      [null, "max_tokens", "max_completion_tokens"].includes(length);
    return known ? { mode, temperature, length } : null;
  } catch {
    return null;
  }
}
