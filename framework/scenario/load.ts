/** Loads a scenario: text, base files and settings become one checked, defaulted value, or a list of what is wrong. */

import type { Issue, IssuePath } from "../issue.ts";
import { readAgents } from "./agents.ts";
import { readComponent, readDomain } from "./component.ts";
import { caseNames, expandConversation, withCase } from "./conversation.ts";
import { expectationAt } from "./expectation.ts";
import { readScenarioTree } from "./extends.ts";
import { type ReadFile, type ReferencedFile, ReferencedFiles } from "./files.ts";
import { readInterventions } from "./interventions.ts";
import { readModels } from "./llm.ts";
import { readObservability } from "./observability.ts";
import { Reading } from "./reading.ts";
import type { ResolvedConversation, ResolvedScenario } from "./resolved.ts";
import { scenarioShape } from "./schema.ts";
import {
  readEvents,
  readLimits,
  readLogging,
  readMemory,
  readMetrics,
  readSimulation,
  scenarioNames,
} from "./sections.ts";
import { applySettings, type Setting } from "./settings.ts";
import { writeOut } from "./shorthand.ts";
import { IssueList, keyPlaceOf, type Place, placeOf } from "./source.ts";
import { readSpatial } from "./spatial.ts";
import { readStateVariables } from "./state_variables.ts";

/** What a scenario is loaded from. */
export interface LoadOptions {
  /** The YAML text. */
  readonly text: string;
  /** The file it comes from, as the user named it. */
  readonly file: string;
  /** Reads files that the scenario refers to. */
  readonly readFile: ReadFile;
  /** Values that replace the file's, in order. */
  readonly set?: readonly Setting[];
  /** Whether unknown keys are warnings. */
  readonly lenient?: boolean;
  /** Most turns of a conversation that says nothing of them. Default 5. */
  readonly conversationTurns?: number;
}

/** A loaded scenario. */
export interface LoadedScenario {
  /** Absent when there are errors. Its `domain` is empty when the file names none. */
  readonly scenario?: ResolvedScenario;
  /** The domain as written; undefined where the file names none. */
  readonly domain?: string | undefined;
  /** All findings, each with its place: those of the file itself first, in the order of its lines. */
  readonly issues: readonly Issue[];
  /** Names of the cases of its conversation, whatever else is wrong with it. */
  readonly cases: readonly string[];
  /** Files that the scenario refers to, by the name the host gave them. */
  readonly files: { readonly [name: string]: ReferencedFile };
  /**
   * Where a path of the resolved scenario is written; the nearest parent's place where it is not written at all.
   * With `key` it is the key's place rather than the value's. Undefined when the text could not be read. What came from a setting has a file but no line.
   */
  locate(path: IssuePath, part?: "key"): Place | undefined;
}

/**
 * Loads a scenario. Never throws for what a text may hold: everything wrong with it is in `issues`.
 *
 * @throws what `readFile` throws, unless it is a SimError (which becomes an issue where the file is named)
 *
 * @example
 * ```ts
 * import { loadScenario } from "llm-sim/scenario";
 * const text = `
 * simulation: { name: demo, max_turns: 10 }
 * engine: { type: economic, interest_rate: 0.05 }
 * validator: { type: always_valid }
 * agents: [{ name: A, type: nation }]
 * state_variables: { agent_vars: {}, global_vars: {} }
 * `;
 * const readFile = () => Promise.reject(new Error("refers to no file"));
 * const { scenario, issues } = await loadScenario({ text, file: "demo.yaml", readFile });
 * if (scenario?.engine.config.interest_rate !== 0.05 || issues.length > 0) throw new Error();
 * ```
 */
export async function loadScenario(options: LoadOptions): Promise<LoadedScenario> {
  const issues = new IssueList();
  const files = new ReferencedFiles(options.readFile);
  const tree = await readScenarioTree(options.text, options.file, files, issues);
  if (tree === undefined) {
    return { issues: issues.sorted(options.file), cases: [], files: files.kept(), locate: () => undefined };
  }
  const set = options.set ?? [];
  const written = writeOut(applySettings(withCase(tree, set, issues), set, issues), issues);
  const reading = new Reading(written, issues, options.lenient ?? false);
  let root = written;
  let resolution: Resolution;
  if (isBatch(reading)) resolution = refuseBatch(reading);
  else if ((reading.valueAt(["conversation"]) ?? null) === null) {
    resolution = await resolveScenario(reading, options.file, files);
  } else {
    const expansion = await expandConversation(
      reading,
      options.file,
      files,
      options.conversationTurns ?? DEFAULT_TURNS,
    );
    root = expansion?.root ?? written;
    resolution = expansion === undefined ? { domain: readDomain(reading) } : withConversation(
      await resolveScenario(new Reading(root, issues, options.lenient ?? false), options.file, files),
      expansion.conversation,
    );
  }
  const { domain, scenario } = resolution;
  return {
    ...(scenario !== undefined && !issues.failed && { scenario }),
    domain,
    issues: issues.sorted(options.file),
    cases: caseNames(written),
    files: files.kept(),
    locate: (path, part) => part === "key" ? keyPlaceOf(root, path) : placeOf(root, path),
  };
}

/** Most turns of a conversation where nobody says otherwise. */
const DEFAULT_TURNS = 5;

function withConversation(resolution: Resolution, conversation: ResolvedConversation): Resolution {
  const { scenario } = resolution;
  return scenario === undefined ? resolution : { ...resolution, scenario: { ...scenario, conversation } };
}

/** A resolved scenario, as far as it could be read. */
interface Resolution {
  readonly domain: string | undefined;
  readonly scenario?: ResolvedScenario;
}

async function resolveScenario(reading: Reading, file: string, files: ReferencedFiles): Promise<Resolution> {
  checkTopLevel(reading);
  const domain = readDomain(reading);
  const variables = readStateVariables(reading);
  const agents = readAgents(reading, variables);
  const names = scenarioNames(reading, agents, variables);
  const simulation = readSimulation(reading, names);
  const engine = readComponent(reading, "engine");
  const validator = readComponent(reading, "validator");
  const metrics = readMetrics(reading, names);
  const limits = readLimits(reading, names);
  const observability = readObservability(reading, names);
  const spatial = await readSpatial(reading, file, files, agents);
  const interventions = readInterventions(reading, names);
  const memory = readMemory(reading);
  const models = await readModels(reading, file, files, agents);
  const events = readEvents(reading);
  const logging = readLogging(reading);
  if (!simulation || !engine || !validator || !metrics || !limits || !events || !logging) return { domain };
  if (observability === undefined || spatial === undefined || !interventions || !memory) return { domain };
  return {
    domain,
    scenario: {
      domain: domain ?? "",
      simulation,
      engine,
      validator,
      agents: agents.map(({ agent }, i) => ({ ...agent, llm: models.agents[i]! })),
      state_variables: { agent_vars: variables.agent_vars, global_vars: variables.global_vars },
      metrics,
      limits,
      observability,
      spatial,
      interventions,
      memory,
      llm: models.llm,
      events,
      logging,
    },
  };
}

function checkTopLevel(reading: Reading): void {
  const keys = Object.keys(scenarioShape);
  const present = reading.keysOf([]);
  for (const key of present) {
    if (!Object.hasOwn(scenarioShape, key)) reading.unknownKey([key], keys);
  }
  for (const key of ["simulation", "engine", "validator", "agents"] as const) {
    if (!present.includes(key)) {
      reading.error("missing_key", `the scenario has no '${key}'`, [key], `add '${key}': ${expectationAt([key])}`);
    }
  }
}

function isBatch(reading: Reading): boolean {
  return (reading.valueAt(["batch"]) ?? null) !== null;
}

function refuseBatch(reading: Reading): Resolution {
  reading.keyError(
    "use_batch",
    "the file describes a batch, not a single scenario",
    ["batch"],
    "use batch instead of run",
  );
  return { domain: undefined };
}
