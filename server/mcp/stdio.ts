/** MCP over the pipes of a process of its own: nothing but protocol goes to stdout. */

import process from "node:process";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { type McpParts, newServer } from "./server.ts";
import { tellOf, Updates } from "./updates.ts";

/** Serves until stdin ends or `stopped` resolves. */
export async function serveOverStdio(parts: Omit<McpParts, "updates">, stopped: Promise<unknown>): Promise<void> {
  const updates = new Updates(parts.app);
  const ended = stdinEnded();
  const handle = serveStdio(({ era }) => {
    const server = newServer({ ...parts, updates });
    const end = tellOf(updates, server, era);
    server.server.onclose = end;
    return server;
  }, { transport: new StdioServerTransport(), onerror: (error) => parts.log.failure("mcp", error) });
  await Promise.race([ended, stopped]);
  await handle.close();
  updates.close();
}

/** Resolves when whoever started this process has nothing more to say, or is gone. */
export function stdinEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["end", "close", "error"]) process.stdin.once(event, () => resolve());
    process.stdout.once("error", () => resolve());
  });
}
