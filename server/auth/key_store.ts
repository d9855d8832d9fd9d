/**
 * The keys that `deno task keys` makes: `output/.keys.json`, which only its owner can read.
 *
 * Laws: the file is always whole; two processes that change it do so one after the other; a key that was revoked stays
 * in it, so that its id is never given out again and the list says when.
 */

import { didYouMean, SimError } from "../../framework/mod.ts";
import { asOutputError } from "../../runner/mod.ts";
import { z } from "zod";
import { type Scope, SCOPES } from "../context.ts";
import { type ApiKey, KEY_HASH, newKey } from "./api_keys.ts";

const keySchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  key_hash: z.string().regex(KEY_HASH),
  scopes: z.array(z.enum(SCOPES)),
  created_at: z.string(),
  revoked_at: z.string().optional(),
});
const fileSchema = z.object({ format: z.literal(1), keys: z.array(keySchema) });

/** A key with its history. */
export type StoredKey = ApiKey & z.output<typeof keySchema>;

/** The keys of one output folder. */
export class KeyStore {
  readonly #folder: string;

  /** @param folder the output folder, which need not exist */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Path of the file. */
  get path(): string {
    return `${this.#folder}/.keys.json`;
  }

  /** All keys, revoked ones too, in the order in which they were made. @throws {SimError} `bad_keys_file` */
  list(): StoredKey[] {
    let text: string;
    try {
      text = Deno.readTextFileSync(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw asOutputError(error, this.path, "read");
    }
    const parsed = fileSchema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data.keys;
    throw new SimError("bad_keys_file", `${this.path} is not a file of keys`, {
      hint: "restore it, or remove it and make new keys: deno task keys create NAME",
    });
  }

  /** Makes a key; what is returned is the only time that it is told. @throws {SimError} `bad_key_name`, `key_exists` */
  create(name: string, scopes: readonly Scope[]): { readonly key: string; readonly kept: StoredKey } {
    if (!/^[^\p{C}]{1,100}$/u.test(name) || name.trim() !== name) {
      throw new SimError(
        "bad_key_name",
        "a key's name is 1 to 100 characters, without line breaks or spaces around it",
      );
    }
    return this.#change((keys) => {
      if (keys.some((key) => key.name === name && key.revoked_at === undefined)) {
        throw new SimError("key_exists", `there is a key '${name}' already`, {
          hint: `revoke it first: deno task keys revoke ${JSON.stringify(name)}`,
        });
      }
      const { key, kept } = newKey(name, scopes);
      const stored: StoredKey = { ...kept, scopes: [...scopes], created_at: new Date().toISOString() };
      return { keys: [...keys, stored], result: { key, kept: stored } };
    });
  }

  /** Revokes a key by its id or its name. @throws {SimError} `unknown_key` */
  revoke(idOrName: string): StoredKey {
    return this.#revoke(
      idOrName,
      (active) => active.find(({ id }) => id === idOrName) ?? active.find(({ name }) => name === idOrName),
    );
  }

  /** Revokes a key by its id alone. @throws {SimError} `unknown_key` */
  revokeById(id: string): StoredKey {
    return this.#revoke(id, (active) => active.find((key) => key.id === id));
  }

  #revoke(asked: string, find: (active: readonly StoredKey[]) => StoredKey | undefined): StoredKey {
    return this.#change((keys) => {
      const active = keys.filter(({ revoked_at }) => revoked_at === undefined);
      const found = find(active);
      if (found === undefined) {
        throw new SimError("unknown_key", `there is no key '${asked.slice(0, 100)}' that could be revoked`, {
          hint: didYouMean(asked.slice(0, 100), active.map(({ name }) => name)),
        });
      }
      const revoked = { ...found, revoked_at: new Date().toISOString() };
      return { keys: keys.map((key) => key === found ? revoked : key), result: revoked };
    });
  }

  #change<T>(change: (keys: StoredKey[]) => { keys: StoredKey[]; result: T }): T {
    try {
      Deno.mkdirSync(this.#folder, { recursive: true });
      using lock = Deno.openSync(`${this.#folder}/.keys.lock`, { create: true, write: true, mode: 0o600 });
      lock.lockSync(true);
      const { keys, result } = change(this.list());
      this.#write(JSON.stringify({ format: 1, keys }, null, 2) + "\n");
      return result;
    } catch (error) {
      throw asOutputError(error, this.#folder);
    }
  }

  #write(text: string): void {
    const temporary = `${this.path}.tmp`;
    {
      using file = Deno.openSync(temporary, { create: true, write: true, truncate: true, mode: 0o600 });
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      file.syncSync();
    }
    Deno.renameSync(temporary, this.path);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
