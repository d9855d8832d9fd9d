/** The schema of a domain's scenarios: that of the framework, with the configs of the domain's components in it. */

import type { ComponentDescription, DomainDescription, Json, JsonObject } from "../framework/mod.ts";
import { scenarioJsonSchema } from "../framework/scenario/mod.ts";

/**
 * The JSON Schema of scenarios of a domain. What a component may be set to depends on its `type`: `allOf` has an `if` for
 * each, whose settings may stand in `config` and beside `type`.
 */
export function domainScenarioSchema(domain: DomainDescription): JsonObject {
  const schema = scenarioJsonSchema() as JsonObject & { readonly properties: { readonly [key: string]: JsonObject } };
  const { engine, validator, agents, ...others } = schema.properties;
  return {
    ...schema,
    title: `scenario of ${domain.name}`,
    properties: {
      extends: others.extends!,
      domain: { ...others.domain, default: domain.name },
      simulation: others.simulation!,
      engine: withComponents(engine!, domain.engines),
      validator: withComponents(validator!, domain.validators),
      agents: { ...agents, items: withComponents(agents!.items as JsonObject, domain.agents) },
      ...others,
    },
  };
}

function withComponents(schema: JsonObject, components: readonly ComponentDescription[]): JsonObject {
  const properties = schema.properties as { readonly [key: string]: JsonObject };
  return {
    ...schema,
    properties: {
      ...properties,
      type: {
        ...properties.type,
        examples: components.map(({ type }) => type),
        "x-options": components.map(({ type, description }) => ({ value: type, description })),
      },
    },
    allOf: components.map(({ type, config }): Json => ({
      if: { properties: { type: { const: type } }, required: ["type"] },
      then: { properties: { config, ...config.properties as JsonObject } },
    })),
  };
}
