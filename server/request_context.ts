/** The context of one request. */

import type { App } from "../runner/mod.ts";
import type { Keys, Operations, Principal, RequestContext, Sessions, StreamHub, Streams } from "./context.ts";
import type { MountedEndpoint } from "./endpoint.ts";
import type { Features } from "./features.ts";
import type { Log, LogFields } from "./log.ts";
import { assertMay } from "./middleware/scopes.ts";

/** What all requests share. */
export interface ServerParts {
  readonly app: App;
  readonly config: App["config"];
  readonly features: Features;
  readonly streams: StreamHub;
  readonly operations: Operations;
  readonly endpoints: () => Promise<readonly MountedEndpoint[]>;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly keys: Keys;
}

/** Ids that a client may give its requests itself. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Methods that change nothing. */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a route is given, made as far as it is looked at. */
export class Context implements RequestContext {
  readonly #parts: ServerParts;
  readonly request: Request;
  readonly address: string;
  readonly requestId: string;
  readonly method: string;
  /** Whether it may change something: its method says so, or it becomes a web socket; unless its route knows better. */
  mayChange: boolean;
  /** Whether a browser asks for something to show. */
  readonly wantsPage: boolean;
  /** Set by authentication. */
  principal: Principal | null = null;
  /** What was noted, for the request's lines in log and audit. */
  noted: LogFields = {};
  readonly #url: URL;
  #nonce: string | undefined;

  constructor(parts: ServerParts, request: Request, address: string) {
    this.#parts = parts;
    this.request = request;
    this.address = address;
    this.#url = new URL(request.url);
    const { method, headers } = request;
    // Looked at now: of a request that has become a web socket nothing can be read any more.
    this.method = method;
    this.mayChange = !SAFE.has(method) || headers.has("upgrade");
    this.wantsPage = headers.get("accept")?.includes("text/html") === true;
    const given = headers.get("x-request-id");
    this.requestId = given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID();
  }

  get app(): App {
    return this.#parts.app;
  }

  get config(): App["config"] {
    return this.#parts.config;
  }

  get features(): Features {
    return this.#parts.features;
  }

  get streams(): Streams {
    assertMay(this.principal, "read");
    return this.#parts.streams.for(this.principal!);
  }

  get operations(): Operations {
    return this.#parts.operations;
  }

  endpoints(): Promise<readonly MountedEndpoint[]> {
    return this.#parts.endpoints();
  }

  get keys(): Keys {
    return this.#parts.keys;
  }

  get sessions(): Sessions {
    return this.#parts.sessions;
  }

  get url(): URL {
    return this.#url;
  }

  get nonce(): string {
    return this.#nonce ??= crypto.getRandomValues(new Uint8Array(16)).toBase64();
  }

  get log(): Log {
    return this.#parts.log.with({ request_id: this.requestId, ...this.noted });
  }

  /** A property, so that routes can take it out of their context like everything else. */
  readonly note = (fields: LogFields): void => {
    this.noted = { ...this.noted, ...fields };
  };

  /** Likewise. */
  readonly onlyLooks = (): void => {
    this.mayChange = false;
  };
}
