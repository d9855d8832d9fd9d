/** The server on its socket: where it may listen, and how it stops. */

import { SimError } from "../framework/mod.ts";
import type { App } from "../runner/mod.ts";
import { KeyRing } from "./auth/mod.ts";
import { type HostOptions, isLoopback, urlHost } from "./hosts.ts";
import { Log, type LogSink, StreamSink } from "./log.ts";
import { createServer, type ServerOptions } from "./server.ts";

/** How to serve. */
export interface ListenOptions
  extends Pick<ServerOptions, "routes" | "output" | "mounts" | "streams" | "scripts" | "dev"> {
  /** Address to listen at. Default: `server.host` of the configuration, else 127.0.0.1. */
  readonly host?: string;
  /** Port; 0: any that is free. Default: `server.port` of the configuration, else 8000. */
  readonly port?: number;
  /** Lets everybody who reaches the address do everything, where no keys are set up. */
  readonly insecure?: boolean;
  /** Where log lines go. Default: stderr. */
  readonly log?: LogSink;
  /** A file with a key, made when there is none: `LLM_SIM_KEY_FILE`. */
  readonly keyFile?: string | undefined;
}

/** A server that listens. */
export interface Listening {
  /** Its address, as people may type it. */
  readonly url: string;
  /** Whether a key is needed. */
  readonly needsKey: boolean;
  readonly log: Log;
  /**
   * Stops: nothing new is started, streams get a last word, running turns are completed and their runs parked. Resolves
   * when all of it is done; the app is closed then.
   */
  stop(reason?: string): Promise<void>;
}

/** Milliseconds that answers under way are given once all runs are parked. */
const LAST_ANSWERS = 2000;

/**
 * Listens, and answers until it is stopped.
 * @throws {SimError} `needs_keys` for an address that others reach, `port_in_use`, `bad_address`, and what keys may have
 */
export function listen(app: App, options: ListenOptions): Listening {
  const { server: configured = {} } = app.config;
  const hostname = options.host ?? configured.host ?? "127.0.0.1";
  const log = new Log(options.log ?? new StreamSink(), configured.log_level ?? "info");
  const keys = KeyRing.open({
    folder: options.output,
    configured: app.config.api_keys,
    keyFile: options.keyFile,
    log,
  });
  assertGuarded(hostname, configured, keys, options.insecure === true);
  const { routes, output, mounts, streams, scripts = null, dev = false } = options;
  const server = createServer(app, {
    routes,
    output,
    keys,
    log,
    scripts,
    dev,
    ...(mounts && { mounts }),
    ...(streams && { streams }),
  });
  const abort = new AbortController();
  const socket = bound(hostname, options.port ?? configured.port ?? 8000, () =>
    Deno.serve({
      hostname,
      port: options.port ?? configured.port ?? 8000,
      signal: abort.signal,
      onListen: ({ port }) => server.binding = { hostname, port },
      // Thrown by what answers errors itself.
      onError: (error) => {
        log.failure("an answer could not be made", error);
        return new Response(null, { status: 500 });
      },
    }, (request, info) => server.fetch(request, info)));
  const stopLogging = logRuns(app, log);
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${urlHost(shownHost(hostname))}:${socket.addr.port}/`,
    needsKey: keys.isNeeded,
    log,
    stop: (reason) => stopped ??= stop(reason),
  };

  async function stop(reason = "it was asked to"): Promise<void> {
    log.info("stopping", { reason });
    const drained = socket.shutdown();
    // Runs are parked while streams still tell of it; then streams end, and with them the last answers.
    await app.close();
    stopLogging();
    await server.close(reason);
    if (!await within(LAST_ANSWERS, drained)) {
      log.warning("answers cut short");
      abort.abort();
      await within(LAST_ANSWERS, drained);
    }
    log.info("stopped");
    await log.flush();
  }
}

/** Whether `work` is done within so many milliseconds. */
async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  try {
    return await Promise.race([promise, work.then(() => true)]);
  } finally {
    clearTimeout(timer);
  }
}

/** Serves until SIGINT or SIGTERM; the second one ends the process at once. */
export async function serve(app: App, options: ListenOptions, ready: (server: Listening) => void): Promise<void> {
  const server = listen(app, options);
  const { promise: asked, resolve } = Promise.withResolvers<Deno.Signal>();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  let first = -Infinity;
  const listeners = signals.map((signal) => {
    const listener = () => {
      const now = performance.now();
      // `deno task` passes on the Ctrl-C that the terminal has sent to all.
      if (first === -Infinity) first = now;
      else if (now - first > ONE_SIGNAL) Deno.exit(130);
      resolve(signal);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  // Who reads the address may send a signal at once.
  ready(server);
  await server.stop(await asked);
  for (const remove of listeners) remove();
}

/** Milliseconds within which signals are one. */
const ONE_SIGNAL = 300;

/** @throws {SimError} `needs_keys` where others come in, be it through a proxy: those ask for a name of its own */
function assertGuarded(
  hostname: string,
  { base_url, allowed_hosts = [] }: HostOptions,
  keys: KeyRing,
  insecure: boolean,
) {
  if (keys.isNeeded || insecure) return;
  const where = [
    { host: hostname, name: hostname },
    ...(base_url === undefined ? [] : [{ host: new URL(base_url).hostname, name: `${base_url} (server.base_url)` }]),
    ...allowed_hosts.map((host) => ({ host: withoutPort(host), name: `${host} (server.allowed_hosts)` })),
  ].find(({ host }) => !isLoopback(host));
  if (where === undefined) return;
  throw new SimError("needs_keys", `others can reach ${where.name}, and no keys are set up`, {
    hint:
      "make one: deno task keys create NAME; or leave --host at 127.0.0.1; or --insecure: everybody may do everything",
  });
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}

function bound<T>(hostname: string, port: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new SimError("port_in_use", `port ${port} of ${hostname} is in use`, {
        hint: "another llm-sim perhaps; take another port with --port, 0 for any that is free",
        cause: error,
      });
    }
    if (error instanceof TypeError || error instanceof Deno.errors.NotCapable) throw error;
    throw new SimError("bad_address", `cannot listen at ${hostname}:${port}: ${(error as Error).message}`, {
      hint: "correct --host and --port, or server: { host, port } in llm-sim.yaml",
      cause: error,
    });
  }
}

/** An address that a browser can open, for one that means all of a machine's. */
function shownHost(hostname: string): string {
  return hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
}

/** A line in the log for every change of a run. */
function logRuns(app: App, log: Log): () => void {
  return app.subscribe((notice) => {
    if (notice.kind !== "status") return;
    const { run_id, manifest: { status, status_reason, turn, error } } = notice;
    log.write(status === "failed" ? "warning" : "info", "run", {
      run_id,
      status,
      turn,
      reason: status_reason ?? null,
      ...(error && { code: error.code }),
    });
  });
}
