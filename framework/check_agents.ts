/** Checks what a scenario says of its agents against what they are: named agents, or the members of populations. */

import { conditionPaths, parseCondition } from "./condition.ts";
import { type Domain, isPopulationClass, resolveComponent } from "./domain.ts";
import { didYouMean, type Issue, type IssuePath, SimError } from "./issue.ts";
import { columnProblem, MemberLayout } from "./member_columns.ts";
import { SCENARIO_LIMITS } from "./scenario/limits.ts";
import type { InterventionBody, ResolvedAgent, ResolvedScenario } from "./scenario/resolved.ts";
import { parseStatePath, type StatePath } from "./state_path.ts";

/** An entry of `agents:` and where it stands. */
interface Entry {
  readonly index: number;
  readonly agent: ResolvedAgent;
  /** Agent variables that the class of a population asks for; null: these are named agents. */
  readonly columns: readonly string[] | null;
}

/** All findings about entries whose types the domain has. Paths are those of the resolved scenario. */
export function checkAgents(domain: Domain, scenario: ResolvedScenario): Issue[] {
  const entries = scenario.agents.map((agent, index): Entry => {
    const component = resolveComponent(domain, "agent", agent.type);
    const columns = isPopulationClass(component) ? component.requires?.agent_vars ?? [] : null;
    return { index, agent, columns };
  });
  const populations = entries.filter(({ columns }) => columns !== null);
  return [
    ...numberIssues(entries.filter(({ columns }) => columns === null)),
    ...populations.flatMap((entry) => populationIssues(entry, scenario)),
    ...nameIssues(entries),
    ...memberIssues(populations, scenario),
  ];
}

/** Too many named agents: each costs what a thousand members cost. */
function numberIssues(named: readonly Entry[]): Issue[] {
  const hint = "lower it, or use a type of agent that is a population";
  const issues = named.filter(({ agent }) => (agent.count ?? 1) > SCENARIO_LIMITS.named_count).map(({ index, agent }) =>
    issue(
      "too_many_agents",
      `'${agent.name}' stands for ${agent.count} named agents; an entry can stand for ${SCENARIO_LIMITS.named_count}`,
      ["agents", index, "count"],
      hint,
    )
  );
  const total = named.reduce((sum, { agent }) => sum + (agent.count ?? 1), 0);
  if (issues.length > 0 || total <= SCENARIO_LIMITS.agents) return issues;
  const message = `the scenario has ${total} named agents; at most ${SCENARIO_LIMITS.agents} are allowed`;
  return [issue("too_many_agents", message, ["agents"], "lower the counts")];
}

function populationIssues({ index, agent, columns }: Entry, { state_variables }: ResolvedScenario): Issue[] {
  const { agent_vars } = state_variables;
  const unfit = (columns ?? []).filter((name) => Object.hasOwn(agent_vars, name)).flatMap((name) => {
    const problem = columnProblem(agent_vars[name]!);
    if (problem === null) return [];
    const message = `'${name}' cannot be a column of the population '${agent.name}': ${problem.reason}`;
    return [issue("bad_column", message, ["state_variables", "agent_vars", name], problem.hint)];
  });
  const pointless = [
    ...(agent.initial_location === null ? [] : ["initial_location"]),
    ...(agent.on_error === "fail" ? [] : ["on_error"]),
  ].map((key) =>
    issue("bad_setting", `the population '${agent.name}' has no '${key}'`, ["agents", index, key], POINTLESS[key])
  );
  if (unfit.length > 0) return [...unfit, ...pointless];
  return [...pointless, ...initialIssues({ index, agent, columns }, agent_vars)];
}

const POINTLESS: { readonly [key: string]: string } = {
  initial_location: "members have no place in space; use named agents, or a column that says where they are",
  on_error: "a population decides as one; what it throws ends the run",
};

function initialIssues({ index, agent, columns }: Entry, variables: ResolvedScenario["state_variables"]["agent_vars"]) {
  const layout = new MemberLayout(variables, columns ?? []);
  return Object.entries(agent.variables).flatMap(([name, value]): Issue[] => {
    const path = ["agents", index, "variables", name];
    const column = layout.indexOf(name);
    if (column < 0) {
      const message = `the population '${agent.name}' has no column '${name}'`;
      return [issue("bad_column", message, path, didYouMean(name, layout.names()))];
    }
    try {
      layout.entry(column, value);
      return [];
    } catch (error) {
      const { code, message, hint } = error as SimError;
      return [issue(code, message, path, hint)];
    }
  });
}

/** A population beside a named agent of its name: paths and rules could mean either. */
function nameIssues(entries: readonly Entry[]): Issue[] {
  const populations = new Map(
    entries.filter(({ columns }) => columns !== null).map((entry) => [entry.agent.name, entry]),
  );
  return entries.filter(({ columns, agent }) => columns === null && populations.has(agent.name)).map((
    { index, agent },
  ) =>
    issue(
      "duplicate_agent",
      `an agent and a population are both named '${agent.name}'`,
      ["agents", index, "name"],
      "give every agent and every population a name of its own",
    )
  );
}

/** Places that need the name of an agent and give that of a population or a member. */
function memberIssues(populations: readonly Entry[], scenario: ResolvedScenario): Issue[] {
  if (populations.length === 0) return [];
  const named = [
    ...listed(scenario.metrics.agents),
    ...scenario.simulation.termination.when.flatMap((text, i) =>
      inCondition(text, ["simulation", "termination", "when", i])
    ),
    ...scenario.interventions.flatMap((intervention, i) => inIntervention(intervention, ["interventions", i])),
  ];
  return named.flatMap(({ name, path, hint }) => {
    const population = populations.find(({ agent }) => isMember(name, agent));
    if (population === undefined) return [];
    const message = `'${name}' is not an agent: '${population.agent.name}' is a population`;
    return [issue("unknown_agent", message, path, hint)];
  });
}

interface Mention {
  readonly name: string;
  readonly path: IssuePath;
  readonly hint: string;
}

function listed(agents: ResolvedScenario["metrics"]["agents"]): Mention[] {
  const hint = "members have rows by metrics.sample";
  return typeof agents === "string" ? [] : agents.map((name, i) => ({ name, path: ["metrics", "agents", i], hint }));
}

const IN_PATHS = "of members there are aggregates only: sum(<variable>), mean(<variable>) …";

function inCondition(text: string, path: IssuePath): Mention[] {
  return conditionPaths(parseCondition(text)).flatMap((each) => mentionIn(each, path, IN_PATHS));
}

function inIntervention(body: InterventionBody & { readonly when?: string }, path: IssuePath): Mention[] {
  const hint = "what befalls members, an engine does: state.populations.update(…)";
  const paths = (["set", "add", "multiply"] as const).flatMap((key) =>
    Object.keys(body[key] ?? {}).flatMap((text) => mentionIn(parseStatePath(text), [...path, key, text], hint))
  );
  return [...(body.when === undefined ? [] : inCondition(body.when, [...path, "when"])), ...paths];
}

function mentionIn(statePath: StatePath, path: IssuePath, hint: string): Mention[] {
  return statePath.kind === "agent" ? [{ name: statePath.agent, path, hint }] : [];
}

function isMember(name: string, { name: population, count }: ResolvedAgent): boolean {
  if (name === population) return true;
  if (!name.startsWith(`${population}_`)) return false;
  const number = name.slice(population.length + 1);
  return /^[1-9]\d{0,8}$/.test(number) && Number(number) <= (count ?? 1);
}

function issue(code: string, message: string, path: IssuePath, hint?: string): Issue {
  return { severity: "error", code, message, path, ...(hint !== undefined && { hint }) };
}
