/** The web server without its socket: middleware, file routes, and what other rooms mount. */

import { Hono, type MiddlewareHandler } from "hono";
import type { App } from "../runner/mod.ts";
import { Audit } from "./auth/mod.ts";
import type { KeyRing } from "./auth/mod.ts";
import { Sessions } from "./auth/mod.ts";
import { BODY_LIMIT } from "./body.ts";
import type { RequestContext, Scope, StreamHub } from "./context.ts";
import type { MountedEndpoint } from "./endpoint.ts";
import type { Env } from "./env.ts";
import { errorResponse } from "./errors.ts";
import { featuresOf, isOffered } from "./features.ts";
import { endpointsOf, mountRoutes } from "./file_routes.ts";
import { knowIslands } from "./islands.tsx";
import { type Binding, HostRules } from "./hosts.ts";
import type { Log } from "./log.ts";
import { accessLog } from "./middleware/access_log.ts";
import { auditing } from "./middleware/audit.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { bodyLimit } from "./middleware/body_limit.ts";
import { hostCheck } from "./middleware/host_check.ts";
import { counting } from "./middleware/metrics.ts";
import { cookieOriginCheck, originCheck } from "./middleware/origin_check.ts";
import { rateLimit } from "./middleware/rate_limit.ts";
import { assertMay } from "./middleware/scopes.ts";
import { secureHeaders } from "./middleware/secure_headers.ts";
import { ServerOperations } from "./operations.ts";
import type { RouteManifest } from "./page.ts";
import { Pages } from "./render.tsx";
import { ProblemError, problemOf, problemResponse } from "./problem.ts";
import { Context, type ServerParts } from "./request_context.ts";
import type { Scripts } from "./scripts.ts";
import { OutputStorage } from "./output_storage.ts";
import { Statics } from "./statics.ts";
import { EventHub } from "./streams/mod.ts";

/** What other rooms need to mount routes of their own. */
export interface MountParts {
  readonly app: App;
  readonly log: Log;
  readonly streams: StreamHub;
  /** The context of the request that Hono hands over. */
  contextOf(c: { readonly get: (name: "context") => RequestContext }): RequestContext;
  /** Middleware that asks for more than `read`, which everything mounted needs anyway. */
  requires(scope: Scope): MiddlewareHandler<Env>;
  /** Called when the server closes. */
  onClose(close: () => void | Promise<void>): void;
}

/** Adds routes to a server: `(hono, parts) => hono.all("/mcp", (c) => …)`. */
export type Mount = (hono: Hono<Env>, parts: MountParts) => void;

/** What a server is made of. */
export interface ServerOptions {
  readonly routes: RouteManifest;
  /** The app's output folder: the audit lies beside the runs. */
  readonly output: string;
  readonly keys: KeyRing;
  readonly log: Log;
  /** Where it listens; until this is known (see {@linkcode Server.binding}) it answers nobody. */
  readonly binding?: Binding;
  readonly mounts?: readonly Mount[];
  /** Default: of its own. */
  readonly streams?: StreamHub;
  /** Scripts of the islands. Default null: pages stay as the server has drawn them. */
  readonly scripts?: Scripts | null;
  /** Has pages reload when the server has been started anew; `liveReload` must be mounted. Default false. */
  readonly dev?: boolean;
}

/** A server without its socket. */
export interface Server {
  /** Answers a request. @param info where it comes from */
  fetch(request: Request, info?: { readonly remoteAddr?: Deno.Addr }): Promise<Response>;
  /** Where it listens: what `Host` may say follows from it. */
  binding: Binding | undefined;
  /** Takes on nothing new, gives streams a last word, and writes what is left to be written. The app stays open. */
  close(reason?: string): Promise<void>;
}

/** Puts the web server together. */
export function createServer(app: App, options: ServerOptions): Server {
  const { routes, keys, log, mounts = [] } = options;
  const streams = options.streams ?? new EventHub(app, {
    pollInterval: app.config.poll_interval * 1000,
    onError: (error) => log.failure("a stream was ended by an error", error),
  });
  const { server = {}, rate_limit } = app.config;
  const https = server.base_url?.startsWith("https:") === true;
  const sessions = new Sessions(keys, { secure: https });
  const audit = new Audit(options.output, log);
  const features = featuresOf(app.config);
  let offered: Promise<MountedEndpoint[]> | undefined;
  const endpoints = () =>
    offered ??= endpointsOf(routes).then((all) => all.filter(({ path }) => isOffered(path, features)));
  const operations = new ServerOperations(app, streams, new OutputStorage(options.output));
  const parts: ServerParts = { app, config: app.config, features, streams, operations, endpoints, log, sessions, keys };
  const closers: (() => void | Promise<void>)[] = [];
  let binding = options.binding;
  let rules: HostRules | undefined;
  const hostRules = () => {
    if (binding === undefined) throw new ProblemError(503, "starting", "this server is not ready yet");
    return rules ??= new HostRules(binding, server);
  };
  let closing: string | undefined;
  const { scripts = null, dev = false } = options;
  knowIslands(routes.islands ?? {});
  const statics = new Statics(routes.statics);
  const pages = new Pages({ statics, scripts, dev });

  const hono = new Hono<Env>();
  hono.onError((error, c) => errorResponse(error, c.get("context") as Context, routes, pages));
  hono.notFound((c) => {
    throw new ProblemError(404, "not_found", `there is nothing at ${c.req.path.slice(0, 200)}`, {
      hint: "GET /openapi.json describes what there is",
    });
  });
  hono.use(async (c, next) => {
    c.set("context", new Context(parts, c.req.raw, c.env.address));
    await next();
  });
  hono.use(
    counting(operations),
    accessLog(),
    secureHeaders({ https }),
    auditing(audit),
    hostCheck(hostRules),
    originCheck(hostRules),
  );
  statics.serve(hono);
  scripts?.serve(hono);
  hono.use(authenticate(sessions), cookieOriginCheck(), rateLimit(rate_limit?.per_minute), async (c, next) => {
    const isWrite = c.req.method !== "GET" && c.req.method !== "HEAD";
    if (closing !== undefined && isWrite) throw new ProblemError(503, "closing", `this server is stopping: ${closing}`);
    await next();
  });
  mountRoutes(hono, routes, pages);
  const requires = (scope: Scope): MiddlewareHandler<Env> => async (c, next) => {
    assertMay(c.get("context").principal, scope);
    await next();
  };
  hono.use(requires("read"), bodyLimit(BODY_LIMIT));
  for (const mount of mounts) {
    mount(hono, {
      app,
      log,
      streams,
      contextOf: (c) => c.get("context"),
      requires,
      onClose: (close) => closers.push(close),
    });
  }
  return {
    async fetch(request, info) {
      // It is made of what `Host` says, which may be anything.
      if (!URL.canParse(request.url)) return badHost();
      return await hono.fetch(request, { address: addressOf(info?.remoteAddr) });
    },
    get binding() {
      return binding;
    },
    set binding(value) {
      [binding, rules] = [value, undefined];
    },
    async close(reason = "it was asked to") {
      closing = reason;
      await streams.close(reason);
      for (const close of closers) await close();
      operations.close();
      await audit.close();
      await log.flush();
    },
  };
}

/** The answer to a request of which not even the path is known. */
function badHost(): Response {
  const error = new ProblemError(400, "bad_host", "Host, or the address in the first line, is no address");
  return problemResponse(problemOf(error, "", crypto.randomUUID()), { "x-content-type-options": "nosniff" });
}

function addressOf(address: Deno.Addr | undefined): string {
  return address !== undefined && "hostname" in address ? address.hostname : "unknown";
}
