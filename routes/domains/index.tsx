/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/domains`: all domains of this host, and how they are. */

import type { VNode } from "preact";
import DomainCheck from "../../islands/domain_check.tsx";
import { counted } from "../../islands/_parts/number_format.tsx";
import { ShellIcon } from "../../islands/_parts/shell/shell_icons.tsx";
import {
  type DomainHealth,
  domainsSoon,
  localPath,
  lookAtDomains,
  page,
  type PageProps,
  readForm,
  type RequestContext,
  scenarioNames,
} from "../../server/mod.ts";
import { HealthBadge, HealthTrouble, PATIENCE, summaryOf } from "../_parts/domain_health.tsx";

export const title = "Domains";
export const styles = ["domains.css"];
/** Checking changes nothing. */
export const scope = "read";

interface Data {
  readonly domains: readonly DomainHealth[];
  /** How many scenarios each has that can be opened. */
  readonly scenarios: { readonly [name: string]: number };
}

export const handler = {
  async GET({ app }: RequestContext) {
    const domains = await domainsSoon(app, PATIENCE);
    const names = Map.groupBy(scenarioNames(app), ({ repo }) => repo);
    const scenarios = Object.fromEntries(domains.map(({ name }) => [name, names.get(name)?.length ?? 0]));
    return page<Data>({ domains, scenarios });
  },

  /** Checks all of them, and leads back. */
  async POST({ app, request, onlyLooks }: RequestContext) {
    onlyLooks();
    const back = localPath((await readForm(request)).get("back") ?? null);
    await lookAtDomains(app);
    return new Response(null, { status: 303, headers: { location: back } });
  },
};

export default function Domains({ data: { domains, scenarios } }: PageProps<Data>): VNode {
  const isOpen = domains.some(({ status }) => status === "unknown");
  return (
    <main class="domains-page">
      <div class="title-row">
        <h1>Domains</h1>
        <DomainCheck back="/domains" summary={summaryOf(domains)} isOpen={isOpen} />
      </div>
      <p class="lead">
        What can be simulated: each brings agents, engines and validators, and the scenarios that use them.
      </p>
      {domains.length === 0
        ? (
          <p class="empty">
            No domains. Name folders of some under <code>simulation_repos</code> in <code>llm-sim.yaml</code>.
          </p>
        )
        : (
          <ul class="domain-list">
            {domains.map((domain) => <Line key={domain.name} domain={domain} scenarios={scenarios[domain.name]!} />)}
          </ul>
        )}
    </main>
  );
}

function Line({ domain, scenarios }: { readonly domain: DomainHealth; readonly scenarios: number }): VNode {
  return (
    <li class="domain-line">
      <div class="domain-head">
        <ShellIcon name="domain" />
        <h2>
          <a href={`/domains/${encodeURIComponent(domain.name)}`}>{domain.name}</a>
        </h2>
        <HealthBadge domain={domain} />
      </div>
      {domain.status === "ok" && <p>{domain.description}</p>}
      <HealthTrouble domain={domain} />
      <p class="domain-facts">
        {domain.status === "ok" && domain.components !== null && (
          <>
            <span>{counted(domain.components.agents, "agent")}</span>
            <span>{counted(domain.components.engines, "engine")}</span>
            <span>{counted(domain.components.validators, "validator")}</span>
          </>
        )}
        <span>{counted(scenarios, "scenario")}</span>
        <code>{domain.path}</code>
      </p>
    </li>
  );
}
