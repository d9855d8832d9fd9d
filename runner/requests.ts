/**
 * Starts that are asked for by name happen once: the run's manifest says for which request it was made, so that the name
 * counts as long as there is the run, whoever is asked, and whatever was cut short between the two.
 */

import { canonicalJson, type Json, sha256, SimError } from "../framework/mod.ts";
import type { Manifest } from "./store/mod.ts";

/** Characters of a name. */
const LONGEST_NAME = 300;

/** What a manifest says of the request that its run was started for. */
export type Request = NonNullable<Manifest["request"]>;

/** Requests of this host that are under way. */
export class Requests {
  readonly #underWay = new Map<string, { readonly body: string; readonly run: Promise<Manifest> }>();
  readonly #find: (key: string) => Promise<Manifest | null>;

  /** @param find the run that was started for a request, if there is one */
  constructor(find: (key: string) => Promise<Manifest | null>) {
    this.#find = find;
  }

  /**
   * The run of a request: the one that it has, or that `start` makes. One that fails may be made again.
   * @throws {SimError} `idempotency_conflict` when something else was asked for by this name; `bad_idempotency_key`
   */
  async once(name: string, asked: Json, start: (request: Request) => Promise<Manifest>): Promise<Manifest> {
    if (name.length === 0 || name.length > LONGEST_NAME || /\p{Cc}/u.test(name)) {
      throw new SimError("bad_idempotency_key", "that cannot be the key of a request", {
        hint: `1 to ${LONGEST_NAME} characters, none of them a control character`,
      });
    }
    const request = { key: sha256(name), body: sha256(canonicalJson(asked)) };
    const before = this.#underWay.get(request.key);
    if (before) {
      assertSame(name, before.body, request.body);
      return await before.run;
    }
    const run = this.#found(name, request, start);
    this.#underWay.set(request.key, { body: request.body, run });
    try {
      return await run;
    } finally {
      this.#underWay.delete(request.key);
    }
  }

  async #found(name: string, request: Request, start: (request: Request) => Promise<Manifest>): Promise<Manifest> {
    const manifest = await this.#find(request.key);
    if (!manifest) return await start(request);
    assertSame(name, manifest.request?.body, request.body);
    return manifest;
  }
}

function assertSame(name: string, before: string | undefined, body: string): void {
  if (before === body) return;
  throw new SimError("idempotency_conflict", `another run has been asked for under the key '${name.slice(0, 100)}'`, {
    hint: "take a new key for a new request",
  });
}
