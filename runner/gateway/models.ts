/** Which models a scenario's calls go to: chosen before a run starts, and written into its scenario, by name. */

import { OFFLINE_MEANING } from "../offline_label.ts";
import {
  DEFAULT_LLM,
  type ModelSettings,
  type ResolvedLLM,
  type ResolvedScenario,
  SimError,
} from "../../framework/mod.ts";
import { CONFIG_FILE } from "./catalog.ts";
import type { ModelProvider } from "./provider.ts";
import { type Providers, ROLE_MODELS } from "./providers.ts";
import type { Provider } from "./types.ts";

/** The domain whose roles of its own have models that the environment may name. */
const CONVERSATION = "conversation";

/** One model that a scenario may ask. */
export interface ModelChoice {
  /** Name of its provider. */
  readonly provider: string;
  /** `offline`: answers by rule, is no language model. */
  readonly kind: Provider["kind"];
  readonly model: string;
  /** Roles that it answers in; `*`: all that have no model of their own. */
  readonly roles: readonly string[];
  /** Agents that have it as a model of their own. */
  readonly agents: number;
  /** How its provider was found, for people. */
  readonly found: string;
  /** Whether it is known what it costs. */
  readonly priced: boolean;
}

/** How models are chosen. */
export interface ChoiceOptions {
  /** Whether the offline provider takes the place of a default that is not found. */
  readonly allowOffline: boolean;
  /** What was found for other scenarios of the same batch, by the provider's name in them; what is found now is added. */
  readonly memo?: Map<string, FoundProvider>;
}

/** A provider, and the model that it is asked for when nobody names one. */
export interface FoundProvider {
  readonly provider: ModelProvider;
  /** Absent: nobody needed it yet. */
  model?: string;
}

/** Where a scenario's settings of a model stand. */
interface Place {
  readonly settings: ModelSettings;
  /** Its role; null: an agent's own. */
  readonly role: string | null;
  /** How many agents it stands for. */
  readonly agents: number;
}

/**
 * The scenario with a provider and a model in all settings of models, and what was chosen: the scenario's own first. In a
 * conversation the simulated user and the judge have the models that the environment names, where the scenario names none.
 * @param needed whether a component asks a model although the scenario may say nothing of models
 * @throws {SimError} what `Providers.resolve` and `modelOf` throw; `no_price` when money is limited and nobody knows what a
 *   model costs
 */
export async function chooseModels(
  scenario: ResolvedScenario,
  needed: boolean,
  providers: Providers,
  { allowOffline, memo = new Map() }: ChoiceOptions,
): Promise<{ readonly scenario: ResolvedScenario; readonly chosen: readonly ModelChoice[] }> {
  const said = scenario.llm ?? (needed ? DEFAULT_LLM : null);
  if (said === null) return { scenario, chosen: [] };
  const choices = new Map<string, ModelChoice>();
  const find = async (name: string): Promise<FoundProvider> => {
    const found = memo.get(name) ?? { provider: await providers.resolve(name, { allowOffline }) };
    memo.set(name, found);
    return found;
  };

  const fill = async <S extends ModelSettings>({ settings, role, agents }: Place & { readonly settings: S }) => {
    const found = await find(settings.provider);
    const { provider } = found;
    // What answers by rule is called what it is.
    const named = provider.kind === "offline" ? "offline" : settings.model;
    const model = named ?? (found.model ??= await providers.modelOf(provider));
    const id = JSON.stringify([provider.name, model]);
    const before = choices.get(id) ?? choiceOf(provider, model);
    choices.set(id, {
      ...before,
      roles: role === null ? before.roles : [...before.roles, role],
      agents: before.agents + agents,
    });
    return { ...settings, provider: provider.name, model };
  };

  const llm = scenario.domain === CONVERSATION ? await withRoleModels(said, providers, find) : said;
  const base = await fill({ settings: llm, role: "*", agents: 0 });
  const roles: [string, ModelSettings][] = [];
  for (const [role, settings] of Object.entries(llm.roles)) {
    roles.push([role, await fill({ settings, role, agents: 0 })]);
  }
  const agents: ResolvedScenario["agents"][number][] = [];
  for (const agent of scenario.agents) {
    const own = agent.llm && await fill({ settings: agent.llm, role: null, agents: agent.count ?? 1 });
    agents.push({ ...agent, llm: own });
  }
  const chosen = [...choices.values()];
  assertPriced(chosen, scenario, providers);
  return { scenario: { ...scenario, llm: { ...base, roles: Object.fromEntries(roles) }, agents }, chosen };
}

/** With the models that the environment names for roles which have none. Who answers by rule has no other. */
async function withRoleModels(
  llm: ResolvedLLM,
  providers: Providers,
  find: (name: string) => Promise<FoundProvider>,
): Promise<ResolvedLLM> {
  const roles = { ...llm.roles };
  for (const role of ROLE_MODELS.keys()) {
    const { roles: _roles, tape: _tape, ...base } = llm;
    const settings = roles[role] ?? base;
    const model = providers.roleModel(role);
    if (model === null || settings.model !== null) continue;
    if ((await find(settings.provider)).provider.kind !== "offline") roles[role] = { ...settings, model };
  }
  return { ...llm, roles };
}

function choiceOf(provider: ModelProvider, model: string): ModelChoice {
  const { name, kind, found } = provider;
  return { provider: name, kind, model, roles: [], agents: 0, found, priced: provider.pricesOf(model) !== null };
}

/** @throws {SimError} `no_price`: a limit on money would not hold */
function assertPriced(chosen: readonly ModelChoice[], { limits }: ResolvedScenario, { hasBudget }: Providers): void {
  const unknown = chosen.find(({ priced }) => !priced);
  const limit = limits.max_cost_usd !== null
    ? "limits.max_cost_usd"
    : hasBudget
    ? `budget.max_cost_usd of ${CONFIG_FILE}`
    : null;
  if (unknown === undefined || limit === null) return;
  const { provider, model } = unknown;
  throw new SimError(
    "no_price",
    `${limit} is set, but nobody knows what model '${model}' of provider '${provider}' costs`,
    {
      hint: `say it in ${CONFIG_FILE}, in US dollars per million tokens: ` +
        `providers.${provider}.prices: { input: …, output: … }; or limit tokens instead: limits.max_tokens`,
    },
  );
}

/**
 * A line that tells people what was chosen.
 *
 * ```text
 * LLM: openai gpt-5-mini (OPENAI_API_KEY is set)
 * LLM: ollama llama3.2 for engine and 3 agents (Ollama on 127.0.0.1:11434)
 * LLM: offline: answers by rule, not a language model (no key is set and no Ollama runs here)
 * ```
 */
export function modelLine({ provider, kind, model, roles, agents, found, priced }: ModelChoice): string {
  const named = [...roles, ...(agents === 0 ? [] : [agents === 1 ? "1 agent" : `${agents} agents`])];
  const where = roles.includes("*") ? "" : ` for ${listed(named)}`;
  if (kind === "offline") return `LLM: ${provider}${where}: ${OFFLINE_MEANING} (${found})`;
  return `LLM: ${provider} ${model}${where} (${found}${priced ? "" : "; what it costs is not known"})`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
