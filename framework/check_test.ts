import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { z } from "zod";
import type { Decision } from "./action.ts";
import { BaseAgent } from "./agent.ts";
import { checkScenario } from "./check.ts";
import { defineDomain } from "./domain.ts";
import { BaseEngine } from "./engine.ts";
import { formatPath } from "./issue.ts";
import { loadScenario } from "./scenario/mod.ts";
import type { SimulationState } from "./state.ts";
import { BaseValidator } from "./validator.ts";

class QuietAgent extends BaseAgent {
  static override readonly config = z.strictObject({ hours: z.int().min(0).default(1) });
  override decideAction(): Decision {
    return null;
  }
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
  name: "quiet",
  description: "",
  agents: [QuietAgent],
  engines: [StillEngine],
  validators: [ContentValidator],
});

Deno.test("the rule of a person is no person again, and a deadline is one that timers can keep", async () => {
  const text = `
simulation: { name: quiet, max_turns: 9 }
engine: { type: still }
validator: { type: content }
agents:
  - { name: A, type: human, config: { rule: { type: human } } }
  - { name: B, type: human, config: { rule: { type: quiet }, deadline: 2147483 } }
  - { name: C, type: human, config: { deadline: 2147484 } }
state_variables: {}
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  const found = checkScenario(domain, scenario).map(({ path, code }) => `${formatPath(path!)} ${code}`);
  assertEquals(found, ["agents[0].config.rule bad_setting", "agents[2].config.deadline bad_setting"]);
});

Deno.test("agents that interventions add are checked against the domain like the others", async () => {
  const text = `
simulation: { name: quiet, max_turns: 9 }
engine: { type: still }
validator: { type: content }
agents: [{ name: A, type: quiet }]
state_variables: {}
interventions:
  - { at: 1, add_agent: { name: B, type: quiet, config: { hours: 2 } } }
  - { at: 2, add_agent: { name: C, type: quite } }
  - { at: 3, add_agent: { name: D, type: quiet, config: { hour: 2 } } }
  - { at: 4, remove_agent: A }
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  const found = checkScenario(domain, scenario).map(({ path, code }) => `${formatPath(path!)} ${code}`);
  assertEquals(found, [
    "interventions[1].add_agent.type unknown_component",
    "interventions[2].add_agent.config.hour unknown_key",
  ]);
});
