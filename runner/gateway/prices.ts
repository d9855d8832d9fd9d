/**
 * What models cost: a table for those that are asked most, of list prices without caching, batches and discounts. Prices
 * change, and the table does not know it: what the configuration says (`providers.<name>.prices`) counts instead.
 */

import type { Preset } from "./presets.ts";
import type { Prices } from "./types.ts";

/** When the table was made. */
export const PRICES_AS_OF = "2026-08";

/** US dollars per million tokens: [input, output]. Where long prompts cost more, the price of short ones. */
const TABLES: { readonly [preset: string]: { readonly [model: string]: readonly [input: number, output: number] } } = {
  openai: {
    "gpt-5.5": [5, 30],
    "gpt-5.4": [2.5, 15],
    "gpt-5.4-mini": [0.75, 4.5],
    "gpt-5.4-nano": [0.2, 1.25],
    "gpt-5.2": [1.75, 14],
    "gpt-5.1": [1.25, 10],
    "gpt-5": [1.25, 10],
    "gpt-5-mini": [0.25, 2],
    "gpt-5-nano": [0.05, 0.4],
    "gpt-4.1": [2, 8],
    "gpt-4.1-mini": [0.4, 1.6],
    "gpt-4.1-nano": [0.1, 0.4],
    "gpt-4o": [2.5, 10],
    "gpt-4o-mini": [0.15, 0.6],
    "o3": [2, 8],
    "o3-mini": [1.1, 4.4],
    "o4-mini": [1.1, 4.4],
  },
  // Of the international region, up to 32k tokens of prompt, without thinking.
  qwen: {
    "qwen3-max": [1.2, 6],
    "qwen3.5-plus": [0.4, 2.4],
    "qwen3.5-flash": [0.1, 0.4],
    "qwen-plus": [0.4, 1.2],
    "qwen-flash": [0.05, 0.4],
    "qwen-turbo": [0.05, 0.2],
  },
};

/** Dates and the like behind a model's name. */
const VERSION = /-(?:\d{4}-\d{2}-\d{2}|latest)$/;

/** What a model costs by the table; null: nobody knows. What is local costs nothing by the token. */
export function listPrices(preset: Pick<Preset, "name" | "local">, model: string): Prices | null {
  if (preset.local) return { input: 0, output: 0 };
  if (preset.name === "openrouter") {
    if (model.endsWith(":free")) return { input: 0, output: 0 };
    // It passes on what OpenAI asks; others are offered by several sellers.
    return model.startsWith("openai/") ? fromTable("openai", model.slice("openai/".length)) : null;
  }
  return fromTable(preset.name, model);
}

function fromTable(preset: string, model: string): Prices | null {
  const table = TABLES[preset];
  const name = model.replace(VERSION, "");
  if (table === undefined || !Object.hasOwn(table, name)) return null;
  const [input, output] = table[name]!;
  return { input, output };
}
