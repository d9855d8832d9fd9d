import { assertEquals, assertMatches, assertTrue } from "../tests/support/assert.ts";
import type { Decision } from "./action.ts";
import { BaseAgent } from "./agent.ts";
import { checkScenario } from "./check.ts";
import { defineDomain } from "./domain.ts";
import { BaseEngine } from "./engine.ts";
import { formatPath, type Issue } from "./issue.ts";
import { Population, type PopulationDecision } from "./population.ts";
import { loadScenario } from "./scenario/mod.ts";
import type { SimulationState } from "./state.ts";
import { BaseValidator } from "./validator.ts";

class QuietAgent extends BaseAgent {
  override decideAction(): Decision {
    return null;
  }
}

class CrowdPopulation extends Population {
  static override readonly requires: { agent_vars: readonly string[] } = { agent_vars: ["wealth", "age"] };
  override decideAll(): PopulationDecision {
    return { counts: {}, intents: null };
  }
  override applyAll(): void {}
}

class StoriesPopulation extends CrowdPopulation {
  static override readonly requires = { agent_vars: ["wealth", "story"] };
}

class StillEngine extends BaseEngine {
  override applyActions(state: SimulationState): SimulationState {
    return state;
  }
}

class ContentValidator extends BaseValidator {
  override validateAction(): boolean {
    return true;
  }
}

const domain = defineDomain({
  name: "crowds",
  description: "",
  agents: [QuietAgent, CrowdPopulation, StoriesPopulation],
  engines: [StillEngine],
  validators: [ContentValidator],
});

/** What the domain finds wrong with these agents. */
async function found(agents: string, more = "", simulation = ""): Promise<readonly Issue[]> {
  const text = `
simulation: { name: t, max_turns: 3${simulation} }
engine: { type: still }
validator: { type: content }
agents: [${agents}]
state_variables:
  agent_vars:
    wealth: { type: float, default: 1 }
    age: { type: int, default: 1 }
    story: { type: str, default: "" }
  global_vars: { y: { type: float, default: 1 } }
${more}
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  return checkScenario(domain, { ...scenario, domain: "crowds" });
}

const CROWD = "{ name: crowd, type: crowd, count: 1000000 }";

interface Case {
  readonly name: string;
  readonly agents: string;
  readonly more?: string;
  readonly simulation?: string;
  readonly code: string;
  readonly path: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: "more named agents in an entry than there may be",
    agents: "{ name: q, type: quiet, count: 10001 }",
    code: "too_many_agents",
    path: "agents[0].count",
    message: /^'q' stands for 10001 named agents; an entry can stand for 10000$/,
    hint: /population/,
  },
  {
    name: "more named agents in all than there may be",
    agents: Array.from({ length: 11 }, (_, i) => `{ name: q${i}, type: quiet, count: 10000 }`).join(", "),
    code: "too_many_agents",
    path: "agents",
    message: /^the scenario has 110000 named agents; at most 100000 are allowed$/,
  },
  {
    name: "a variable of a population that cannot be a column",
    agents: "{ name: s, type: stories, count: 3 }",
    code: "bad_column",
    path: "state_variables.agent_vars.story",
    message: /^'story' cannot be a column of the population 's': it is of type str$/,
    hint: /float, int, bool or categorical/,
  },
  {
    name: "a place for a population",
    agents: '{ name: crowd, type: crowd, count: 3, initial_location: "0,0" }',
    code: "bad_setting",
    path: "agents[0].initial_location",
    message: /^the population 'crowd' has no 'initial_location'$/,
    hint: /no place in space/,
  },
  {
    name: "an error policy for a population",
    agents: "{ name: crowd, type: crowd, count: 3, on_error: skip }",
    code: "bad_setting",
    path: "agents[0].on_error",
    message: /has no 'on_error'/,
  },
  {
    name: "an initial value that is no column",
    agents: "{ name: crowd, type: crowd, count: 3, variables: { story: long } }",
    code: "bad_column",
    path: "agents[0].variables.story",
    message: /^the population 'crowd' has no column 'story'$/,
    hint: /wealth, age/,
  },
  {
    name: "an initial value that does not fit into a column",
    agents: "{ name: crowd, type: crowd, count: 3, variables: { age: 3000000000 } }",
    code: "bad_column",
    path: "agents[0].variables.age",
    message: /does not fit into 32 bits/,
    hint: /float/,
  },
  {
    name: "an agent named as a population",
    agents: `${CROWD}, { name: crowd, type: quiet }`,
    code: "duplicate_agent",
    path: "agents[1].name",
    message: /^an agent and a population are both named 'crowd'$/,
  },
  {
    name: "rows of a member by name",
    agents: CROWD,
    more: "metrics: { agents: [crowd_7] }",
    code: "unknown_agent",
    path: "metrics.agents[0]",
    message: /^'crowd_7' is not an agent: 'crowd' is a population$/,
    hint: /metrics\.sample/,
  },
  {
    name: "a condition about a member",
    agents: CROWD,
    simulation: ', termination: { when: ["sum(wealth) > 5 and agents.crowd_1000000.wealth > 3"] }',
    code: "unknown_agent",
    path: "simulation.termination.when[0]",
    message: /'crowd_1000000' is not an agent/,
    hint: /sum\(<variable>\)/,
  },
  {
    name: "an intervention on a member",
    agents: CROWD,
    more: "interventions: [{ at: 1, set: { agents.crowd_1.wealth: 3 } }]",
    code: "unknown_agent",
    path: "interventions[0].set.agents.crowd_1.wealth",
    message: /'crowd_1' is not an agent/,
    hint: /populations\.update/,
  },
];

for (const { name, agents, more, simulation, code, path, message, hint } of CASES) {
  Deno.test(`a scenario with ${name} is refused by its domain with ${code}`, async () => {
    const issues = await found(agents, more, simulation);
    assertEquals(issues.map((issue) => [issue.code, formatPath(issue.path ?? [])]), [[code, path]]);
    assertMatches(issues[0]!.message, message);
    if (hint !== undefined) assertMatches(issues[0]!.hint ?? "", hint);
  });
}

Deno.test("a million members and named agents beside them are accepted", async () => {
  const more = "metrics: { sample: 3, agents: [q_1, boss], reporters: { rich: { max: wealth, of: crowd } } }";
  const agents = `${CROWD}, { name: q, type: quiet, count: 3 }, { name: boss, type: quiet }`;
  assertEquals(await found(agents, more), []);
});
