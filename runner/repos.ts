/** What the domains of this host are, the broken ones included. */

import { type DomainDescription, SimError } from "../framework/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { scenarioFiles } from "./scenarios.ts";

/** A domain as lists show it. */
export interface RepoInfo {
  readonly name: string;
  /** Its folder, absolute. */
  readonly path: string;
  /** `broken`: it cannot be used, the others can. */
  readonly status: "ok" | "broken";
  /** What is wrong with a broken one; null: nothing. */
  readonly reason: string | null;
  /** What to do about it; null: nothing is wrong, or nobody knows. */
  readonly hint: string | null;
  /** What it says of itself; null when it is broken. */
  readonly description: string | null;
  /** How many components of each kind it has; null when it is broken. */
  readonly components: ComponentCounts | null;
  /** How many scenario files there are for it. */
  readonly scenarios: number;
}

/** How many components of each kind a domain has. */
export type ComponentCounts = {
  readonly [K in keyof Pick<DomainDescription, "engines" | "validators" | "agents">]: number;
};

/** All domains, sorted by name; each is asked what it has. */
export async function listRepos(domains: DomainRegistry): Promise<RepoInfo[]> {
  return await Promise.all(domains.names().map((name) => lookAtRepo(domains, name)));
}

/** One domain, asked what it has. @throws {SimError} `unknown_domain` */
export async function lookAtRepo(domains: DomainRegistry, name: string): Promise<RepoInfo> {
  const known = { name, path: domains.folder(name), scenarios: scenarioFiles(domains, name).length };
  try {
    const { engines, validators, agents, description } = await domains.describe(name);
    const components = { engines: engines.length, validators: validators.length, agents: agents.length };
    return { ...known, status: "ok" as const, reason: null, hint: null, description, components };
  } catch (error) {
    // Whatever is wrong with one domain is no fault of the others.
    const isKnown = error instanceof SimError;
    const reason = isKnown ? error.message : `it cannot be read: ${(error as Error).message}`;
    const hint = (isKnown ? error.hint : undefined) ?? null;
    return { ...known, status: "broken" as const, reason, hint, description: null, components: null };
  }
}
