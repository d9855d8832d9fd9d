/** What a run is: its first manifest, and the key under which an equal run would be found. */

import { canonicalJson, type Json, sha256 } from "../framework/mod.ts";
import denoJson from "../deno.json" with { type: "json" };
import type { DomainRegistry } from "./domains.ts";
import type { Manifest, RunConfig } from "./store/mod.ts";

/** Version of llm-sim. */
export const VERSION: string = denoJson.version;

/** What the first manifest of a run says. */
export interface NewManifest {
  readonly run_id: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly host: string;
  readonly config: RunConfig;
  readonly seed: number;
  readonly sample: number;
  readonly content_key: string;
  readonly scenario_path?: string;
  readonly labels: { readonly [key: string]: string };
  readonly parent?: Manifest["parent"];
}

/** The manifest of a run that has just been queued. */
export function newManifest(run: NewManifest): Manifest {
  return {
    format: 1,
    run_id: run.run_id,
    repo: run.config.domain,
    ...(run.scenario_path !== undefined && { scenario_path: run.scenario_path }),
    content_key: run.content_key,
    engine_version: VERSION,
    status: "queued",
    history: [{ at: run.at, status: "queued", turn: 0 }],
    created_at: run.at,
    turn: 0,
    max_turns: run.config.simulation.max_turns,
    seed: run.seed,
    sample: run.sample,
    ...(run.parent && { parent: run.parent }),
    labels: { ...run.labels },
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
    models: [],
    process: { host: run.host, pid: Deno.pid },
  };
}

/** SHA-256 over everything that determines a run's files (`formats.md` 2.1). */
export function contentKey(
  domains: DomainRegistry,
  config: RunConfig,
  seed: number,
  sample: number,
  fork?: { readonly [name: string]: unknown },
): string {
  const { events: _events, logging: _logging, files, settings: _settings, inherited: _inherited, ...scenario } = config;
  const { name: _name, description: _description, ...simulation } = scenario.simulation;
  return sha256(canonicalJson({
    framework: domains.frameworkHash(),
    deno: Deno.version.deno,
    domain: domains.hash(config.domain),
    scenario: { ...scenario, simulation } as unknown as Json,
    // By content: their names follow from the path by which the scenario was named.
    files: Object.values(files).map(({ sha256 }) => sha256).sort(),
    seed,
    sample,
    ...(fork && { fork: JSON.parse(JSON.stringify(fork)) as Json }),
  }));
}
