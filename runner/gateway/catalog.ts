/** Every provider that has a name: what its preset, the configuration and the environment say of it, put together. */

import { didYouMean, SimError } from "../../framework/mod.ts";
import type { ProviderConfig, ServerConfig } from "../config.ts";
import { ALIASES, type Preset, presetAt, presetNamed, PRESETS } from "./presets.ts";
import { listPrices } from "./prices.ts";
import { ModelProvider } from "./provider.ts";
import { isLoopback, ollamaUrl, urlProblem, withoutSlash } from "./server_url.ts";
import type { Prices } from "./types.ts";

/** Reads a variable of the environment. */
export type Env = (name: string) => string | undefined;

/** The configuration's file, for messages. */
export const CONFIG_FILE = "llm-sim.yaml";

/** What shows people which providers there are. */
export const SHOW_PROVIDERS = "deno task providers shows what there is";

/** Calls at once of a provider of which no more is known. */
const MAX_CONCURRENCY = 8;
/** What local models cost by the token. */
const FREE: Prices = { input: 0, output: 0 };

/** What is said of a provider before it is looked at whether it can be used. */
export interface Draft {
  readonly name: string;
  readonly preset: Preset | undefined;
  /** What the configuration says. */
  readonly config: ProviderConfig | undefined;
  /** The variable that holds its key; null: it takes none. */
  readonly key_env: string | null;
}

/** Providers by name. What is made once stays the same object. */
export class Catalog {
  readonly #config: ServerConfig["providers"];
  readonly #env: Env;
  readonly #made = new Map<string, ModelProvider>();

  constructor(config: ServerConfig["providers"], env: Env) {
    this.#config = config;
    this.#env = env;
  }

  /** Names in the configuration. */
  get configured(): string[] {
    return Object.keys(this.#config);
  }

  /** The variable's value, without spaces around it; null: it is not set, or empty. */
  read(variable: string): string | null {
    return this.#env(variable)?.trim() || null;
  }

  /** The name under which a provider is known, of whose other names `name` may be one; undefined: there is none. */
  nameOf(name: string): string | undefined {
    const preset = ALIASES.get(name) ?? name;
    const names = [name, preset, ...[...ALIASES].filter(([, of]) => of === preset).map(([alias]) => alias)];
    return names.find((each) => Object.hasOwn(this.#config, each)) ?? (PRESETS.has(preset) ? preset : undefined);
  }

  /** @throws {SimError} `unknown_provider` */
  draft(asked: string): Draft {
    const name = this.nameOf(asked);
    if (name === undefined) {
      const names = ["default", ...new Set([...this.configured, ...PRESETS.keys(), ...ALIASES.keys()])];
      throw new SimError("unknown_provider", `there is no provider '${asked}'`, {
        hint: `${didYouMean(asked, names)}; others are defined in ${CONFIG_FILE}, under providers`,
      });
    }
    const config = Object.hasOwn(this.#config, name) ? this.#config[name] : undefined;
    const preset = presetNamed(config?.preset ?? name);
    return { name, preset, config, key_env: config?.api_key_env ?? preset?.key_env ?? null };
  }

  /** @throws {SimError} `unknown_provider`, `no_key`, `bad_provider`, `no_provider` when a variable that says where it is is not set */
  provider(asked: string): ModelProvider {
    const draft = this.draft(asked);
    const known = this.#made.get(draft.name) ?? this.#make(draft);
    this.#made.set(draft.name, known);
    return known;
  }

  /** Where a provider is; empty for an offline one. @throws {SimError} as `provider`, but for its key */
  baseUrl(asked: string): string {
    return this.#baseUrl(this.draft(asked));
  }

  #make(draft: Draft): ModelProvider {
    const { name, preset, config } = draft;
    const base_url = this.#baseUrl(draft);
    // A provider's own server tells what it is, whatever it is called.
    const kin = preset?.base_url === null ? presetAt(base_url) : preset ?? presetAt(base_url);
    const kind = preset?.kind ?? "openai";
    return new ModelProvider({
      name,
      kind,
      base_url,
      key: this.#key(draft),
      key_env: draft.key_env,
      model: kind === "offline" ? preset!.model : config?.model ?? this.#modelOf(preset),
      max_concurrency: config?.max_concurrency ?? preset?.max_concurrency ?? MAX_CONCURRENCY,
      rpm: config?.rpm ?? null,
      tpm: config?.tpm ?? null,
      pricesOf: (model) => configuredPrices(config, model) ?? standardPrices(kin, base_url, model),
      length_parameter: kin?.length_parameter ?? "max_tokens",
      found: this.#found(draft, base_url),
      lists_models: kind !== "offline" && (preset?.local === true || preset?.base_url === null || isLoopback(base_url)),
    });
  }

  #baseUrl({ name, preset, config }: Draft): string {
    if (preset?.kind === "offline") return "";
    if (config?.base_url !== undefined) return withoutSlash(config.base_url);
    const variable = preset?.base_url_env ?? null;
    const written = variable === null ? null : this.read(variable);
    if (written !== null) {
      const url = variable === "OLLAMA_HOST" ? ollamaUrl(written) : withoutSlash(written);
      const problem = urlProblem(url);
      // Not shown: it may hold a password.
      if (problem !== null) throw new SimError("bad_provider", `provider '${name}': ${variable} ${problem}`);
      return url;
    }
    const url = preset?.base_url ?? null;
    if (url !== null) return url;
    if (variable === null) {
      throw new SimError("bad_provider", `provider '${name}' of ${CONFIG_FILE} has neither base_url nor preset`);
    }
    throw new SimError("no_provider", `provider '${name}' is where ${variable} says, which is not set`, {
      hint: `export ${variable}=http://…/v1, or name another provider; ${SHOW_PROVIDERS}`,
    });
  }

  #key({ name, preset, config, key_env }: Draft): string | null {
    if (key_env === null) return null;
    const key = this.read(key_env);
    if (key === null) {
      if (preset?.keyless === true && config?.api_key_env === undefined) return null;
      throw new SimError("no_key", `provider '${name}' needs a key, and ${key_env} is not set`, {
        hint: `export ${key_env}=…, or name another provider; ${SHOW_PROVIDERS}`,
      });
    }
    // What cannot be sent in a header would be shown by the error about it.
    if (/^[\x21-\x7e]+$/.test(key)) return key;
    throw new SimError("bad_provider", `provider '${name}': ${key_env} holds characters that a key cannot have`, {
      hint: `set ${key_env} to the key alone, without spaces and line ends`,
    });
  }

  #modelOf(preset: Preset | undefined): string | null {
    const written = preset?.model_env ? this.read(preset.model_env) : null;
    return written ?? preset?.model ?? null;
  }

  #found({ preset, config, key_env }: Draft, base_url: string): string {
    if (preset?.kind === "offline") return "chosen by name";
    if (config !== undefined) return CONFIG_FILE;
    if (preset!.local) return `${preset!.about} on ${new URL(base_url).host}`;
    return `${preset!.base_url === null ? preset!.base_url_env : key_env} is set`;
  }
}

/** What the configuration says that a model costs: this model, or all of them. */
export function configuredPrices(config: ProviderConfig | undefined, model: string): Prices | null {
  const prices = config?.prices;
  if (prices === undefined) return null;
  if (isPrices(prices)) return prices;
  return Object.hasOwn(prices, model) ? prices[model]! : null;
}

function isPrices(prices: NonNullable<ProviderConfig["prices"]>): prices is Prices {
  return typeof prices.input === "number";
}

/** What the table says; on this machine nothing is paid by the token, unless it is passed on to somebody known. */
function standardPrices(kin: Preset | undefined, base_url: string, model: string): Prices | null {
  if (kin !== undefined) return kin.kind === "offline" ? FREE : listPrices(kin, model);
  return isLoopback(base_url) ? FREE : null;
}
