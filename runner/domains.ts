/** Which domains there are, and what a sandboxed look at each of them says. */

import { canonicalJson, didYouMean, type DomainDescription, type Issue, sha256, SimError } from "../framework/mod.ts";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ResolvedScenario } from "../framework/mod.ts";
import type { ServerConfig } from "./config.ts";
import { ROOT } from "./paths.ts";
import type { AnswerMemory } from "./store/mod.ts";
import { Sandbox } from "./sandbox/mod.ts";
import type { FromChild } from "./sandbox/mod.ts";

/** A domain that scenarios can name. */
export interface DomainEntry {
  readonly name: string;
  /** Absolute real path of its folder. */
  readonly folder: string;
  /** Its module. */
  readonly module: URL;
}

/** A configured domain that has nothing to load. */
export interface BrokenDomain {
  readonly name: string;
  /** Where it should be, absolute. */
  readonly folder: string;
  /** What is wrong with it. */
  readonly reason: string;
}

/** Seconds a domain may take to load or to check a scenario. */
const INSPECT_TIMEOUT = 20;
/** Megabytes it may use meanwhile. */
const INSPECT_MEMORY = 512;

/** The domains of this repository and those the configuration adds. */
export class DomainRegistry {
  readonly #entries: Map<string, DomainEntry | BrokenDomain>;
  readonly #inspectors = new Map<string, Inspector>();
  #isClosed = false;
  readonly #hashes = new Map<string, { stamp: string; hash: string }>();
  readonly #memory: AnswerMemory;

  private constructor(entries: Map<string, DomainEntry | BrokenDomain>, memory: AnswerMemory) {
    this.#entries = entries;
    this.#memory = memory;
  }

  /**
   * Finds the domains: every folder of `domains/` with a `mod.ts`, then `simulation_repos` (which may replace one). One
   * that is not there is broken and stops no other.
   * @param memory keeps what domains said of themselves, by the hash of their sources
   */
  static open(config: Pick<ServerConfig, "simulation_repos" | "folder">, memory: AnswerMemory): DomainRegistry {
    const entries = new Map<string, DomainEntry | BrokenDomain>();
    for (const entry of readFolder(join(ROOT, "domains"))) {
      const folder = join(ROOT, "domains", entry.name);
      if (entry.isDirectory && isFile(join(folder, "mod.ts"))) entries.set(entry.name, domainEntry(entry.name, folder));
    }
    for (const { name, path } of config.simulation_repos) entries.set(name, found(name, resolve(config.folder, path)));
    return new DomainRegistry(entries, memory);
  }

  /** Names, sorted, those of broken ones too. */
  names(): string[] {
    return [...this.#entries.keys()].sort();
  }

  /** @throws {SimError} `unknown_domain`, `broken_repo` */
  get(name: string): DomainEntry {
    const entry = this.#entry(name);
    if (!("reason" in entry)) return entry;
    throw new SimError("broken_repo", `domain '${name}' is broken: ${entry.reason}`, {
      hint: "correct its path under simulation_repos in llm-sim.yaml",
    });
  }

  /** Where a domain is, or should be. @throws {SimError} `unknown_domain` */
  folder(name: string): string {
    return this.#entry(name).folder;
  }

  /** The folders of all domains that are there. */
  folders(): string[] {
    return [...this.#entries.values()].flatMap((entry) => "reason" in entry ? [] : entry.folder);
  }

  #entry(name: string): DomainEntry | BrokenDomain {
    const known = this.#entries.get(name);
    if (known) return "reason" in known ? this.#lookAgain(known) : known;
    throw new SimError("unknown_domain", `there is no domain '${name}'`, { hint: didYouMean(name, this.names()) });
  }

  /** What was not there may have come meanwhile. */
  #lookAgain({ name, folder }: BrokenDomain): DomainEntry | BrokenDomain {
    const entry = found(name, folder);
    this.#entries.set(name, entry);
    return entry;
  }

  /** Hash of everything a domain's module can reach: the files of its folder, tests left out. */
  hash(name: string): string {
    return this.#folderHash(this.get(name).folder);
  }

  /** Hash of the framework's sources. */
  frameworkHash(): string {
    return this.#folderHash(join(ROOT, "framework"));
  }

  /** Components, schemas and docs, told by the domain itself in a sandbox. @throws {SimError} when it cannot be loaded */
  async describe(name: string): Promise<DomainDescription> {
    const key = this.#question(name, "describe");
    const known = this.#memory.recall(key);
    if (known !== null) return JSON.parse(known);
    const description = await this.#inspector(name).describe();
    this.#memory.remember(key, JSON.stringify(description));
    return description;
  }

  /** Which of these types of agents are populations. @throws {SimError} when the domain cannot be loaded */
  async populations(name: string, types: readonly string[]): Promise<ReadonlySet<string>> {
    const { agents } = await this.describe(name);
    const populations = agents.filter(({ kind }) => kind === "population");
    return new Set(types.filter((type) => populations.some((component) => answersTo(component, type))));
  }

  /** Whether a component that the scenario names asks a model. @throws {SimError} when the domain cannot be loaded */
  async asksModels(name: string, { engine, validator, agents, interventions }: ResolvedScenario): Promise<boolean> {
    const known = await this.describe(name);
    const asks = (components: readonly Answering[], types: readonly string[]) =>
      components.some((component) => component.llm && types.some((type) => answersTo(component, type)));
    const deciding = [...agents, ...interventions.flatMap(({ add_agent }) => add_agent ?? [])];
    // A person's agent may have a rule, which is an agent of the domain's own.
    const types = deciding.flatMap(({ type, config }) => {
      const rule = config?.rule as { readonly type?: unknown } | null | undefined;
      return typeof rule?.type === "string" ? [type, rule.type] : [type];
    });
    return asks(known.engines, [engine.type]) || asks(known.validators, [validator.type]) || asks(known.agents, types);
  }

  /** What the domain finds wrong with a resolved scenario. @throws {SimError} when it cannot be loaded */
  async check(name: string, scenario: ResolvedScenario): Promise<Issue[]> {
    const key = this.#question(name, `check ${canonicalJson(scenario)}`);
    if (this.#memory.recall(key) !== null) return [];
    const issues = await this.#inspector(name).check(scenario);
    if (issues.length === 0) this.#memory.remember(key, "[]");
    return issues;
  }

  /** The key of a question to a domain: its answer follows from all sources that take part. */
  #question(name: string, text: string): string {
    return sha256(canonicalJson([this.frameworkHash(), Deno.version.deno, name, this.hash(name), text]));
  }

  /**
   * The one domain that has all component types a scenario without `domain:` names.
   * @throws {SimError} `no_domain`, `ambiguous_domain`
   */
  async infer(types: { engine: string; validator: string; agents: readonly string[] }): Promise<string> {
    const fits: string[] = [];
    for (const name of this.names()) {
      const known = await this.describe(name).catch(() => null);
      if (!known) continue;
      const has = (list: readonly { type: string }[], type: string) =>
        list.some((component) => answersTo(component, type));
      if (
        has(known.engines, types.engine) && has(known.validators, types.validator) &&
        types.agents.every((type) => has(known.agents, type))
      ) fits.push(name);
    }
    const [only, ...more] = fits;
    const wanted = [
      `engine '${types.engine}'`,
      `validator '${types.validator}'`,
      ...new Set(types.agents.map((type) => `agent '${type}'`)),
    ];
    if (only === undefined) {
      throw new SimError("no_domain", `no domain has all of ${wanted.join(", ")}`, {
        hint: `domains: ${
          this.names().join(", ")
        }; deno task domains shows what each has. Add 'domain:' to the scenario`,
      });
    }
    if (more.length > 0) {
      throw new SimError("ambiguous_domain", `several domains have ${wanted.join(", ")}: ${fits.join(", ")}`, {
        hint: "say which one with 'domain:' in the scenario",
      });
    }
    return only;
  }

  /** Ends the inspecting processes, and begins no others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#inspectors.values()].map((inspector) => inspector.close()));
    this.#inspectors.clear();
  }

  /** @throws {SimError} `closed` */
  #inspector(name: string): Inspector {
    if (this.#isClosed) throw new SimError("closed", `domain '${name}' cannot be looked at: this program is stopping`);
    const entry = this.get(name);
    const hash = this.hash(name);
    let inspector = this.#inspectors.get(name);
    if (!inspector || inspector.hash !== hash || inspector.ended) {
      inspector?.close();
      inspector = new Inspector(entry, hash);
      this.#inspectors.set(name, inspector);
    }
    return inspector;
  }

  #folderHash(folder: string): string {
    const files = [...sourceFiles(folder, "")].sort();
    const stamp = files.map((file) => {
      const info = Deno.statSync(join(folder, file));
      return `${file}:${info.mtime?.getTime()}:${info.size}`;
    }).join("\n");
    const known = this.#hashes.get(folder);
    if (known?.stamp === stamp) return known.hash;
    const contents = Object.fromEntries(files.map((file) => [file, sha256(Deno.readFileSync(join(folder, file)))]));
    const hash = sha256(canonicalJson(contents));
    this.#hashes.set(folder, { stamp, hash });
    return hash;
  }
}

/** A process that has one domain loaded and answers questions about it. */
class Inspector {
  readonly hash: string;
  readonly #entry: DomainEntry;
  readonly #sandbox: Sandbox;
  readonly #answers: ((answer: FromChild) => void)[] = [];
  readonly #described: Promise<DomainDescription>;
  ended = false;

  constructor(entry: DomainEntry, hash: string) {
    this.#entry = entry;
    this.hash = hash;
    this.#sandbox = new Sandbox({
      init: { t: "inspect", domain: entry.module.href, max_memory_mb: INSPECT_MEMORY },
      domainFolder: entry.folder,
      runFolder: null,
      maxMemoryMb: INSPECT_MEMORY,
      progressTimeout: INSPECT_TIMEOUT,
      onMessage: (message) => {
        if (message.t === "described" || message.t === "checked") this.#answers.shift()?.(message);
      },
      onOutput: () => {/* a domain that prints while it is looked at is not heard */},
    });
    this.#sandbox.done.then(() => this.ended = true);
    this.#described = this.#answer("described").then((answer) => answer.description as DomainDescription);
    // Whoever asks is told; asking comes later.
    this.#described.catch(() => {});
  }

  describe(): Promise<DomainDescription> {
    return this.#described;
  }

  async check(scenario: ResolvedScenario): Promise<Issue[]> {
    await this.#described;
    const answer = this.#answer("checked");
    this.#sandbox.send({ t: "check", scenario });
    return (await answer).issues as Issue[];
  }

  async close(): Promise<void> {
    this.#sandbox.close();
    await this.#sandbox.done;
  }

  async #answer<T extends "described" | "checked">(t: T): Promise<FromChild & { t: T }> {
    const answer = new Promise<FromChild>((resolve) => this.#answers.push(resolve));
    const first = await Promise.race([answer, this.#sandbox.done]);
    if ("t" in first && first.t === t) return first as FromChild & { t: T };
    const exit = await this.#sandbox.done;
    const failure = exit.kind === "finished" ? (exit.message.t === "failed" ? exit.message.error : null) : exit.failure;
    throw new SimError(
      "domain_load_error",
      `domain '${this.#entry.name}' cannot be loaded: ${failure?.message ?? "its process ended"}`,
      { hint: failure?.hint ?? `see ${join(this.#entry.folder, "mod.ts")}` },
    );
  }
}

type Answering = DomainDescription["engines"][number];

/** Whether a scenario's `type:` means this component, with or without its suffix. */
function answersTo(component: { readonly type: string }, type: string): boolean {
  return component.type === type || component.type === type.replace(/_(agent|population|engine|validator)$/, "");
}

/** A configured domain, or why there is none. */
function found(name: string, folder: string): DomainEntry | BrokenDomain {
  try {
    if (isFile(join(folder, "mod.ts"))) return domainEntry(name, folder);
    return {
      name,
      folder,
      reason: isFolder(folder) ? `there is no mod.ts in ${folder}` : `there is no folder ${folder}`,
    };
  } catch (error) {
    return { name, folder, reason: `${folder} cannot be read: ${(error as Error).message}` };
  }
}

function domainEntry(name: string, folder: string): DomainEntry {
  const real = Deno.realPathSync(folder);
  return { name, folder: real, module: pathToFileURL(join(real, "mod.ts")) };
}

/** Files that a module graph may contain. Tests and hidden files are not part of it. */
function* sourceFiles(folder: string, below: string): Generator<string> {
  for (const entry of Deno.readDirSync(join(folder, below))) {
    const path = join(below, entry.name);
    if (entry.name.startsWith(".") || /_test\.tsx?$/.test(entry.name) || entry.name === "README.md") continue;
    if (entry.isDirectory && entry.name !== "node_modules" && entry.name !== "testdata") {
      yield* sourceFiles(folder, path);
    } else if (entry.isFile) yield path;
  }
}

function readFolder(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  return stat(path)?.isFile === true;
}

function isFolder(path: string): boolean {
  return stat(path)?.isDirectory === true;
}

function stat(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** Folders in which a scenario of this domain may refer to files. */
export function referenceRoots(domain: DomainEntry | null, scenarioFile: string | null): string[] {
  return [
    ...(domain ? [domain.folder] : []),
    join(ROOT, "scenarios"),
    ...(scenarioFile === null ? [] : [dirname(resolve(scenarioFile))]),
  ];
}
