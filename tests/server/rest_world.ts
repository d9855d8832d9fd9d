/** What the tests of the REST API start from. */

import { society } from "../durability/world.ts";
import { assertEquals } from "../support/assert.ts";
import { posted, type TestServer, type TestServerOptions, withServer } from "../support/server.ts";

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- a test looks into answers of any shape
  readonly body: any;
}

/** A server with shorthands. */
export interface RestServer extends TestServer {
  /** Asks, and reads the answer: JSON as a value, everything else as text. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Starts the small world, and returns its id. */
  start(options?: Parameters<typeof society>[0], more?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Someone who decides for themselves, or by a rule. */
export const PERSON = '  - { name: Pia, type: human, initial_location: "2,2", config: { rule: { type: wanderer } } }';

/** Starts a server over the domains of the repository and the small world, hands it to `body`, stops it. */
export async function withRest<T>(
  body: (server: RestServer) => Promise<T>,
  options: TestServerOptions = {},
): Promise<T> {
  return await withServer({ fixtures: ["society", "slow_writer"], ...options }, async (server) => {
    const ask: RestServer["ask"] = async (method, path, value, headers = {}) => {
      const init = value === undefined ? { method, headers } : { ...posted(value, headers), method };
      const answer = await server.fetch(path, init);
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get("content-type") ?? "");
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    };
    return await body({
      ...server,
      ask,
      async start(world = {}, more = {}) {
        const { status, body } = await ask("POST", "/api/simulations", {
          scenario: society({ turns: 8, pause: 0, ...world }),
          ...more,
        });
        assertEquals(status, 202, JSON.stringify(body));
        return body.run_id;
      },
    });
  });
}

/** `409 bad_transition`. */
export function told({ status, body }: Answer): string {
  return `${status} ${body.code}`;
}
