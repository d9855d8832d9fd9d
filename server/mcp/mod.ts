/**
 * The Model Context Protocol: models use simulations as tools, over HTTP at `/mcp` and over stdio. Nothing of it is loaded
 * before somebody asks.
 *
 * @module
 */

import type { App } from "../../runner/mod.ts";
import type { Log } from "../log.ts";
import type { Mount, MountParts } from "../server.ts";
import type { McpEndpoint } from "./http.ts";

/** Where to find it on a server. */
export const MCP_PATH = "/mcp";

/** Mounts what `open` makes at the first request. */
export function mountMcp(open: (parts: MountParts) => Promise<McpEndpoint>): Mount {
  return (hono, parts) => {
    let endpoint: Promise<McpEndpoint> | undefined;
    hono.all(MCP_PATH, async (c) => {
      endpoint ??= open(parts);
      const { principal, note } = parts.contextOf(c);
      return await (await endpoint).fetch(c.req.raw, { principal: principal!, note });
    });
    parts.onClose(async () => await (await endpoint)?.close());
  };
}

/** The simulations of a server's app at `/mcp`. */
export const mcp: Mount = mountMcp(async ({ app, log }) => (await import("./http.ts")).openEndpoint({ app, log }));

/** Serves an app over stdin and stdout, until stdin ends or `stopped` resolves. */
export async function serveMcpStdio(app: App, log: Pick<Log, "failure">, stopped: Promise<unknown>): Promise<void> {
  await (await import("./stdio.ts")).serveOverStdio({ app, log }, stopped);
}

/** Carries messages between stdin and stdout and a running server, until stdin ends or `stopped` resolves. */
export async function bridgeMcpStdio(
  options: { readonly url: URL; readonly key?: string | undefined; readonly onError: (error: Error) => void },
  stopped: Promise<unknown>,
): Promise<void> {
  await (await import("./bridge.ts")).bridgeStdio(options, stopped);
}
