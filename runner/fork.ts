/** The configuration of a fork: its parent's, changed from a turn on. */

import { basename, dirname, join } from "node:path";
import {
  canonicalJson,
  DEFAULT_LLM,
  DEFAULT_MODEL,
  type Issue,
  issuesError,
  type Json,
  type ModelSettings,
  type ResolvedScenario,
  SimError,
} from "../framework/mod.ts";
import type { Setting } from "../framework/scenario/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { prepareScenario } from "./prepare.ts";
import { stateIssues } from "./fork_state.ts";
import type { Manifest, RunConfig, RunStore } from "./store/mod.ts";

/** Where a fork leaves its parent's path, and how. */
export interface ForkSpec {
  /** The last turn that both have in common. */
  readonly turn: number;
  /** Scenario paths that hold from the next turn on. */
  readonly set?: readonly Setting[];
  /** State paths that are set at the start of the next turn. */
  readonly state?: { readonly [path: string]: Json };
  /** Seed from the next turn on. */
  readonly seed?: number;
  /** Sample from the next turn on. */
  readonly sample?: number;
  readonly labels?: { readonly [key: string]: string };
  /** The cell of a notebook that it is made for. */
  readonly notebook?: Manifest["notebook"];
  /** Whether it waits, parked, until it is stepped or resumed. */
  readonly hold?: boolean;
}

/** What a fork is made of. */
export interface ForkedConfig {
  readonly config: RunConfig;
  readonly text: string;
  readonly seed: number;
  readonly sample: number;
}

/**
 * The fork's configuration, checked like any other.
 * @throws {SimError} `bad_turn`, `changes_the_past`, or the issues of the changed scenario and of `state`
 */
export async function forkConfig(
  store: RunStore,
  domains: DomainRegistry,
  parent: Manifest,
  spec: ForkSpec,
): Promise<ForkedConfig> {
  const reached = await store.state(parent.run_id);
  if (!Number.isInteger(spec.turn) || spec.turn < 0 || spec.turn > (reached?.turn ?? -1)) {
    throw new SimError("bad_turn", `run '${parent.run_id}' cannot be forked at turn ${spec.turn}`, {
      hint: reached ? `turns 0 to ${reached.turn} are there` : "it has no saved state yet",
    });
  }
  const before = await store.config(parent.run_id);
  const sharedUntil = before.inherited.at(-1)?.until ?? 0;
  // Before the first turn nothing has been played that the copy would have to say of.
  if (spec.turn > 0 && spec.turn < sharedUntil) {
    const origin = parent.parent!.run_id;
    throw new SimError(
      "bad_turn",
      `up to turn ${sharedUntil} run '${parent.run_id}' is a copy of run '${origin}', which it was forked from`,
      { hint: `fork that one: deno task fork ${origin} --turn ${spec.turn}` },
    );
  }
  await assertRecorded(store, parent, before, spec.turn);
  const text = await store.scenarioText(parent.run_id);
  const settings: Setting[] = before.settings.map((setting) => ({ ...setting, from: "parent" }));
  const prepared = await prepareScenario(
    domains,
    // What was let pass when the parent started is let pass again; unknown paths in `set` are errors all the same.
    { text, file: parent.scenario_path ?? "scenario", set: [...settings, ...(spec.set ?? [])], lenient: true },
    keptFiles(before),
  );
  if (!prepared.config) throw issuesError(prepared.issues);
  const { files, settings: all, inherited: _none, ...read } = prepared.config;
  const after = withParentsModels(read, before);
  const issues = [
    ...changesOfThePast(before, after).map((what) => pastIssue(what, spec.turn)),
    ...stateIssues(spec.state ?? {}, after, [...prepared.agents, ...reached?.agent_order ?? []]),
  ];
  if (issues.length > 0) throw issuesError(issues);
  const { files: _files, settings: _settings, initial_state, inherited, ...scenario } = before;
  return {
    config: {
      ...after,
      domain: before.domain,
      files,
      settings: all,
      ...(initial_state && { initial_state }),
      inherited: inheritedUntil(spec.turn, inherited, { scenario, seed: parent.seed, sample: parent.sample }),
    },
    text,
    seed: spec.seed ?? (after.simulation.seed === before.simulation.seed ? parent.seed : after.simulation.seed),
    sample: spec.sample ?? parent.sample,
  };
}

/** By which scenarios the fork's first `turn` turns were played: those of its parent, and the parent's own after them. */
function inheritedUntil(
  turn: number,
  inherited: RunConfig["inherited"],
  own: Omit<RunConfig["inherited"][number], "until">,
): RunConfig["inherited"] {
  const [first] = inherited;
  if (first === undefined) return [{ ...own, until: turn }];
  if (turn === 0) return [{ ...first, until: 0 }];
  return turn === inherited.at(-1)!.until ? inherited : [...inherited, { ...own, until: turn }];
}

/**
 * That the past of the fork can be played as its parent played it: what models answered after the last numbered
 * checkpoint is asked again where nothing was recorded, and they may answer otherwise.
 */
async function assertRecorded(store: RunStore, parent: Manifest, before: RunConfig, turn: number): Promise<void> {
  if (before.llm?.tape !== "off" || parent.cost.calls === 0) return;
  const turns = await store.checkpoints(parent.run_id);
  if (turns.includes(turn)) return;
  throw new SimError(
    "bad_turn",
    `run '${parent.run_id}' was played with tape: off and cannot be forked at turn ${turn}`,
    {
      hint: `fork it where it kept its state: ${turns.length === 0 ? "nowhere" : `turn ${turns.join(", ")}`}`,
    },
  );
}

/**
 * Where the fork leaves the choice of a model to the host, it is asked whom its parent asked: a fork differs in what was
 * set, and in nothing else.
 */
function withParentsModels(after: ResolvedScenario, before: ResolvedScenario): ResolvedScenario {
  const { llm } = before;
  if (llm === null) return after;
  const asParent = <T extends ModelSettings>(settings: T, parents: ModelSettings): T =>
    settings.provider !== DEFAULT_MODEL.provider
      ? settings
      : { ...settings, provider: parents.provider, model: settings.model ?? parents.model };
  const own = asParent(after.llm ?? DEFAULT_LLM, llm);
  const roles = Object.fromEntries(
    Object.entries(own.roles).map(([role, settings]) => [role, asParent(settings, llm.roles[role] ?? llm)]),
  );
  const agents = after.agents.map((agent, i) =>
    agent.llm ? { ...agent, llm: asParent(agent.llm, before.agents[i]?.llm ?? llm.roles.agent ?? llm) } : agent
  );
  return { ...after, agents, llm: { ...own, roles } };
}

/** Files as they were when the parent started, whatever has become of them; named as the parent named them. */
function keptFiles(config: RunConfig): Parameters<typeof prepareScenario>[2] {
  // deno-lint-ignore require-await -- the loader reads asynchronously; these are in memory
  return async (reference, from) => {
    const beside = join(dirname(from), reference);
    const names = Object.keys(config.files);
    const name = names.find((file) => file === beside) ??
      names.find((file) => file.endsWith(`/${basename(reference)}`));
    const kept = name === undefined ? undefined : config.files[name];
    if (name === undefined || !kept) {
      throw new SimError("missing_file", `the parent did not keep a file '${reference}'`);
    }
    return { file: name, text: kept.text };
  };
}

/** What the turns already played were made from: names, kinds and initial values. */
function changesOfThePast(before: ResolvedScenario, after: ResolvedScenario): string[] {
  const differs = (a: unknown, b: unknown) => canonicalJson(a as Json) !== canonicalJson(b as Json);
  const changes: string[] = [];
  if (before.simulation.name !== after.simulation.name) changes.push("simulation.name");
  if (differs(before.state_variables, after.state_variables)) changes.push("state_variables");
  if (differs(placesOf(before), placesOf(after))) changes.push("spatial");
  if (
    differs(before.agents.map(({ name, count }) => [name, count]), after.agents.map(({ name, count }) => [name, count]))
  ) {
    return [...changes, "agents (names)"];
  }
  before.agents.forEach((agent, i) => {
    if (differs(agent.variables, after.agents[i]!.variables)) changes.push(`agents.${agent.name}.variables`);
    if (agent.initial_location !== after.agents[i]!.initial_location) {
      changes.push(`agents.${agent.name}.initial_location`);
    }
  });
  return changes;
}

/** Where agents can be; how far they see may change. */
function placesOf({ spatial }: ResolvedScenario): unknown {
  return spatial && { ...spatial, proximity_radius: null };
}

function pastIssue(what: string, turn: number): Issue {
  return {
    severity: "error",
    code: "changes_the_past",
    message: `${what} was used in turns already played and cannot change in a fork at turn ${turn}`,
    hint: "start a new run with it, or set the present value with --state",
  };
}
