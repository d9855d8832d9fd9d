/** A provider that keeps its key to itself. */

import type { Prices, Provider } from "./types.ts";

/** A provider as `Providers` finds it. Its key is not among what is printed, serialised or copied. */
export class ModelProvider implements Provider {
  readonly name: string;
  readonly kind: Provider["kind"];
  readonly base_url: string;
  readonly key_env: string | null;
  readonly model: string | null;
  readonly max_concurrency: number;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly pricesOf: (model: string) => Prices | null;
  readonly length_parameter: Provider["length_parameter"];
  readonly found: string;
  /** Whether it is asked which models it has when nobody names one. */
  readonly lists_models: boolean;
  readonly #key: string | null;

  constructor({ key, ...rest }: Provider & Pick<ModelProvider, "lists_models">) {
    this.#key = key;
    this.name = rest.name;
    this.kind = rest.kind;
    this.base_url = rest.base_url;
    this.key_env = rest.key_env;
    this.model = rest.model;
    this.max_concurrency = rest.max_concurrency;
    this.rpm = rest.rpm;
    this.tpm = rest.tpm;
    this.pricesOf = rest.pricesOf;
    this.length_parameter = rest.length_parameter;
    this.found = rest.found;
    this.lists_models = rest.lists_models;
  }

  /** The secret; null: none is needed. A property of the class, not of the object: copies do not have it. */
  get key(): string | null {
    return this.#key;
  }

  /** What `console.log` and `Deno.inspect` show, whatever they are asked to show. */
  [Symbol.for("Deno.customInspect")](): string {
    return `ModelProvider ${JSON.stringify(this)}`;
  }

  /** What `node:util` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `ModelProvider ${JSON.stringify(this)}`;
  }
}
