/** Sessions of browsers, which cannot send a key with every request: a cookie stands for one. */

import { createHash } from "node:crypto";
import type { KeyHolder, Principal, Sessions as SessionVerbs } from "../context.ts";
import { ProblemError } from "../problem.ts";
import { RateLimiter } from "../rate_limiter.ts";
import type { KeyRing } from "./key_ring.ts";
import { shareOf } from "./places.ts";

/** Name of the cookie. */
export const SESSION_COOKIE = "llm_sim_session";

/** Seconds that a session lasts. */
const LASTS = 12 * 60 * 60;
/** Sessions kept at most; then the oldest ends, of a key that has its share the oldest of its own. */
const MOST_SESSIONS = 10_000;
/** Wrong keys a minute from one address, before it is told to wait. */
const WRONG_KEYS = 20;

interface Session {
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Laws: a session is worth what its key is worth now, and nothing once that is revoked; the cookie's value is a random
 * token that is kept as a hash only, and no script can read it.
 */
export class Sessions implements SessionVerbs {
  readonly #keys: KeyRing;
  readonly #secure: boolean;
  readonly #most: number;
  readonly #open = new Map<string, Session>();
  readonly #wrong = new RateLimiter(WRONG_KEYS);

  /** @param secure whether browsers reach us by https */
  constructor(keys: KeyRing, { secure, most = MOST_SESSIONS }: { readonly secure: boolean; readonly most?: number }) {
    this.#keys = keys;
    this.#secure = secure;
    this.#most = most;
  }

  get needed(): boolean {
    return this.#keys.isNeeded;
  }

  begin(key: string, address: string): { cookie: string; principal: Principal } {
    const holder = this.#holder(key, address);
    const token = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
    const id = hashed(token);
    this.#makeRoom(holder.id);
    this.#open.set(id, { keyId: holder.id, until: Date.now() + LASTS * 1000 });
    return { cookie: this.#cookie(token, LASTS), principal: this.#principal(holder, id) };
  }

  end(request: Request): string {
    const token = tokenOf(request);
    if (token !== null) this.#open.delete(hashed(token));
    return this.#cookie("", 0);
  }

  /** Who has this key. @throws {ProblemError} 401 `bad_key`, 429 after too many wrong ones from one address */
  withKey(key: string, address: string): Principal {
    const holder = this.#holder(key, address);
    const refusal = () => this.#keys.byId(holder.id) === null ? "its key was revoked" : null;
    return { ...holder, via: "key", refusal };
  }

  #holder(key: string, address: string): KeyHolder {
    const holder = key.length > 512 ? null : this.#keys.holder(key);
    if (holder !== null) return holder;
    const { allowed, retryAfter } = this.#wrong.take(address);
    if (!allowed) {
      throw new ProblemError(429, "too_many_wrong_keys", "too many wrong keys from this address", {
        hint: `wait ${retryAfter} s`,
        headers: { "retry-after": String(retryAfter) },
      });
    }
    throw new ProblemError(401, "bad_key", "this key is not one of this server's, or was revoked", {
      hint: "deno task keys list shows them; deno task keys create NAME makes one",
      headers: { "www-authenticate": 'Bearer realm="llm-sim", error="invalid_token"' },
    });
  }

  /** Who a request's session stands for; null when it has none, or it is over. */
  of(request: Request): Principal | null {
    const token = tokenOf(request);
    if (token === null) return null;
    const id = hashed(token);
    const holder = this.#holderIn(id);
    return holder && this.#principal(holder, id);
  }

  #principal(holder: KeyHolder, id: string): Principal {
    const refusal = () => this.#holderIn(id) === null ? "its session is over, or its key was revoked" : null;
    return { ...holder, via: "session", refusal };
  }

  /** Whose session this is; null when it is over. */
  #holderIn(id: string): KeyHolder | null {
    const session = this.#open.get(id);
    if (session === undefined) return null;
    const holder = session.until > Date.now() ? this.#keys.byId(session.keyId) : null;
    if (holder === null) this.#open.delete(id);
    return holder;
  }

  /** The oldest are first. */
  #makeRoom(keyId: string): void {
    const share = shareOf(this.#most, { via: "session" });
    const own = this.#open.size < share ? [] : [...this.#open].filter(([, session]) => session.keyId === keyId);
    if (own.length >= share) this.#open.delete(own[0]![0]);
    else if (this.#open.size >= this.#most) this.#open.delete(this.#open.keys().next().value!);
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#secure ? "; Secure" : "";
    return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }
}

function tokenOf(request: Request): string | null {
  const cookies = request.headers.get("cookie");
  return cookies === null ? null : /(?:^|;\s*)llm_sim_session=([\w-]{43})(?:;|$)/.exec(cookies)?.[1] ?? null;
}

function hashed(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
