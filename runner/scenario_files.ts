/** Files of scenarios, to be read and written: those of a domain, and none but those. */

import { basename, join, relative, resolve } from "node:path";
import { sha256, SimError } from "../framework/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { FileConflict } from "./file_conflict.ts";
import type { WriteCondition, Written } from "./notebook/mod.ts";
import { ROOT } from "./paths.ts";
import { resolveConfig } from "./scenarios.ts";
import { fileBelow, FileTurns, isNotWritable, replaceFile, utf8Of } from "./text_files.ts";

/** A scenario's text as it lies on disk. */
export interface ScenarioText {
  readonly repo: string;
  readonly config: string;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  /** Whether it is part of the program, or of a domain's code: a copy of it can be written, and it cannot. */
  readonly readonly: boolean;
}

/** Bytes of a scenario. */
const MOST_BYTES = 1 << 20;

/** Names of new files: no folders, nothing hidden, nothing that another system reads otherwise. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$/;

/** The files of scenarios. What a text says is not looked at: also what cannot run yet can be kept. */
export class ScenarioFiles {
  readonly #domains: DomainRegistry;
  readonly #turns = new FileTurns();

  constructor(domains: DomainRegistry) {
    this.#domains = domains;
  }

  /** A scenario's text. @throws {SimError} `unknown_domain`, `bad_config_path`, `unknown_scenario`, `scenario_file_too_large`, `not_text` */
  async read(repo: string, config: string): Promise<ScenarioText> {
    const found = await this.#find(repo, config);
    if (found === null) throw unknown(repo, config);
    return this.#text(repo, config, found);
  }

  /**
   * Where the file is, or would be if it were written: what its text refers to is looked for beside it.
   * @throws {SimError} `unknown_domain`, `bad_config_path`
   */
  async place(repo: string, config: string): Promise<string> {
    return await this.#find(repo, config) ?? shown(this.#newPlace(repo, config));
  }

  /**
   * Replaces the text, whole or not at all; what somebody else has changed meanwhile is merged with it where `base` is given.
   * @throws {FileConflict} `scenario_changed`, `scenario_conflict`
   * @throws {SimError} `unknown_domain`, `bad_config_path`, `scenario_readonly`, `scenario_file_too_large`, `scenario_not_writable`
   */
  async write(repo: string, config: string, text: string, condition: WriteCondition): Promise<Written> {
    assertSmall(text, config);
    return await this.#inTurn(repo, config, async () => {
      const found = await this.#find(repo, config);
      const present = found === null ? null : this.#text(repo, config, found);
      if (present?.readonly) throw isReadonly(config);
      const after = await mergedText(config, text, present, condition);
      assertSmall(after, config);
      if (present?.text !== after) replaceFile(found === null ? this.#newPlace(repo, config) : resolve(found), after);
      return { hash: sha256(after), text: after, merged: after !== text };
    });
  }

  /** Removes the file. @throws {SimError} as {@linkcode write}, and `unknown_scenario` */
  async remove(repo: string, config: string, { ifMatch }: { readonly ifMatch: string }): Promise<void> {
    await this.#inTurn(repo, config, async () => {
      const found = await this.#find(repo, config);
      if (found === null) throw unknown(repo, config);
      const present = this.#text(repo, config, found);
      if (present.readonly) throw isReadonly(config);
      if (present.hash !== ifMatch) throw changed(config, present);
      Deno.removeSync(resolve(found));
    });
  }

  #text(repo: string, config: string, path: string): ScenarioText {
    const { size } = Deno.statSync(path);
    if (size > MOST_BYTES) throw tooLarge(config, size);
    const text = utf8Of(path);
    if (text === null) throw new SimError("not_text", `'${config}' is not UTF-8 text`, { hint: "save it as UTF-8" });
    return { repo, config, text, hash: sha256(text), readonly: !this.#isWritable(repo, path) };
  }

  /** The path of the file; null: there is none. */
  async #find(repo: string, config: string): Promise<string | null> {
    try {
      return await resolveConfig(this.#domains, repo, config);
    } catch (error) {
      if (error instanceof SimError && error.code === "missing_file") return null;
      throw error;
    }
  }

  /** Where a new file goes: scenarios of this repository's domains lie in `scenarios/<repo>/`, others in their folder. */
  #newPlace(repo: string, config: string): string {
    const name = config.replace(/^(\.\/)?scenarios\//, "").replace(new RegExp(`^${RegExp.escape(repo)}/`), "");
    if (!NAME.test(name)) {
      throw new SimError("bad_config_path", `'${config.slice(0, 200)}' cannot be the name of a scenario`, {
        hint: "letters, digits, '.', '_' and '-', ending in .yaml",
      });
    }
    const { folder, root } = this.#folder(repo);
    Deno.mkdirSync(folder, { recursive: true });
    const real = Deno.realPathSync(folder);
    if (real !== resolve(Deno.realPathSync(root), relative(root, folder))) {
      throw new SimError("bad_config_path", `the folder of scenarios of '${repo}' is a link to elsewhere`);
    }
    const path = join(real, name);
    // A link that leads nowhere is found by nobody, and is in the way all the same.
    if (exists(path)) throw new SimError("scenario_exists", "this name is taken", { hint: "take another name" });
    return path;
  }

  /** Folder of a domain's scenarios, and the one that it must not lead out of. */
  #folder(repo: string): { readonly folder: string; readonly root: string } {
    const domain = this.#domains.folder(repo);
    const isOwn = relative(join(ROOT, "domains"), domain) === repo;
    return isOwn
      ? { folder: join(ROOT, "scenarios", repo), root: ROOT }
      : { folder: join(domain, "scenarios"), root: domain };
  }

  #isWritable(repo: string, path: string): boolean {
    const { folder } = this.#folder(repo);
    const below = relative(realOr(folder), resolve(path));
    if (below.startsWith("..") || resolve(below) === below) return false;
    // What an executable has in it cannot be written.
    if (Deno.build.standalone && !relative(ROOT, folder).startsWith("..")) return false;
    return fileBelow(folder, below, () => unknown(repo, below)) !== null;
  }

  async #inTurn<T>(repo: string, config: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#turns.take(repo, work);
    } catch (error) {
      if (error instanceof SimError || !isNotWritable(error)) throw error;
      const message = `scenario '${config}' cannot be written: ${(error as Error).message}`;
      throw new SimError("scenario_not_writable", message, { cause: error, hint: "look at the folder of scenarios" });
    }
  }
}

/** What is to be on disk. @throws {FileConflict} */
async function mergedText(
  config: string,
  mine: string,
  present: ScenarioText | null,
  { ifMatch, base }: WriteCondition,
): Promise<string> {
  const isAsMeant = present === null ? ifMatch === null : present.hash === ifMatch;
  if (isAsMeant || present?.text === mine && ifMatch !== null) return mine;
  if (present === null || ifMatch === null || base === undefined) throw changed(config, present, ifMatch === null);
  // Loaded when it is needed: it reads pages too.
  const { merge } = await import("./notebook/page/mod.ts");
  const result = merge(base, mine, present.text);
  if ("text" in result) return result.text;
  throw new FileConflict("scenario_conflict", `scenario '${config}' was changed in the same lines on disk`, {
    disk: present.text,
    hash: present.hash,
    regions: result.conflicts.map(({ base, mine, disk, line }) => ({ base, mine, disk, line, cell: null })),
    hint: "take one of the two, or both, and write that with the hash of the file on disk",
  });
}

function changed(config: string, present: ScenarioText | null, isNew = false): FileConflict {
  const what = present === null ? "is not there any more" : isNew ? "is there already" : "is another one now";
  return new FileConflict("scenario_changed", `scenario '${config}' ${what}`, {
    disk: present?.text ?? null,
    hash: present?.hash ?? null,
    hint: present === null
      ? "write it as a new one (ifMatch: null)"
      : "read it again, or give the text that the draft was made from: then both are merged",
  });
}

function unknown(repo: string, config: string): SimError {
  return new SimError("unknown_scenario", `domain '${repo}' has no scenario '${config.slice(0, 200)}'`, {
    hint: "GET /api/repos/{name}/scenarios lists what there is",
  });
}

function isReadonly(config: string): SimError {
  return new SimError("scenario_readonly", `'${basename(config)}' is part of the program and cannot be changed`, {
    hint: "write a copy of it under another name",
  });
}

function assertSmall(text: string, config: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_BYTES) throw tooLarge(config, bytes);
}

function tooLarge(config: string, bytes: number): SimError {
  const size = (bytes / 2 ** 20).toFixed(1);
  return new SimError("scenario_file_too_large", `'${config}' has ${size} MiB; ${MOST_BYTES >> 20} is allowed`, {
    hint: "keep tables in files of their own",
  });
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function realOr(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** A path as somebody in the current folder would write it. */
function shown(path: string): string {
  const below = relative(Deno.cwd(), path);
  return below !== "" && !below.startsWith("..") ? below : path;
}
