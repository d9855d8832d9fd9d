/** What a route is given beside its input: who asks, and what the answer can be made with. */

import type { SimError } from "../framework/mod.ts";
import type { App } from "../runner/mod.ts";
import type { Features } from "./features.ts";
import type { Log, LogFields } from "./log.ts";
import type { MountedEndpoint } from "./endpoint.ts";

/**
 * What a key may do. `read` looks; `run` starts and steers simulations; `edit` writes scenarios and other files; `admin`
 * removes runs and changes the server. `run` and `edit` include `read`, `admin` includes all.
 */
export const SCOPES = ["read", "run", "edit", "admin"] as const;
/** What a key may do. */
export type Scope = typeof SCOPES[number];

/** Who asks. */
export interface Principal {
  /** Name of the key, for people. */
  readonly name: string;
  /** Id of the key, by which it is revoked; `local` where none is needed. */
  readonly id: string;
  /** All that it may do, included scopes too. */
  readonly scopes: ReadonlySet<Scope>;
  /** How it has shown who it is: nobody need do so, by a bearer key, by the cookie of a session. */
  readonly via: "open" | "key" | "session";
  /**
   * Why it may not go on with what it was allowed to begin, found out anew: its key was revoked, its session is over; null:
   * it may. Whoever answers for long asks from time to time.
   */
  refusal(): string | null;
}

/** Who has a key. */
export type KeyHolder = Pick<Principal, "name" | "id" | "scopes">;

/** A run, and the last of its events that a client has. */
export interface RunCursor {
  readonly run_id: string;
  /** Id of the event; 0: none. */
  readonly after: number;
}

/** What a stream may tell beside the events of runs. */
export interface Beside {
  /** Batches, by id, of which is told how far they have come. */
  readonly batches?: readonly string[] | undefined;
  /** Path of a notebook of which is told when its file changes. */
  readonly notebook?: string | undefined;
}

/** Live streams to clients. */
export interface StreamHub {
  /** Streams that are open now. */
  readonly clients: number;
  /** Streams for one principal: they end when it may not have them any more, and take their places from its share. */
  for(principal: Principal): Streams;
  /** Gives every stream a last word and ends it. */
  close(reason: string): Promise<void>;
}

/** Live streams to one principal. */
export interface Streams {
  /**
   * A stream of the events of runs after what the client has, and of how the runs stand.
   * @param ids `number`: of one run, by its events' own; `cursors`: of several, by the list `ID:number,…` of all cursors
   * @param head whether only the headers are wanted
   * @param beside what is told as well; with it the stream stays open when all runs have ended
   * @throws {SimError} `unknown_run`, `unknown_batch`, `bad_notebook_path`
   * @throws {ProblemError} 503 `closing`, `too_many_streams`, 429 `too_many_own_streams`
   */
  events(cursors: readonly RunCursor[], ids: "number" | "cursors", head?: boolean, beside?: Beside): Promise<Response>;
  /**
   * A stream of summaries of all runs.
   * @param after id of the last message that the client has, if it has one
   * @param snapshot whether who has none is told how all runs stand; default true
   * @throws {ProblemError} as {@linkcode Streams.events}
   */
  summaries(after: string | null, head?: boolean, snapshot?: boolean): Promise<Response>;
  /**
   * Makes a web socket of the request, which is told how the run stands.
   * @throws {SimError} `unknown_run`
   * @throws {ProblemError} 426 `upgrade_required`, and as {@linkcode Streams.events}
   */
  socket(runId: string, request: Request): Promise<Response>;
}

/** A key as those who manage keys see it: without its secret. */
export interface ListedKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** `made`: by `keys create`, or here; `configured`: in `llm-sim.yaml`; `file`: in `LLM_SIM_KEY_FILE`. */
  readonly source: "made" | "configured" | "file";
  /** Null: that is not known. */
  readonly created_at: string | null;
  /** Null: it is good. */
  readonly revoked_at: string | null;
}

/** The keys of a server, as routes manage them. */
export interface Keys {
  /** All, those that were revoked too. @throws {SimError} `bad_keys_file` */
  list(): ListedKey[];
  /**
   * Makes a key, and tells it this once. The first one is not made here: from then on nobody comes in without one.
   * @throws {ProblemError} 409 `no_keys`
   * @throws {SimError} `bad_key_name`, `key_exists`
   */
  create(name: string, scopes: readonly Scope[]): { readonly key: string; readonly kept: ListedKey };
  /**
   * Revokes a key by its id: it opens nothing from now on.
   * @param by who does it, whose own key stays: somebody has to be able to make new ones
   * @throws {ProblemError} 409 `key_in_use`, `key_is_configured`
   * @throws {SimError} `unknown_key`
   */
  revoke(id: string, by: Pick<Principal, "id">): ListedKey;
}

/** What the output folder takes of its disk. */
export interface StorageUse {
  /** Absolute. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Of the whole disk; null: that cannot be found out. */
  readonly disk: { readonly free: number; readonly total: number } | null;
  readonly counted_at: string;
}

/** What those who run a server want to know of it. */
export interface Operations {
  readonly started_at: string;
  /** What the output folder takes, as it was a minute ago at most. */
  storage(): Promise<StorageUse>;
  /** What the server does and has done, as text for Prometheus. */
  metrics(): Promise<string>;
  /** Why no run could be started now; none: one could. */
  obstacles(): Promise<readonly SimError[]>;
}

/** What a route is given beside its input. */
export interface RequestContext {
  readonly app: App;
  /** The configuration of the server. */
  readonly config: App["config"];
  readonly features: Features;
  /** Streams for who asks. @throws {ProblemError} 401 `no_key` where nobody is known */
  readonly streams: Streams;
  readonly operations: Operations;
  /** Every endpoint there is, for the description of the API: the same list each time. */
  endpoints(): Promise<readonly MountedEndpoint[]>;
  readonly request: Request;
  readonly url: URL;
  /** In the answer's `X-Request-Id`, in every log line and in every problem. */
  readonly requestId: string;
  /** Log whose lines carry the request id and what was {@linkcode note}d. */
  readonly log: Log;
  /** Who asks; null on routes that anybody may use. */
  readonly principal: Principal | null;
  /** Address of the client, or of the proxy before it. */
  readonly address: string;
  /** What inline scripts and styles of the page must carry. */
  readonly nonce: string;
  /** The sessions of browsers. */
  readonly sessions: Sessions;
  readonly keys: Keys;
  /** Adds fields, above all `run_id`, to the request's line in the log and in the audit. */
  note(fields: LogFields): void;
  /** Says that the request changes nothing, whatever its method: the audit need not have it. */
  onlyLooks(): void;
}

/** The sessions of browsers, as routes use them. */
export interface Sessions {
  /** Value of the `Set-Cookie` that begins a session for this key. @throws {ProblemError} 401 `bad_key`, 429 */
  begin(key: string, address: string): { readonly cookie: string; readonly principal: Principal };
  /** Ends the request's session, if it has one; value of the `Set-Cookie` that says so. */
  end(request: Request): string;
  /** Whether somebody must sign in at all. */
  readonly needed: boolean;
}

/** Whether a principal may do what `scope` stands for. */
export function mayDo(principal: Principal | null, scope: Scope | null): boolean {
  return scope === null || (principal !== null && principal.scopes.has(scope));
}

/** The scopes with those that they include. */
export function withIncluded(scopes: readonly Scope[]): ReadonlySet<Scope> {
  if (scopes.includes("admin")) return new Set(SCOPES);
  return new Set<Scope>(scopes.length > 0 ? ["read", ...scopes] : []);
}
