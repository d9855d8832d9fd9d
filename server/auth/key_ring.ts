/** All keys that a server accepts: those of the configuration, of `output/.keys.json`, and of `LLM_SIM_KEY_FILE`. */

import { SimError } from "../../framework/mod.ts";
import { type KeyHolder, type Keys, type ListedKey, type Principal, type Scope, withIncluded } from "../context.ts";
import type { Log } from "../log.ts";
import { ProblemError } from "../problem.ts";
import { type ApiKey, findKey, hashOf, KEY_FORM, newKey } from "./api_keys.ts";
import { KeyStore, type StoredKey } from "./key_store.ts";

/** Where keys come from. */
export interface KeySources {
  /** The output folder. */
  readonly folder: string;
  /** `api_keys` of the configuration. */
  readonly configured?: readonly Omit<ApiKey, "id">[] | undefined;
  /** Path of a file that holds one key in plain text; made with a new one when it does not exist. */
  readonly keyFile?: string | undefined;
  readonly log: Log;
}

/** Id of the key in `LLM_SIM_KEY_FILE`. */
const KEY_FILE = "key-file";

/** Milliseconds after which a key that was made or revoked meanwhile is one. */
const RELOAD_AFTER = 500;

/** Law: once there has been a key, one is needed until the server ends, even if all are revoked meanwhile. */
export class KeyRing implements Keys {
  readonly #fixed: readonly ApiKey[];
  readonly #store: KeyStore;
  readonly #log: Log;
  #stored: readonly ApiKey[] = [];
  #stamp = "";
  #looked = -Infinity;
  #needed = false;

  private constructor(fixed: readonly ApiKey[], store: KeyStore, log: Log) {
    this.#fixed = fixed;
    this.#store = store;
    this.#log = log;
  }

  /** @throws {SimError} `bad_keys_file`, `bad_key_file` */
  static open({ folder, configured = [], keyFile, log }: KeySources): KeyRing {
    const fixed = configured.map((key): ApiKey => ({ ...key, id: `config:${key.name}` }));
    if (keyFile !== undefined) fixed.push(keyInFile(keyFile, log));
    const ring = new KeyRing(fixed, new KeyStore(folder), log);
    ring.#load();
    return ring;
  }

  /** Whether a key is needed. */
  get isNeeded(): boolean {
    this.#refresh();
    return this.#needed;
  }

  /** Who has this key; null: nobody. */
  holder(key: string): KeyHolder | null {
    this.#refresh();
    const found = findKey([...this.#fixed, ...this.#stored], key);
    return found && principalOf(found);
  }

  /** Who has the key of this id now; null: it has been revoked. */
  byId(id: string): KeyHolder | null {
    this.#refresh();
    const found = this.#fixed.find((key) => key.id === id) ?? this.#stored.find((key) => key.id === id);
    return found === undefined ? null : principalOf(found);
  }

  list(): ListedKey[] {
    const fixed = this.#fixed.map(({ id, name, scopes }): ListedKey => ({
      ...{ id, name, scopes, source: id === KEY_FILE ? "file" : "configured", created_at: null, revoked_at: null },
    }));
    return [...fixed, ...this.#store.list().map(listed)];
  }

  create(name: string, scopes: readonly Scope[]): { readonly key: string; readonly kept: ListedKey } {
    if (!this.isNeeded) {
      throw new ProblemError(
        409,
        "no_keys",
        "this server needs no key yet, and who makes the first one shuts out all",
        {
          hint: "it is made where the server runs: deno task keys create NAME --scopes admin",
        },
      );
    }
    const { key, kept } = this.#store.create(name, scopes);
    this.#load();
    return { key, kept: listed(kept) };
  }

  revoke(id: string, by: Pick<Principal, "id">): ListedKey {
    if (id === by.id) {
      throw new ProblemError(409, "key_in_use", "this is the key that you use yourself", {
        hint: "sign in with another one that may admin, or: deno task keys revoke ID",
      });
    }
    if (this.#fixed.some((key) => key.id === id)) {
      throw new ProblemError(409, "key_is_configured", "this key is set up where the server runs", {
        hint: id === KEY_FILE
          ? "remove the file of LLM_SIM_KEY_FILE, and start the server again"
          : "take it out of api_keys in llm-sim.yaml, and start the server again",
      });
    }
    const revoked = this.#store.revokeById(id);
    this.#load();
    return listed(revoked);
  }

  #refresh(): void {
    const now = performance.now();
    if (now - this.#looked < RELOAD_AFTER) return;
    this.#looked = now;
    if (stampOf(this.#store.path) === this.#stamp) return;
    try {
      this.#load();
    } catch (error) {
      // Whom it would let in nobody knows: nobody, until it can be read again.
      this.#stored = [];
      this.#log.failure("the file of keys cannot be read", error);
    }
  }

  #load(): void {
    this.#looked = performance.now();
    this.#stamp = stampOf(this.#store.path);
    this.#stored = this.#store.list().filter(({ revoked_at }) => revoked_at === undefined);
    this.#needed ||= this.#fixed.length + this.#stored.length > 0;
  }
}

function listed({ id, name, scopes, created_at, revoked_at }: StoredKey): ListedKey {
  return { id, name, scopes, source: "made", created_at, revoked_at: revoked_at ?? null };
}

function principalOf({ id, name, scopes }: ApiKey): KeyHolder {
  return { id, name, scopes: withIncluded(scopes) };
}

/** Changes with every replacement of the file. */
function stampOf(path: string): string {
  try {
    const info = Deno.statSync(path);
    return `${info.mtime?.getTime()}:${info.size}:${info.ino}`;
  } catch {
    return "";
  }
}

/** The key in a file, which is made with a new one for everything when there is none. Its text is told nowhere. */
function keyInFile(path: string, log: Log): ApiKey {
  const scopes = ["admin"] as const;
  try {
    const { key } = newKey("key file", scopes);
    using file = Deno.openSync(path, { createNew: true, write: true, mode: 0o600 });
    file.writeSync(new TextEncoder().encode(`${key}\n`));
    file.syncSync();
    log.info("a key was made", { file: path });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw new SimError("bad_key_file", `LLM_SIM_KEY_FILE: ${path} cannot be made: ${(error as Error).message}`, {
        hint: "its folder must exist and be writable",
        cause: error,
      });
    }
  }
  const key = readKeyFile(path);
  return { id: KEY_FILE, name: "key file", key_hash: hashOf(key), scopes };
}

function readKeyFile(path: string): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path).trim();
  } catch (error) {
    throw new SimError("bad_key_file", `LLM_SIM_KEY_FILE: ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (KEY_FORM.test(text)) return text;
  throw new SimError("bad_key_file", `LLM_SIM_KEY_FILE: ${path} does not hold a key, and nothing else`, {
    hint: "remove it, and the next start makes one",
  });
}
