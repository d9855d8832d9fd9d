/** What a run is: its first manifest, and the key under which an equal run would be found. */

import { canonicalJson, type Json, sha256 } from "../framework/mod.ts";
import { dirname, relative } from "node:path";
import denoJson from "../deno.json" with { type: "json" };
import type { DomainRegistry } from "./domains.ts";
import type { Manifest, RunConfig } from "./store/mod.ts";

/** Version of llm-sim. */
export const VERSION: string = denoJson.version;

/** What a run is played with. */
export type Code = NonNullable<Manifest["code"]>;

/** What a run of this domain is played with now. */
export function codeOf(domains: DomainRegistry, domain: string): Code {
  return { framework: domains.frameworkHash(), deno: Deno.version.deno, domain: domains.hash(domain) };
}

/** Which of the three differ, in words: "the domain has changed since"; null when none does, or nobody knows. */
export function codeChange(before: Code | undefined, now: Code): string | null {
  if (!before) return null;
  const changed = [
    ...(before.framework !== now.framework ? ["the framework"] : []),
    ...(before.deno !== now.deno ? ["Deno"] : []),
    ...(before.domain !== now.domain ? ["the domain"] : []),
  ];
  if (changed.length === 0) return null;
  return `${changed.join(" and ")} ${changed.length === 1 ? "has" : "have"} changed since`;
}

/** What the first manifest of a run says. */
export interface NewManifest {
  readonly run_id: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly host: string;
  readonly config: RunConfig;
  readonly seed: number;
  readonly sample: number;
  readonly code: Code;
  readonly content_key: string;
  /** Why it is as it is, for its history. */
  readonly reason?: string;
  readonly scenario_path?: string;
  readonly labels: { readonly [key: string]: string };
  readonly parent?: Manifest["parent"];
  /** It parks when this turn is complete. */
  readonly stop_after?: number;
  readonly request?: Manifest["request"];
  readonly batch_id?: string;
  readonly notebook?: Manifest["notebook"];
}

/** The manifest of a run that has just been queued. */
export function newManifest(run: NewManifest): Manifest {
  return {
    format: 1,
    run_id: run.run_id,
    repo: run.config.domain,
    name: run.config.simulation.name,
    ...(run.scenario_path !== undefined && { scenario_path: run.scenario_path }),
    content_key: run.content_key,
    engine_version: VERSION,
    code: run.code,
    status: "queued",
    history: [{ at: run.at, status: "queued", turn: 0, ...(run.reason !== undefined && { reason: run.reason }) }],
    created_at: run.at,
    turn: 0,
    max_turns: run.config.simulation.max_turns,
    ...(run.stop_after !== undefined && { stop_after: run.stop_after }),
    seed: run.seed,
    sample: run.sample,
    ...(run.parent && { parent: run.parent }),
    ...(run.request && { request: run.request }),
    ...(run.batch_id !== undefined && { batch_id: run.batch_id }),
    ...(run.notebook && { notebook: run.notebook }),
    labels: { ...run.labels },
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
    models: modelsOf(run.config),
    process: { host: run.host, pid: Deno.pid },
  };
}

/** `provider model` of every model that a run may ask, in the order in which its configuration names them. */
function modelsOf({ llm, agents }: RunConfig): string[] {
  if (llm === null) return [];
  const settings = [llm, ...Object.values(llm.roles), ...agents.flatMap((agent) => agent.llm ?? [])];
  return [...new Set(settings.map(({ provider, model }) => [provider, model ?? ""].join(" ").trim()))];
}

/** What determines a run's files. */
export interface KeyedRun {
  readonly code: Code;
  readonly config: RunConfig;
  readonly seed: number;
  readonly sample: number;
  /** Path by which the scenario was named; the names of its files are told from its folder. */
  readonly scenario_path?: string | undefined;
  readonly fork?: { readonly [name: string]: unknown };
}

/** SHA-256 over everything that determines a run's files (`formats.md` 2.1). */
export function contentKey({ code, config, seed, sample, scenario_path, fork }: KeyedRun): string {
  const { events: _events, logging: _logging, files, settings: _settings, inherited: _inherited, ...scenario } = config;
  const { name: _name, description: _description, ...simulation } = scenario.simulation;
  const folder = scenario_path === undefined ? "." : dirname(scenario_path);
  // By role: which file is which follows from its place beside the scenario, however that was named.
  const role = (name: string) => relative(folder, name).replaceAll("\\", "/");
  return sha256(canonicalJson({
    ...code,
    scenario: { ...scenario, simulation } as unknown as Json,
    files: Object.fromEntries(Object.entries(files).map(([name, { sha256 }]) => [role(name), sha256])),
    seed,
    sample,
    ...(fork && { fork: JSON.parse(JSON.stringify(fork)) as Json }),
  }));
}
