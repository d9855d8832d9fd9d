/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/domains/{name}`: how a domain is, its scenarios, and its components with the docs of their code. */

import type { VNode } from "preact";
import DomainCheck from "../../islands/domain_check.tsx";
import { count } from "../../islands/_parts/number_format.tsx";
import {
  type AgentDescription,
  type ComponentDescription,
  type DomainDescription,
  SimError,
} from "../../framework/mod.ts";
import {
  type DomainHealth,
  domainSoon,
  mayDo,
  page,
  type PageProps,
  type Principal,
  type RequestContext,
} from "../../server/mod.ts";
import { ComponentBox } from "../_parts/component_box.tsx";
import { HealthBadge, HealthTrouble, PATIENCE } from "../_parts/domain_health.tsx";
import { type DomainScenario, DomainScenarios, scenariosSoon } from "../_parts/domain_scenarios.tsx";

interface Data {
  readonly health: DomainHealth;
  /** Null: it is broken, or not known yet. */
  readonly domain: DomainDescription | null;
  readonly scenarios: readonly DomainScenario[];
}

export const title = ({ data }: PageProps<Data>): string => `${data.health.name}, domain`;
export const styles = ["domains.css"];

export const handler = {
  async GET(context: RequestContext, { name }: { readonly name: string }) {
    const [found, scenarios] = await Promise.all([
      domainSoon(context.app, name, PATIENCE),
      scenariosSoon(context, name, PATIENCE),
    ]);
    return page<Data>({ ...await described(context, found), scenarios });
  },
};

/** What a domain that is well has. It may have broken since it was looked at. */
async function described({ app }: RequestContext, health: DomainHealth): Promise<Omit<Data, "scenarios">> {
  if (health.status !== "ok") return { health, domain: null };
  try {
    return { health, domain: await app.describeDomain(health.name) };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return { health: await app.repo(health.name), domain: null };
  }
}

export default function Domain({ context, data }: PageProps<Data>): VNode {
  const { health, domain, scenarios } = data;
  const { name } = health;
  return (
    <main class="domains-page">
      <div class="title-row">
        <div class="domain-head">
          <h1>{name}</h1>
          <HealthBadge domain={health} />
        </div>
        <DomainCheck
          back={`/domains/${encodeURIComponent(name)}`}
          summary={`${name} is ${health.status === "ok" ? "valid" : health.status}`}
          isOpen={health.status === "unknown"}
        />
      </div>
      {domain !== null && <p class="lead">{domain.description}</p>}
      <HealthTrouble domain={health} />
      <p class="domain-facts">
        <a href="/domains">All domains</a>
        <code>{health.path}</code>
      </p>
      {domain !== null && <Contents domain={domain} scenarios={scenarios.length} />}
      <DomainScenarios repo={name} scenarios={scenarios} {...rightsOf(context.principal, health)} />
      {domain !== null && <Components domain={domain} mayEdit={mayDo(context.principal, "edit")} />}
    </main>
  );
}

/** What may be begun: nothing with what is broken. */
function rightsOf(principal: Principal | null, { status }: DomainHealth) {
  const isUsable = status !== "broken";
  return { mayRun: isUsable && mayDo(principal, "run"), mayEdit: mayDo(principal, "edit") };
}

/** A kind of components, as the page groups them. */
interface Group {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** What a scenario writes its type under. */
  readonly place: string;
  readonly components: readonly ComponentDescription[];
}

function groupsOf({ agents, engines, validators }: DomainDescription): Group[] {
  const of = (kind: AgentDescription["kind"]) => agents.filter((agent) => agent.kind === kind);
  return [
    {
      id: "agents",
      title: "Agents",
      about: "Who decides, each for itself, turn by turn.",
      place: "agents[].type",
      components: of("agent"),
    },
    {
      id: "populations",
      title: "Populations",
      about: "Many alike, decided for in columns.",
      place: "agents[].type",
      components: of("population"),
    },
    {
      id: "engines",
      title: "Engines",
      about: "The world: what comes of what agents do.",
      place: "engine.type",
      components: engines,
    },
    {
      id: "validators",
      title: "Validators",
      about: "Which actions may happen at all.",
      place: "validator.type",
      components: validators,
    },
  ].filter(({ components }) => components.length > 0);
}

function Contents({ domain, scenarios }: { readonly domain: DomainDescription; readonly scenarios: number }): VNode {
  const templates = Object.keys(domain.templates).length;
  const parts = [
    { id: "scenarios", title: "Scenarios", length: scenarios },
    ...groupsOf(domain).map(({ id, title, components }) => ({ id, title, length: components.length })),
    ...(templates === 0 ? [] : [{ id: "templates", title: "Templates", length: templates }]),
  ];
  return (
    <nav class="domain-contents" aria-label="On this page">
      {parts.map(({ id, title, length }) => (
        <a key={id} href={`#${id}`}>
          {title} <span class="quiet">{count(length)}</span>
        </a>
      ))}
    </nav>
  );
}

interface ComponentsProps {
  readonly domain: DomainDescription;
  readonly mayEdit: boolean;
}

function Components({ domain, mayEdit }: ComponentsProps): VNode {
  const templates = Object.entries(domain.templates);
  return (
    <>
      {groupsOf(domain).map(({ id, title, about, place, components }) => (
        <section key={id} aria-labelledby={id}>
          <h2 id={id}>{title}</h2>
          <p class="quiet">{about}</p>
          {components.map((component) => (
            <ComponentBox key={component.type} id={`${id}-${component.type}`} place={place} component={component} />
          ))}
        </section>
      ))}
      {templates.length > 0 && (
        <section aria-labelledby="templates">
          <h2 id="templates">Templates</h2>
          <p class="quiet">Scenarios to begin with.</p>
          {templates.map(([name, text]) => (
            <details key={name} class="component">
              <summary>
                <code class="component-type">{name}</code>
              </summary>
              {mayEdit && (
                <p class="component-actions">
                  <a class="button" href={newUrl(domain.name, name)}>New scenario from it</a>
                </p>
              )}
              <pre class="source" tabIndex={0} aria-label={`Template ${name}`}>{text}</pre>
            </details>
          ))}
        </section>
      )}
    </>
  );
}

function newUrl(repo: string, template: string): string {
  return `/scenarios/new?${new URLSearchParams({ repo, how: "template", template })}`;
}
