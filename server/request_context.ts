/** The context of one request. */

import type { App } from "../runner/mod.ts";
import type { Principal, RequestContext, Sessions, StreamHub } from "./context.ts";
import type { MountedEndpoint } from "./endpoint.ts";
import type { Features } from "./features.ts";
import type { Log, LogFields } from "./log.ts";

/** What all requests share. */
export interface ServerParts {
  readonly app: App;
  readonly config: App["config"];
  readonly features: Features;
  readonly streams: StreamHub;
  readonly endpoints: readonly MountedEndpoint[];
  readonly log: Log;
  readonly sessions: Sessions;
}

/** Ids that a client may give its requests itself. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** What a route is given, made as far as it is looked at. */
export class Context implements RequestContext {
  readonly #parts: ServerParts;
  readonly request: Request;
  readonly address: string;
  readonly requestId: string;
  /** Set by authentication. */
  principal: Principal | null = null;
  /** What was noted, for the request's lines in log and audit. */
  noted: LogFields = {};
  #url: URL | undefined;
  #nonce: string | undefined;

  constructor(parts: ServerParts, request: Request, address: string) {
    this.#parts = parts;
    this.request = request;
    this.address = address;
    const given = request.headers.get("x-request-id");
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

  get streams(): StreamHub {
    return this.#parts.streams;
  }

  get endpoints(): readonly MountedEndpoint[] {
    return this.#parts.endpoints;
  }

  get sessions(): Sessions {
    return this.#parts.sessions;
  }

  get url(): URL {
    return this.#url ??= new URL(this.request.url);
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
}
