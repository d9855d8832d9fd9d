/** From a scenario's text to something that can run: parsed, resolved, checked by the framework and by its domain. */

import { type Issue, SimError } from "../framework/mod.ts";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import {
  agentNames,
  type LoadedScenario,
  loadScenario,
  type ReadFile,
  type ResolvedScenario,
  SCENARIO_LIMITS,
  type Setting,
} from "../framework/scenario/mod.ts";
import { defaultTurns } from "./conversation/mod.ts";
import { type DomainRegistry, referenceRoots } from "./domains.ts";
import { initialStateOf } from "./initial_state.ts";
import type { RunConfig } from "./store/mod.ts";

/** Where a scenario comes from. */
export interface ScenarioSource {
  /** Path of the YAML file, as the user named it. */
  readonly file?: string;
  /** The text itself, in place of a file. */
  readonly text?: string;
  /** Scenario paths to set on top of the text. */
  readonly set?: readonly Setting[];
  /** A checkpoint to start from, of llm-sim too, as a path. */
  readonly from?: string;
  /** Unknown keys are warnings. */
  readonly lenient?: boolean;
}

/** A scenario that has been looked at from all sides. */
export interface PreparedRun {
  readonly text: string;
  readonly issues: readonly Issue[];
  /** Absent when there were errors. */
  readonly config?: RunConfig;
  /** Names of the cases of its conversation. */
  readonly cases: readonly string[];
  /** Names of all named agents. */
  readonly agents: readonly string[];
}

/**
 * Looks at a scenario from all sides; what is wrong is in `issues`.
 * @throws {SimError} when the file cannot be read, or the domain cannot be loaded
 */
export async function prepareScenario(
  domains: DomainRegistry,
  source: ScenarioSource,
  readFile?: ReadFile,
): Promise<PreparedRun> {
  const text = source.text ?? await readScenario(source.file);
  const file = source.file ?? "scenario";
  const loaded = await loadScenario({
    text,
    file,
    readFile: readFile ?? containedReader(domains, source.file ?? null),
    ...(source.set && { set: source.set }),
    ...(source.lenient !== undefined && { lenient: source.lenient }),
    conversationTurns: defaultTurns((name) => Deno.env.get(name)),
  });
  if (!loaded.scenario) return { text, issues: loaded.issues, cases: loaded.cases, agents: [] };
  const named = await nameDomain(domains, loaded, file);
  if ("issue" in named) return { text, issues: [...loaded.issues, named.issue], cases: loaded.cases, agents: [] };
  const scenario = { ...loaded.scenario, domain: named.domain };
  const found = await domains.check(named.domain, scenario);
  const located = found.map((issue) => ({
    ...issue,
    file,
    ...loaded.locate(issue.path ?? [], issue.code === "unknown_key" ? "key" : undefined),
  }));
  const issues = [...loaded.issues, ...located];
  const agents = await namedAgents(domains, scenario);
  const start: ReturnType<typeof initialStateOf> = source.from === undefined
    ? { issues: [] }
    : initialStateOf(await readScenario(source.from), scenario, agents, source.from);
  issues.push(...start.issues);
  if (issues.some((issue) => issue.severity === "error")) return { text, issues, cases: loaded.cases, agents };
  const settings = (source.set ?? []).map(({ path, value }) => ({ path, value }));
  const config: RunConfig = {
    ...scenario,
    files: loaded.files,
    settings,
    ...(start.initial && { initial_state: start.initial }),
    inherited: [],
  };
  return { text, issues, config, cases: loaded.cases, agents };
}

/** Names of the agents that have one: members of populations are not written out. */
async function namedAgents(
  domains: DomainRegistry,
  { domain, agents }: ResolvedScenario,
): Promise<string[]> {
  const populations = await domains.populations(domain, agents.map(({ type }) => type));
  return agents
    .filter(({ type, count }) => !populations.has(type) && (count ?? 1) <= SCENARIO_LIMITS.named_count)
    .flatMap((agent) => agentNames(agent));
}

async function nameDomain(
  domains: DomainRegistry,
  loaded: LoadedScenario,
  file: string,
): Promise<{ domain: string } | { issue: Issue }> {
  const scenario = loaded.scenario!;
  try {
    if (loaded.domain !== undefined) return { domain: domains.get(loaded.domain).name };
    const agents = [...new Set(scenario.agents.map((agent) => agent.type))];
    return {
      domain: await domains.infer({ engine: scenario.engine.type, validator: scenario.validator.type, agents }),
    };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { code, message, hint } = error;
    const place = loaded.locate(loaded.domain === undefined ? [] : ["domain"]);
    return {
      issue: {
        severity: "error",
        code,
        message,
        file,
        path: ["domain"],
        ...place,
        ...(hint !== undefined && { hint }),
      },
    };
  }
}

/** The text of a scenario's file. @throws {SimError} `missing_file` with what is there, `not_text`, `file_too_large` */
export async function readScenario(file: string | undefined): Promise<string> {
  if (file === undefined) throw new SimError("no_scenario", "no scenario was given");
  try {
    return await readText(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new SimError("missing_file", `there is no file '${file}'`, { hint: await nearbyScenarios(file) });
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw new SimError("missing_file", `'${file}' is a folder, not a scenario`, {
        hint: await nearbyScenarios(join(file, "x")),
      });
    }
    throw error;
  }
}

/** Bytes of a file that are read at most; what is larger the loader would refuse too. */
const MAX_FILE = 16 << 20;

/**
 * Text is UTF-8: whatever else it is, it is not guessed at.
 * @throws {SimError} `not_text`, `file_too_large`
 */
async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SimError("not_text", `'${file}' is not UTF-8 text`, { cause, hint: "save it as UTF-8" });
  }
}

/** What is in a file, which may be a pipe, or a device without end. */
async function readBytes(file: string): Promise<Uint8Array> {
  const handle = await Deno.open(file, { read: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of handle.readable) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_FILE) {
      throw new SimError("file_too_large", `'${file}' has more than ${MAX_FILE} bytes`, {
        hint: "reduce it, or split it",
      });
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function nearbyScenarios(file: string): Promise<string> {
  const folder = dirname(file);
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && /\.ya?ml$/.test(entry.name)) found.push(entry.name);
    }
  } catch {
    return `the folder '${folder}' does not exist`;
  }
  return found.length > 0
    ? `in ${folder}: ${found.sort().slice(0, 12).join(", ")}`
    : `there are no scenarios in ${folder}`;
}

/** Reads files that a scenario refers to, within its domain's folder, `scenarios/` and the scenario's own folder. */
export function containedReader(domains: DomainRegistry, scenarioFile: string | null): ReadFile {
  return async (reference, from) => {
    const { file, real } = findReferenced(reference, from, domains.folders(), scenarioFile);
    return { file, text: await readText(real) };
  };
}

/**
 * The file that `from` refers to: beside it or in one of the folders that a scenario may read, and nowhere else.
 * @param folders those of the domains
 * @param scenarioFile the scenario of which `from` is a part; null: it is in no file, so nothing lies beside it
 * @returns its name in the terms in which `scenarioFile` was named, and where it really is
 * @throws {SimError} `missing_file`, `file_outside`
 */
export function findReferenced(
  reference: string,
  from: string,
  folders: readonly string[],
  scenarioFile: string | null = from,
): { readonly file: string; readonly real: string } {
  const base = scenarioFile === null ? null : dirname(resolve(from));
  const roots = [...folders, ...referenceRoots(null, scenarioFile)].flatMap((root) => realPath(root) ?? []);
  const candidates = isAbsolute(reference)
    ? [reference]
    : [...(base === null ? [] : [join(base, reference)]), ...roots.map((root) => join(root, reference))];
  for (const candidate of candidates) {
    const real = realPath(candidate);
    if (real === null) continue;
    if (!roots.some((root) => real === root || real.startsWith(`${root}/`) || real.startsWith(`${root}\\`))) {
      throw new SimError("file_outside", `'${reference}' lies outside of the folders that a scenario may read`, {
        hint: "move it beside the scenario",
      });
    }
    if (!Deno.statSync(real).isFile) throw new SimError("missing_file", `'${reference}' is not a file`);
    return { file: shownName(candidate, scenarioFile), real };
  }
  throw new SimError("missing_file", `there is no file '${reference}'`, {
    hint: `it is looked for beside the scenario${
      base === null ? "" : ` in ${relative(Deno.cwd(), base) || "."}`
    } and in scenarios/`,
  });
}

/** A file's name in the terms in which the user named the scenario: names of files beside it, and messages, agree. */
function shownName(file: string, scenarioFile: string | null): string {
  if (scenarioFile === null) return basename(file);
  const folder = dirname(scenarioFile);
  return join(folder, relative(resolve(folder), resolve(file)));
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}
