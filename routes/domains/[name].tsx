/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/domains/{name}`: what a domain has. */

import type { VNode } from "preact";
import type { ComponentDescription, DomainDescription } from "../../framework/mod.ts";
import { page, type PageProps, type RequestContext, scenarioNames } from "../../server/mod.ts";
import { scenarioUrl } from "../../islands/_parts/shell/tree_model.ts";

interface Data {
  readonly name: string;
  readonly domain: DomainDescription;
  /** Files of scenarios. */
  readonly scenarios: readonly string[];
}

export const title = ({ data }: PageProps<Data>): string => data.name;

export const handler = {
  async GET({ app }: RequestContext, { name }: { readonly name: string }) {
    const domain = await app.describeDomain(name);
    const scenarios = scenarioNames(app).filter(({ repo }) => repo === name).map(({ config }) => config);
    return page<Data>({ name, domain, scenarios });
  },
};

export default function Domain({ data: { name, domain, scenarios } }: PageProps<Data>): VNode {
  return (
    <main>
      <h1>{name}</h1>
      <p class="lead">{domain.description}</p>
      <Components title="Agents" components={domain.agents} />
      <Components title="Engines" components={domain.engines} />
      <Components title="Validators" components={domain.validators} />
      <section aria-labelledby="scenarios">
        <h2 id="scenarios">Scenarios</h2>
        {scenarios.length === 0 ? <p class="quiet">none</p> : (
          <ul class="plain-list">
            {scenarios.map((config) => (
              <li key={config}>
                <a href={scenarioUrl(name, config)}>{config}</a>
              </li>
            ))}
          </ul>
        )}
      </section>
    </main>
  );
}

interface ComponentsProps {
  readonly title: string;
  readonly components: readonly ComponentDescription[];
}

function Components({ title, components }: ComponentsProps): VNode | null {
  if (components.length === 0) return null;
  return (
    <section aria-labelledby={title}>
      <h2 id={title}>{title}</h2>
      <dl class="facts box">
        {components.map(({ type, description, llm }) => (
          <>
            <dt>
              <code>{type}</code>
            </dt>
            <dd>
              {description}
              {llm && <span class="quiet">&#32;(asks a model)</span>}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}
