import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { BaseAgent } from "./agent.ts";
import type { Decision } from "./action.ts";
import {
  type AgentClass,
  componentType,
  defineDomain,
  describeDomain,
  type Domain,
  isPopulationClass,
  type PopulationClass,
  resolveComponent,
} from "./domain.ts";
import { Population, type PopulationDecision } from "./population.ts";

class NationAgent extends BaseAgent {
  override decideAction(): Decision {
    return null;
  }
}

class TradersPopulation extends Population {
  static override readonly description = "Many traders.";
  override decideAll(): PopulationDecision {
    return { counts: {}, intents: null };
  }
  override applyAll(): void {}
}

function domainOf(...agents: (AgentClass | PopulationClass)[]): Domain {
  return defineDomain({ name: "mixed", description: "", agents, engines: [], validators: [] });
}

Deno.test("a population is found among the agents by its type, with and without its suffix", () => {
  const domain = domainOf(NationAgent, TradersPopulation);
  assertEquals(componentType("TradersPopulation", "agent"), "traders");
  for (const type of ["traders", "traders_population"]) {
    assertTrue(resolveComponent(domain, "agent", type) === TradersPopulation, type);
  }
  assertTrue(resolveComponent(domain, "agent", "nation") === NationAgent);
  assertMatches(
    assertThrows(() => resolveComponent(domain, "agent", "trader"), "unknown_component").message,
    /'trader'/,
  );
  assertThrows(() => resolveComponent(domain, "agent", "traders_agent"), "unknown_component");
});

Deno.test("describeDomain() tells populations from agents", () => {
  const { agents } = describeDomain(domainOf(NationAgent, TradersPopulation));
  assertEquals(agents.map(({ type, class: name, kind, description }) => [type, name, kind, description]), [
    ["nation", "NationAgent", "agent", ""],
    ["traders", "TradersPopulation", "population", "Many traders."],
    ["human", "HumanAgent", "agent", "A person decides, within a deadline if there is one."],
  ]);
  assertEquals([NationAgent, TradersPopulation].map((each) => isPopulationClass(each)), [false, true]);
});

Deno.test("an agent and a population cannot answer to the same type", () => {
  class TradersAgent extends NationAgent {}
  assertMatches(
    assertThrows(() => domainOf(TradersAgent, TradersPopulation), "bad_domain").message,
    /two agents of type 'traders'/,
  );
});
