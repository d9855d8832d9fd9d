/** Keys of the API: `llmsim_<id>_<secret>`. Only their hashes are kept. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Scope } from "../context.ts";

/** A key as it is kept. */
export interface ApiKey {
  /** Names it where it is revoked or logged. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** `sha256:` and 64 hex digits, of the whole key. */
  readonly key_hash: string;
  readonly scopes: readonly Scope[];
}

/** The form of a hash. */
export const KEY_HASH = /^sha256:[0-9a-f]{64}$/;
/** The form of a key that this server has made. */
export const KEY_FORM = /^llmsim_[a-z2-7]{10}_[a-z2-7]{40}$/;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** A new key, and what of it is kept. The key itself is told once. */
export function newKey(name: string, scopes: readonly Scope[]): { readonly key: string; readonly kept: ApiKey } {
  const id = randomWord(10);
  // 40 of 32 letters: 200 bits, too many to guess, so that a plain hash keeps it safe.
  const key = `llmsim_${id}_${randomWord(40)}`;
  return { key, kept: { id, name, key_hash: hashOf(key), scopes } };
}

/** The hash that is kept of a key. */
export function hashOf(key: string): string {
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

/** The key among `keys` that was given; looks at all of them for the same time, whichever it is. */
export function findKey<K extends ApiKey>(keys: Iterable<K>, given: string): K | null {
  const hash = new TextEncoder().encode(hashOf(given));
  let found: K | null = null;
  for (const key of keys) {
    const kept = new TextEncoder().encode(key.key_hash);
    if (kept.length === hash.length && timingSafeEqual(kept, hash)) found = key;
  }
  return found;
}

function randomWord(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => ALPHABET[byte & 31]).join("");
}
