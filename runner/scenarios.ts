/** Scenario files of domains: which there are, and which one a name means. */

import { basename, isAbsolute, join, relative, sep as SEPARATOR } from "node:path";
import { type Issue, type Json, SimError } from "../framework/mod.ts";
import { readYaml } from "../framework/scenario/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { ROOT } from "./paths.ts";
import { prepareScenario } from "./prepare.ts";

/** A scenario file of a domain. */
export interface ScenarioFile {
  /** Name of its domain. */
  readonly repo: string;
  /** What `resolveConfig(repo, config)` and `POST /api/simulations {repo, config}` take. */
  readonly config: string;
  /** Its path: from the current folder if it is below it, else absolute. */
  readonly path: string;
  /** `simulation.name`; the file's name when it has none. */
  readonly name: string;
  readonly description: string | null;
  /** What is wrong with it; it can run when none is an error. */
  readonly issues: readonly Issue[];
}

const SCENARIOS = join(ROOT, "scenarios");

/** Files of one domain that are listed at most, and how deep they may lie. */
const MAX_FILES = 1000;
const MAX_DEPTH = 5;

/** Folders without scenarios: packages, and the plans that conversations are about. */
const NO_SCENARIOS: readonly string[] = ["node_modules", "plans"];

/** Characters of `config`. */
const LONGEST_CONFIG = 500;

/** Scenario files, each checked: of one domain, or of all. @throws {SimError} `unknown_domain` */
export async function listScenarios(domains: DomainRegistry, repo?: string): Promise<ScenarioFile[]> {
  const repos = repo === undefined ? domains.names() : [repo];
  const lists = await Promise.all(repos.map(async (name) => {
    const files = [];
    for (const file of scenarioFiles(domains, name)) files.push(await looked(domains, file));
    // A batch is no scenario: it names one.
    return files.filter(({ issues }) => !issues.some(({ code }) => code === "use_batch"));
  }));
  return lists.flat();
}

/** Where a scenario file is, and what it is called. */
type Place = Pick<ScenarioFile, "repo" | "config" | "path">;

/** The scenario files of a domain, not looked into. @throws {SimError} `unknown_domain` */
export function scenarioFiles(domains: DomainRegistry, repo: string): Place[] {
  const folder = domains.folder(repo);
  const places = [
    ...["scenarios", "templates"].flatMap((name) => yamlFiles(folder, name).map((config) => ({ folder, config }))),
    ...yamlFiles(SCENARIOS, repo).map((below) => ({ folder: ROOT, config: `scenarios/${below}` })),
  ];
  return places.map(({ folder, config }) => ({ repo, config, path: shown(join(folder, config)) }));
}

/**
 * The path of the file that `config` names: in the domain's folder, in `scenarios/<repo>/`, from the project's root, or in
 * `scenarios/` of the domain's folder.
 * @throws {SimError} `unknown_domain`, `broken_repo`, `bad_config_path`, `missing_file`
 */
// deno-lint-ignore require-await -- what is wrong is a rejection, as everywhere
export async function resolveConfig(domains: DomainRegistry, repo: string, config: string): Promise<string> {
  const { folder } = domains.get(repo);
  assertPlain(config);
  const below = config.replace(/^(\.\/)?scenarios\//, "").replace(new RegExp(`^${RegExp.escape(repo)}/`), "");
  const places = [
    { root: folder, path: join(folder, config) },
    { root: SCENARIOS, path: join(SCENARIOS, repo, below) },
    { root: ROOT, path: join(ROOT, config) },
    { root: folder, path: join(folder, "scenarios", below) },
  ];
  for (const { root, path } of places) {
    const real = realFile(path);
    if (real === null) continue;
    if (isWithin(real, Deno.realPathSync(root))) return shown(real);
    throw refused(config, `it leads out of ${shown(root)}`);
  }
  const tried = [...new Set(places.map(({ path }) => shown(path)))];
  throw new SimError("missing_file", `domain '${repo}' has no scenario '${config}'`, {
    hint: `tried ${tried.join(", ")}`,
  });
}

/** @throws {SimError} `bad_config_path` */
function assertPlain(config: string): void {
  const steps = config.split(/[/\\]/);
  if (config.length > LONGEST_CONFIG) throw refused(config, `it is longer than ${LONGEST_CONFIG} characters`);
  if (/\p{Cc}/u.test(config)) throw refused(config, "it has control characters");
  if (isAbsolute(config) || /^([A-Za-z]:|[/\\~])/.test(config)) throw refused(config, "it is not relative");
  if (steps.includes("..")) throw refused(config, "it has '..'");
  if (steps.some((step, i) => step.startsWith(".") && !(i === 0 && step === "."))) {
    throw refused(config, "it leads to hidden files");
  }
  if (!/\.(ya?ml|json)$/i.test(config)) throw refused(config, "it does not end in .yaml, .yml or .json");
}

function refused(config: string, why: string): SimError {
  return new SimError("bad_config_path", `config ${JSON.stringify(config.slice(0, 200))} is refused: ${why}`, {
    hint: "give the path of a scenario in the domain's folder, in scenarios/ or from the project's root",
  });
}

/** What is known of a file, as long as it and the code that checks it stay as they are. */
const LOOKED = new WeakMap<DomainRegistry, Map<string, { readonly stamp: string; readonly file: ScenarioFile }>>();

async function looked(domains: DomainRegistry, place: Place): Promise<ScenarioFile> {
  const known = LOOKED.getOrInsertComputed(domains, () => new Map());
  const stamp = stampOf(domains, place);
  const before = known.get(place.path);
  if (stamp !== null && before?.stamp === stamp) return before.file;
  const { file, isAlone } = await look(domains, place);
  // A file that it refers to may change too.
  if (stamp !== null && isAlone) known.set(place.path, { stamp, file });
  else known.delete(place.path);
  return file;
}

async function look(domains: DomainRegistry, place: Place): Promise<{ file: ScenarioFile; isAlone: boolean }> {
  const unnamed = { ...place, name: basename(place.path).replace(/\.[a-z]+$/i, ""), description: null };
  try {
    const { text, issues, config } = await prepareScenario(domains, { file: place.path });
    const simulation = config?.simulation ?? written(text, place.path);
    const { name, description } = simulation as { readonly name?: unknown; readonly description?: unknown };
    const file = {
      ...unnamed,
      ...(typeof name === "string" && name !== "" && { name }),
      ...(typeof description === "string" && description !== "" && { description }),
      issues,
    };
    return { file, isAlone: config !== undefined && Object.keys(config.files).length === 0 };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { code, message, hint } = error;
    const issue: Issue = { severity: "error", code, message, ...(hint !== undefined && { hint }), file: place.path };
    return { file: { ...unnamed, issues: [issue] }, isAlone: false };
  }
}

/** `simulation:` of a text that is no scenario. */
function written(text: string, path: string): Json {
  const { value } = readYaml(text, path);
  const { simulation } = (isMap(value) ? value : {}) as { readonly simulation?: Json };
  return isMap(simulation) ? simulation : {};
}

function isMap(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stampOf(domains: DomainRegistry, { repo, path }: Place): string | null {
  try {
    const { mtime, size } = Deno.statSync(path);
    return [mtime?.getTime(), size, domains.frameworkHash(), domains.hash(repo)].join(":");
  } catch {
    // What cannot be read is looked at, and says so.
    return null;
  }
}

/** Paths, relative to `root`, of the scenario files in a folder below it, sorted. Links that lead out are left out. */
function yamlFiles(root: string, folder: string, depth = 0): string[] {
  const found: string[] = [];
  for (const { name, isFile, isDirectory, isSymlink } of listed(join(root, folder))) {
    const path = `${folder}/${name}`;
    if (name.startsWith(".") || NO_SCENARIOS.includes(name)) continue;
    if (isDirectory && depth < MAX_DEPTH) found.push(...yamlFiles(root, path, depth + 1));
    else if (/\.ya?ml$/i.test(name) && (isFile || (isSymlink && isContained(root, path)))) found.push(path);
  }
  return found.sort().slice(0, MAX_FILES);
}

function isContained(root: string, path: string): boolean {
  const real = realFile(join(root, path));
  return real !== null && isWithin(real, Deno.realPathSync(root));
}

function listed(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    // Not there, or not for this user: there is nothing to list.
    return [];
  }
}

function realFile(path: string): string | null {
  try {
    const real = Deno.realPathSync(path);
    return Deno.statSync(real).isFile ? real : null;
  } catch {
    // Whatever keeps it from being one: it is none.
    return null;
  }
}

function isWithin(path: string, root: string): boolean {
  return path.startsWith(root.endsWith(SEPARATOR) ? root : `${root}${SEPARATOR}`);
}

/** A path as somebody in the current folder would write it. */
function shown(path: string): string {
  const below = relative(Deno.cwd(), path);
  return below !== "" && !isAbsolute(below) && below.split(/[/\\]/)[0] !== ".." ? below : path;
}
