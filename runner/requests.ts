/**
 * Starts that are asked for by name happen once: what was started says for which request it was made, a run in its
 * manifest, so that the name counts as long as it is there, whoever is asked, and whatever was cut short between the two.
 */

import { canonicalJson, type Json, sha256, SimError } from "../framework/mod.ts";
import type { Manifest } from "./store/mod.ts";

/** Characters of a name. */
const LONGEST_NAME = 300;

/** What is kept of the request that something was started for: hashes. */
export type Request = NonNullable<Manifest["request"]>;

/** What is started for requests: a run's manifest, or a batch. */
interface Started {
  readonly request?: Request | undefined;
}

/** Requests of this host that are under way. */
export class Requests<T extends Started = Manifest> {
  readonly #underWay = new Map<string, { readonly body: string; readonly started: Promise<T> }>();
  readonly #find: (key: string) => Promise<T | null>;

  /** @param find what was started for a request, if it is there */
  constructor(find: (key: string) => Promise<T | null>) {
    this.#find = find;
  }

  /**
   * What a request has started, or what `start` makes. One that fails may be made again.
   * @throws {SimError} `idempotency_conflict` when something else was asked for by this name; `bad_idempotency_key`
   */
  async once(name: string, asked: Json, start: (request: Request) => Promise<T>): Promise<T> {
    if (name.length === 0 || name.length > LONGEST_NAME || /\p{Cc}/u.test(name)) {
      throw new SimError("bad_idempotency_key", "that cannot be the key of a request", {
        hint: `1 to ${LONGEST_NAME} characters, none of them a control character`,
      });
    }
    const request = { key: sha256(name), body: sha256(canonicalJson(asked)) };
    const before = this.#underWay.get(request.key);
    if (before) {
      assertSame(name, before.body, request.body);
      return await before.started;
    }
    const started = this.#found(name, request, start);
    this.#underWay.set(request.key, { body: request.body, started });
    try {
      return await started;
    } finally {
      this.#underWay.delete(request.key);
    }
  }

  async #found(name: string, request: Request, start: (request: Request) => Promise<T>): Promise<T> {
    const before = await this.#find(request.key);
    if (!before) return await start(request);
    assertSame(name, before.request?.body, request.body);
    return before;
  }
}

function assertSame(name: string, before: string | undefined, body: string): void {
  if (before === body) return;
  throw new SimError(
    "idempotency_conflict",
    `something else has been asked for under the key '${name.slice(0, 100)}'`,
    {
      hint: "take a new key for a new request",
    },
  );
}
