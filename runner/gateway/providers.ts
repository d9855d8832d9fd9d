/** Which providers there are, which one is meant by a name, and which one is found when nobody names one. */

import { SimError } from "../../framework/mod.ts";
import type { ServerConfig } from "../config.ts";
import { Catalog, CONFIG_FILE, configuredPrices, type Draft, type Env, SHOW_PROVIDERS } from "./catalog.ts";
import { listModels, listOllamaModels } from "./model_list.ts";
import { DEFAULT_BY_KEY, PRESETS } from "./presets.ts";
import { listPrices } from "./prices.ts";
import { ModelProvider } from "./provider.ts";
import { isLoopback } from "./server_url.ts";
import type { Prices } from "./types.ts";

/** How long a server that may not be there is waited for, ms. */
const PROBE_TIMEOUT = 300;
/** How long a server that should be there is waited for, ms. */
const LIST_TIMEOUT = 5000;
/** What a legacy scenario's `host` becomes. */
const HOST = "host:";

/** Roles whose model the environment may name, and the variables that do. */
export const ROLE_MODELS: ReadonlyMap<string, string> = new Map([
  ["simulated_user", "SIM_USER_MODEL"],
  ["judge", "SIM_JUDGE_MODEL"],
]);

/** A provider of the list. Holds no secret. */
export interface ListedProvider {
  readonly name: string;
  /** What it is, for people; empty where only the configuration knows. */
  readonly about: string;
  /** Whether the configuration says something of it. */
  readonly configured: boolean;
  readonly usable: boolean;
  /** Why it is usable, or what is missing. */
  readonly why: string;
  /** Null: it is not known. */
  readonly base_url: string | null;
  /** The variable that holds its key; null: it takes none. */
  readonly key_env: string | null;
  /** Whether that variable is set. */
  readonly key_set: boolean;
  /** Model that is asked when a scenario names none; null: there is none, or it is not known. */
  readonly model: string | null;
  readonly max_concurrency: number | null;
  /** Requests per minute; null: no limit. */
  readonly rpm: number | null;
  /** Tokens per minute; null: no limit. */
  readonly tpm: number | null;
  /** What that model costs; null: nobody knows. */
  readonly prices: Prices | null;
}

/** All providers, and which one a scenario gets that names none. */
export interface ProviderList {
  /** Null: something keeps it from being found, and `why` says what. */
  readonly default: { readonly provider: string; readonly model: string | null } | null;
  readonly why: string;
  readonly providers: readonly ListedProvider[];
}

/**
 * All providers that can be named, and the one that is found without a name.
 *
 * Law: a name leads to the same object every time, so that all who call it wait in one lane; and the provider that is
 * found for `default` has a name that leads to it.
 */
export class Providers {
  /** Whether the configuration limits what all runs together may cost. */
  readonly hasBudget: boolean;
  readonly #config: Pick<ServerConfig, "providers" | "budget">;
  readonly #env: Env;
  readonly #catalog: Catalog;
  readonly #isOffline: boolean;
  /** Those of legacy hosts, and offline ones by why they are. */
  readonly #others = new Map<string, ModelProvider>();

  /**
   * @param env reads the environment
   * @param options `offline`: the offline provider answers in place of all others
   */
  constructor(
    config: Pick<ServerConfig, "providers" | "budget">,
    env: Env,
    options: { readonly offline?: boolean } = {},
  ) {
    this.hasBudget = config.budget?.max_cost_usd !== undefined;
    this.#config = config;
    this.#env = env;
    this.#catalog = new Catalog(config.providers, env);
    this.#isOffline = options.offline === true;
  }

  /** The same providers, but that the offline one answers in place of all others. */
  offline(): Providers {
    return new Providers(this.#config, this.#env, { offline: true });
  }

  /**
   * The provider of that name: `default`, one of the configuration, a preset, or a legacy scenario's `host:<origin>`.
   * The network is asked for `default` only, and only where neither configuration nor environment name one.
   * @param options `allowOffline`: where no default is found, the offline provider takes its place
   * @throws {SimError} `unknown_provider`, `no_key`, `no_provider`, `bad_provider`, `host_not_allowed`
   */
  async resolve(name: string, options: { readonly allowOffline?: boolean } = {}): Promise<ModelProvider> {
    if (this.#isOffline) return this.#offline("--offline");
    if (name.startsWith(HOST)) return this.#atHost(name.slice(HOST.length));
    if (name !== "default" || this.#catalog.configured.includes(name)) return this.#catalog.provider(name);
    const found = await this.#findDefault();
    if (found instanceof ModelProvider) return found;
    if (options.allowOffline !== true) throw this.#noProvider(found.ollama);
    return this.#offline(
      `no key is set and ${found.ollama === "absent" ? "no Ollama runs here" : "Ollama has no model"}`,
    );
  }

  /** The model that the environment names for a role of conversations; null: none. */
  roleModel(role: string): string | null {
    const variable = ROLE_MODELS.get(role);
    return variable === undefined ? null : this.#catalog.read(variable);
  }

  /**
   * The model to ask when a scenario names none: the provider's own, else the first one that its server has now.
   * @throws {SimError} `no_model`
   */
  async modelOf({ name, model, base_url, key, lists_models }: ModelProvider): Promise<string> {
    if (model !== null) return model;
    const list = lists_models ? await listModels(base_url, key, LIST_TIMEOUT) : null;
    if (list !== null && "models" in list) return list.models[0];
    const places = [
      "llm.model in the scenario",
      ...(name.startsWith(HOST) ? [] : [`providers.${name}.model in ${CONFIG_FILE}`]),
      ...(name === "env" ? ["LLM_MODEL"] : []),
    ];
    const problem = list === null ? "" : `, and ${base_url} ${list.problem}`;
    throw new SimError("no_model", `no model is named for provider '${name}'${problem}`, {
      hint: `${list === null ? "" : "start the server, or "}say which: ${places.join(", or ")}`,
    });
  }

  /** All providers. Those of this machine are asked whether they are there, which takes 0.3 seconds at most. */
  async list(): Promise<ProviderList> {
    const { configured } = this.#catalog;
    const presets = [...PRESETS.keys()].filter((name) => !configured.includes(this.#catalog.nameOf(name)!));
    const [providers, chosen] = await Promise.all([
      Promise.all([...configured, ...presets].map((name) => this.#listed(name))),
      this.resolve("default", { allowOffline: true }).catch(simError),
    ]);
    if (chosen instanceof SimError) return { default: null, why: chosen.message, providers };
    const { name, found } = chosen;
    const model = providers.find((each) => each.name === name)?.model ?? null;
    return { default: { provider: name, model }, why: found, providers };
  }

  async #listed(name: string): Promise<ListedProvider> {
    const draft = this.#catalog.draft(name);
    const { preset, config, key_env } = draft;
    const provider = attempt(() => this.#catalog.provider(name));
    return {
      name,
      about: preset?.about ?? "",
      configured: config !== undefined,
      key_env,
      key_set: key_env !== null && this.#catalog.read(key_env) !== null,
      ...(provider instanceof SimError ? unusable(draft, provider) : await asked(provider)),
    };
  }

  /** What is found without a name; where nothing is, how it is with Ollama, the last that was looked at. */
  async #findDefault(): Promise<ModelProvider | { readonly ollama: "absent" | "empty" }> {
    const catalog = this.#catalog;
    if (catalog.read("LLM_BASE_URL") !== null) return catalog.provider("env");
    for (const { name, key_env } of this.#byKey()) {
      if (catalog.read(key_env) !== null) return catalog.provider(name);
    }
    const ollama = catalog.provider("ollama");
    const list = await listOllamaModels(ollama.base_url, PROBE_TIMEOUT);
    return "models" in list ? ollama : { ollama: list.isThere ? "empty" : "absent" };
  }

  /** Providers whose key makes them the default, with the variables of their keys. */
  #byKey(): { readonly name: string; readonly key_env: string }[] {
    return DEFAULT_BY_KEY.map((preset) => this.#catalog.draft(preset)).flatMap(({ name, key_env }) =>
      key_env === null ? [] : [{ name, key_env }]
    );
  }

  #noProvider(ollama: "absent" | "empty"): SimError {
    const variables = [...this.#byKey().map(({ key_env }) => key_env), "LLM_BASE_URL"];
    const { host } = new URL(this.#catalog.provider("ollama").base_url);
    const problem = ollama === "absent" ? `no Ollama answers on ${host}` : `Ollama on ${host} has no model`;
    const { configured } = this.#catalog;
    const defined = configured.length === 0
      ? `define providers.default in ${CONFIG_FILE}`
      : `name one of ${CONFIG_FILE} in the scenario (${configured.join(", ")}), or call it default`;
    return new SimError(
      "no_provider",
      `no language model is found: none of ${variables.join(", ")} is set, and ${problem}`,
      {
        hint:
          `set one of them, start Ollama, or ${defined}; rules answer instead with --offline, or where the scenario ` +
          `says llm: { provider: offline }; ${SHOW_PROVIDERS}`,
      },
    );
  }

  /** A scenario chooses among the servers that its host trusts: a configured one, or any of this machine. */
  #atHost(text: string): ModelProvider {
    const origin = URL.parse(text)?.origin ?? null;
    if (origin === null || !/^https?:/.test(origin)) {
      throw new SimError("host_not_allowed", "llm.host is not the address of a server", {
        hint: "write for example http://127.0.0.1:11434",
      });
    }
    const named = [...this.#catalog.configured, ...(this.#catalog.read("LLM_BASE_URL") === null ? [] : ["env"])];
    const known = named.find((name) => {
      const base_url = attempt(() => this.#catalog.baseUrl(name));
      return typeof base_url === "string" && URL.parse(base_url)?.origin === origin;
    });
    if (known !== undefined) return this.#catalog.provider(known);
    if (!isLoopback(origin)) {
      throw new SimError("host_not_allowed", `llm.host names ${origin}, which ${CONFIG_FILE} does not`, {
        hint: `a scenario may name servers of this machine; others are defined in ${CONFIG_FILE}, under providers`,
      });
    }
    return this.#free({
      name: `${HOST}${origin}`,
      kind: "openai",
      base_url: `${origin}/v1`,
      found: "llm.host of the scenario",
      model: null,
      lists_models: true,
      max_concurrency: PRESETS.get("ollama")!.max_concurrency,
    });
  }

  #offline(found: string): ModelProvider {
    const { kind, model, max_concurrency } = PRESETS.get("offline")!;
    return this.#free({ name: "offline", kind, base_url: "", found, model, lists_models: false, max_concurrency });
  }

  /** A provider that costs nothing and takes no key. */
  #free(
    said: Pick<ModelProvider, "name" | "kind" | "base_url" | "found" | "model" | "lists_models" | "max_concurrency">,
  ): ModelProvider {
    const id = `${said.name} ${said.found}`;
    const known = this.#others.get(id);
    if (known !== undefined) return known;
    const provider = new ModelProvider({
      ...said,
      key: null,
      key_env: null,
      rpm: null,
      tpm: null,
      pricesOf: () => ({ input: 0, output: 0 }),
      length_parameter: "max_tokens",
    });
    this.#others.set(id, provider);
    return provider;
  }
}

/** What the list says of a provider beside what its name stands for. */
type Condition = Omit<ListedProvider, "name" | "about" | "configured" | "key_env" | "key_set">;

function unusable({ preset, config, key_env }: Draft, { code, message }: SimError): Condition {
  const model = config?.model ?? preset?.model ?? null;
  const listed = model === null || preset === undefined ? null : listPrices(preset, model);
  const missing = code === "no_key" ? key_env : code === "no_provider" ? preset?.base_url_env : null;
  return {
    usable: false,
    why: missing ? `${missing} is not set` : message,
    base_url: config?.base_url ?? preset?.base_url ?? null,
    model,
    max_concurrency: config?.max_concurrency ?? preset?.max_concurrency ?? null,
    rpm: config?.rpm ?? null,
    tpm: config?.tpm ?? null,
    prices: (model === null ? null : configuredPrices(config, model)) ?? listed,
  };
}

/** Of a server of this machine, what it says itself. */
async function asked(provider: ModelProvider): Promise<Condition> {
  const { kind, base_url, max_concurrency, rpm, tpm, found } = provider;
  const isHere = kind !== "offline" && isLoopback(base_url);
  const list = isHere ? await listModels(base_url, provider.key, PROBE_TIMEOUT) : null;
  const model = provider.model ?? (list !== null && "models" in list ? list.models[0] : null);
  const problem = list !== null && "problem" in list ? `${base_url} ${list.problem}` : null;
  return {
    usable: problem === null,
    why: problem ?? (kind === "offline" ? PRESETS.get("offline")!.about : found),
    base_url,
    model,
    max_concurrency,
    rpm,
    tpm,
    prices: model === null ? null : provider.pricesOf(model),
  };
}

function attempt<T>(make: () => T): T | SimError {
  try {
    return make();
  } catch (error) {
    return simError(error);
  }
}

/** @throws what is no SimError */
function simError(error: unknown): SimError {
  if (error instanceof SimError) return error;
  throw error;
}
