/** Models that are none: scenarios played in memory, whose questions the offline provider answers. */

import {
  type Call,
  DEFAULT_LLM,
  type ModelSettings,
  type ResolvedScenario,
  type SettledCall,
} from "../../framework/mod.ts";
import { answerOffline } from "../../runner/gateway/offline.ts";

/** The scenario with the offline provider in place of every model, as `--offline` has it. */
export function withoutModels(scenario: ResolvedScenario): ResolvedScenario {
  const { roles, ...all } = scenario.llm ?? DEFAULT_LLM;
  const offlineRoles = Object.entries(roles).map(([role, settings]) => [role, offline(settings)]);
  return {
    ...scenario,
    llm: { ...offline(all), roles: Object.fromEntries(offlineRoles) },
    agents: scenario.agents.map((entry) => ({ ...entry, llm: entry.llm && offline(entry.llm) })),
  };
}

/** What the offline provider makes of a call. Services have nobody who stands in for them. */
export function answeredOffline(call: Call): Promise<SettledCall> {
  if (call.kind !== "llm") return Promise.reject(new Error(`nobody answers for the service at ${call.url}`));
  const { agent, turn, purpose, n, attempt, offline, schema } = call;
  const key = JSON.stringify([agent, turn, purpose, n, attempt]);
  return Promise.resolve({
    provider: "offline",
    model: "offline",
    response: answerOffline({ key, schema, ...(offline !== undefined && { offline }) }),
    usage: { input_tokens: 0, output_tokens: 0 },
    cost_usd: 0,
    latency_ms: 0,
    retries: 0,
    reused: false,
  });
}

function offline<S extends ModelSettings>(settings: S): S {
  return { ...settings, provider: "offline", model: "offline" };
}
