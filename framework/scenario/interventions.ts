/** The section `interventions`: what happens from outside, and when. */

import { formatPath, type Issue, type IssuePath } from "../issue.ts";
import { type Json, notJson } from "../json.ts";
import { type EntryNames, stateChangeIssues, stateEntryIssues } from "../state_entry.ts";
import { checkInitialValues, checkName } from "./agents.ts";
import { checkTypeName } from "./component.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { Reading } from "./reading.ts";
import type { InterventionBody, ResolvedIntervention, ResolvedNewAgent, ResolvedScenario } from "./resolved.ts";
import { interventionSchema, scenarioShape } from "./schema.ts";
import { checkCondition, pathNames, type ScenarioNames, withAddedAgents } from "./sections.ts";
import { flawOf } from "./settings.ts";
import { fromJson, IssueList } from "./source.ts";
import type { z } from "zod";

type Entry = z.output<typeof interventionSchema>;

const SECTION = "interventions";
/** When it happens: one of these. */
const TIMES = ["at", "every", "when"] as const;
/** What narrows down when it happens, and with which of the times it goes. */
const LIMITS = { from: ["every"], until: ["every", "when"], once: ["when"] } as const;
const EFFECTS = ["set", "add", "multiply", "message", "add_agent", "remove_agent", "pause_agent", "resume_agent"];

/** The section, checked against the scenario's names; empty where there is none, undefined where it cannot be read. */
export function readInterventions(
  reading: Reading,
  scenarioNames: ScenarioNames,
): readonly ResolvedIntervention[] | undefined {
  const written = reading.valueAt([SECTION]) ?? null;
  if (written === null) return [];
  if (!Array.isArray(written) || written.length > SCENARIO_LIMITS.interventions) {
    reading.read(scenarioShape[SECTION], [SECTION]);
    return undefined;
  }
  const names = withAddedAgents(scenarioNames);
  const interventions: ResolvedIntervention[] = [];
  for (const i of written.keys()) {
    const path = [SECTION, i];
    const entry = reading.read(interventionSchema, path);
    if (entry === undefined) continue;
    checkTimes(reading, path, names);
    checkEffects(reading, entry, path, names);
    interventions.push({ ...timesOf(entry), ...bodyOf(entry) });
  }
  return interventions.length === written.length ? interventions : undefined;
}

/**
 * An intervention that comes from outside while a simulation runs: the body of one entry of `interventions:`, without the
 * keys that say when; short forms written out. Undefined when there are errors. Issues have paths within the body, and no
 * place in a file.
 *
 * @param agentNames those that are there; null: whoever is named may be
 *
 * @example
 * ```ts
 * import { readInterventionBody } from "llm-sim/scenario";
 * const state_variables = { agent_vars: {}, global_vars: { tax: { type: "float", default: 0 } } } as const;
 * const { issues: [issue] } = readInterventionBody({ set: { "global.taxx": 0.2 } }, { state_variables }, []);
 * if (issue?.path?.join(" ") !== "set global.taxx" || !issue.hint?.startsWith("did you mean 'tax'?")) throw new Error();
 * ```
 */
export function readInterventionBody(
  body: unknown,
  { state_variables }: Pick<ResolvedScenario, "state_variables">,
  agentNames: readonly string[] | null,
): { readonly body: InterventionBody | undefined; readonly issues: Issue[] } {
  const flaw = notJson(body) ?? flawOf(body as Json, SCENARIO_LIMITS.depth);
  if (flaw) return { body: undefined, issues: [outsideIssue("invalid_value", `the intervention ${flaw}`)] };
  // Read as the only entry of a scenario, so that messages say what they say there.
  const path = [SECTION, 0];
  const issues = new IssueList();
  const reading = new Reading(fromJson({ [SECTION]: [body as Json] }, { file: "" }), issues, false);
  const entry = reading.read(interventionSchema, path);
  if (entry !== undefined) {
    refuseTimes(reading, path);
    // Who comes is there before anything is set.
    const names = agentNames && entry.add_agent ? [...agentNames, entry.add_agent.name] : agentNames;
    checkEffects(reading, entry, path, namesOf(state_variables, names));
  }
  return {
    body: entry === undefined || issues.failed ? undefined : bodyOf(entry),
    issues: issues.sorted("").map(fromWithin),
  };
}

function namesOf(variables: ResolvedScenario["state_variables"], agentNames: readonly string[] | null): ScenarioNames {
  const known = agentNames && new Set(agentNames);
  return {
    agents: agentNames ?? [],
    entries: [],
    variables: {
      ...variables,
      agent_names: Object.keys(variables.agent_vars),
      global_names: Object.keys(variables.global_vars),
    },
    metrics: [],
    isAgent: (name) => known === null || known.has(name),
    isAdded: () => false,
  };
}

/** The finding about the body itself rather than about an entry of a scenario. */
function fromWithin({ severity, code, message, hint, path }: Issue): Issue {
  const entry = formatPath([SECTION, 0]);
  const shown = message.replaceAll(`${entry}.`, "").replaceAll(entry, "the intervention");
  return {
    severity,
    code,
    message: shown,
    ...(hint !== undefined && { hint }),
    ...(path !== undefined && { path: path.slice(2) }),
  };
}

function outsideIssue(code: string, message: string): Issue {
  return { severity: "error", code, message, path: [] };
}

function refuseTimes(reading: Reading, path: IssuePath): void {
  for (const key of [...TIMES, ...Object.keys(LIMITS)]) {
    if (!isGiven(reading, [...path, key])) continue;
    const hint = "only interventions in a scenario say when they happen; leave it out";
    reading.error("unknown_key", `an intervention from outside has no '${key}'`, [...path, key], hint);
  }
}

function checkTimes(reading: Reading, path: IssuePath, names: ScenarioNames): void {
  const given = TIMES.filter((key) => isGiven(reading, [...path, key]));
  const [time, another] = given;
  if (time === undefined) {
    const hint = 'add one of at: 10, every: 10, when: "global.x > 5"';
    reading.error("bad_intervention", `${formatPath(path)} does not say when it happens`, path, hint);
    return;
  }
  if (another !== undefined) {
    const message = `${formatPath(path)} has ${given.map((key) => `'${key}'`).join(" and ")}`;
    reading.keyError("bad_intervention", message, [...path, another], "keep one of them");
    return;
  }
  for (const [key, allowed] of Object.entries(LIMITS)) {
    if (!isGiven(reading, [...path, key]) || allowed.some((each) => each === time)) continue;
    const message = `${formatPath([...path, key])} goes with ${allowed.join(" or ")}, not with ${time}`;
    reading.keyError("bad_intervention", message, [...path, key], "leave it out");
  }
  checkSpan(reading, path);
  const when = reading.valueAt([...path, "when"]);
  if (typeof when === "string") checkCondition(reading, when, [...path, "when"], names);
}

/** That turns are in order, and that it can happen at all. */
function checkSpan(reading: Reading, path: IssuePath): void {
  const numberAt = (...steps: IssuePath) => {
    const value = reading.valueAt(steps);
    return typeof value === "number" ? value : undefined;
  };
  const at = reading.valueAt([...path, "at"]);
  const first = Array.isArray(at)
    ? at.filter((turn) => typeof turn === "number").reduce((least, turn) => Math.min(least, turn), Infinity)
    : numberAt(...path, "at") ?? numberAt(...path, "from") ?? numberAt(...path, "every");
  if (first === undefined) return;
  const until = numberAt(...path, "until");
  if (until !== undefined && until < first) {
    const message = `${formatPath([...path, "until"])} is ${until}, but it happens in turn ${first} at the earliest`;
    reading.error("bad_intervention", message, [...path, "until"], "raise it, or lower 'from'");
    return;
  }
  const last = numberAt("simulation", "max_turns");
  if (last === undefined || first <= last || !Number.isFinite(first)) return;
  const message = `${formatPath(path)} never happens: its first turn is ${first}, and simulation.max_turns is ${last}`;
  reading.warn("no_effect", message, path);
}

function checkEffects(reading: Reading, entry: Entry, path: IssuePath, names: ScenarioNames): void {
  const isEffect = (key: string) => {
    const value = reading.valueAt([...path, key]) ?? null;
    return value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  };
  if (!EFFECTS.some(isEffect)) {
    const message = `${formatPath(path)} does nothing`;
    reading.error("bad_intervention", message, path, `add one of ${EFFECTS.join(", ")}`);
  }
  checkChanges(reading, entry, path, names);
  const { message, add_agent, remove_agent, pause_agent, resume_agent } = entry;
  if (message) checkMessage(reading, message, [...path, "message"], names);
  if (add_agent) checkNewAgent(reading, [...path, "add_agent"], names);
  if (typeof remove_agent === "string") checkAgent(reading, remove_agent, [...path, "remove_agent"], names);
  if (typeof resume_agent === "string") checkAgent(reading, resume_agent, [...path, "resume_agent"], names);
  if (typeof pause_agent === "string") checkAgent(reading, pause_agent, [...path, "pause_agent"], names);
  else if (pause_agent) checkAgent(reading, pause_agent.name, [...path, "pause_agent", "name"], names);
}

function checkChanges(reading: Reading, { set, add, multiply }: Entry, path: IssuePath, names: ScenarioNames): void {
  const known: EntryNames = { variables: names.variables, names: pathNames(reading, names) };
  for (const [text, value] of Object.entries(set ?? {})) {
    if (reading.issues.isFull) return;
    reportEntry(reading, stateEntryIssues(text, value, known), [...path, "set", text]);
  }
  for (const [operation, operands] of [["add", add], ["multiply", multiply]] as const) {
    for (const [text, operand] of Object.entries(operands ?? {})) {
      if (reading.issues.isFull) return;
      reportEntry(reading, stateChangeIssues(text, operation, operand, known), [...path, operation, text]);
    }
  }
}

/** Paths are reported where they are written, values at the value. */
function reportEntry(reading: Reading, issues: readonly Issue[], at: IssuePath): void {
  for (const { code, message, hint } of issues) {
    const text = `${formatPath(at.slice(0, -1))}: ${message}`;
    if (code === "invalid_value") reading.error(code, text, at, hint);
    else reading.keyError(code, text, at, hint);
  }
}

function checkMessage(
  reading: Reading,
  { to }: NonNullable<Entry["message"]>,
  path: IssuePath,
  names: ScenarioNames,
): void {
  if (typeof to !== "string") to.forEach((name, i) => checkAgent(reading, name, [...path, "to", i], names));
  else if (to !== "*") checkAgent(reading, to, [...path, "to"], names);
}

function checkNewAgent(reading: Reading, path: IssuePath, { variables }: ScenarioNames): void {
  checkName(reading, [...path, "name"]);
  checkTypeName(reading, [...path, "type"], "agent");
  checkInitialValues(reading, [...path, "variables"], variables);
}

function checkAgent(reading: Reading, name: string, path: IssuePath, names: ScenarioNames): void {
  if (names.isAgent(name) || reading.issues.isFull) return;
  const hint = reading.suggest(name, names.agents);
  reading.error("unknown_agent", `${formatPath(path)}: there is no agent '${name}'`, path, hint);
}

/** When it happens; `from` is filled in, `at` in order. */
function timesOf({ at, every, from, until, when, once }: Entry): Partial<ResolvedIntervention> {
  const last = until ?? null;
  if (typeof every === "number") return { every, from: from ?? every, ...(last !== null && { until: last }) };
  if (typeof when === "string") return { when, once: once ?? false, ...(last !== null && { until: last }) };
  return { at: [...new Set(typeof at === "number" ? [at] : at ?? [])].sort((a, b) => a - b) };
}

/** What it does, without what is not given, short forms written out. */
function bodyOf({ pause_agent, add_agent, ...entry }: Entry): InterventionBody {
  const { at: _at, every: _every, from: _from, until: _until, when: _when, once: _once, ...rest } = entry;
  return {
    ...withoutNull(rest) as InterventionBody,
    ...(add_agent && { add_agent: withoutNull(add_agent) as unknown as ResolvedNewAgent }),
    ...(pause_agent && {
      pause_agent: withoutNull(typeof pause_agent === "string" ? { name: pause_agent } : pause_agent) as {
        name: string;
      },
    }),
  };
}

function withoutNull(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined));
}

function isGiven(reading: Reading, path: IssuePath): boolean {
  return (reading.valueAt(path) ?? null) !== null;
}
