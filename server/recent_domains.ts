/** How the domains of a host are: to know it all their files have to be looked at, so what was found counts for a while. */

import type { App, RepoInfo } from "../runner/mod.ts";
import { within } from "./within.ts";

/** A domain that nobody has looked at to the end. */
export interface UnknownDomain extends Pick<RepoInfo, "name" | "path"> {
  readonly status: "unknown";
}

/** A domain as far as it is known. */
export type DomainHealth = RepoInfo | UnknownDomain;

/** Milliseconds for which what was found counts. */
const FRESH = 10_000;

interface Look {
  readonly at: number;
  readonly found: Promise<RepoInfo>;
  /** What was found; before that, what the look before it had found. */
  result: RepoInfo | null;
}

const looks = new WeakMap<App, Map<string, Look>>();

/** All domains, as they were some seconds ago at most. Waits for those that are not known. */
export function recentDomains(app: App): Promise<RepoInfo[]> {
  return Promise.all(app.domains().map((name) => lookOf(app, name, FRESH).found));
}

/** All domains, looked at now. */
export function lookAtDomains(app: App): Promise<RepoInfo[]> {
  return Promise.all(app.domains().map((name) => lookOf(app, name, 0).found));
}

/** What is known of all domains by now. */
export function knownDomains(app: App): readonly DomainHealth[] {
  const known = looks.get(app);
  return app.domains().map((name) => known?.get(name)?.result ?? unknownDomain(app, name));
}

/** As {@linkcode recentDomains}, but waits no longer than so many milliseconds: one that hangs keeps no page. */
export async function domainsSoon(app: App, patience: number): Promise<readonly DomainHealth[]> {
  await within(patience, recentDomains(app));
  return knownDomains(app);
}

/** One domain, likewise. @throws {SimError} `unknown_domain` */
export async function domainSoon(app: App, name: string, patience: number): Promise<DomainHealth> {
  const unknown = unknownDomain(app, name);
  return await within(patience, lookOf(app, name, FRESH).found) ?? looks.get(app)?.get(name)?.result ?? unknown;
}

function lookOf(app: App, name: string, fresh: number): Look {
  const known = looks.getOrInsertComputed(app, () => new Map<string, Look>());
  const now = performance.now();
  const before = known.get(name);
  if (before !== undefined && now - before.at < fresh) return before;
  const look: Look = { at: now, found: app.repo(name), result: before?.result ?? null };
  known.set(name, look);
  look.found.then(
    (result) => look.result = result,
    // What has failed is looked at anew by who comes next.
    () => known.get(name) === look && known.delete(name),
  );
  return look;
}

function unknownDomain(app: App, name: string): UnknownDomain {
  return { name, path: app.domainFolder(name), status: "unknown" };
}
