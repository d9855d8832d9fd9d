/** MCP over the pipes of a process of its own: nothing but protocol goes to stdout. */

import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { Pipes } from "./pipes.ts";
import { type McpParts, newServer } from "./server.ts";
import { tellOf, Updates } from "./updates.ts";

/** Serves until stdin ends or `stopped` resolves. */
export async function serveOverStdio(parts: Omit<McpParts, "updates">, stopped: Promise<unknown>): Promise<void> {
  const updates = new Updates(parts.app);
  const pipes = new Pipes();
  const handle = serveStdio(({ era }) => {
    const server = newServer({ ...parts, updates });
    server.server.onclose = tellOf(updates, server, era);
    return server;
  }, { transport: pipes, onerror: (error) => parts.log.failure("mcp", error) });
  await Promise.race([pipes.ended, stopped]);
  await handle.close();
  updates.close();
}
