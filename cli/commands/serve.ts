/** `serve`: pages, REST, streams and MCP. */

import { SimError } from "../../framework/mod.ts";
import { VERSION } from "../../runner/mod.ts";
import { manifest } from "../../routes/mod.ts";
import { keepHouse, liveReload, Log, scriptsForServer, serve as serveApp, StreamSink } from "../../server/mod.ts";
import { mcp } from "../../server/mcp/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { styled } from "../terminal/mod.ts";

interface ServeOptions extends CommonOptions {
  readonly host?: string;
  readonly port?: number;
  readonly insecure?: boolean;
  readonly maxConcurrent?: number;
  readonly notebooks?: string;
  /** For work on the pages: scripts that people can read, and pages that reload. */
  readonly dev?: boolean;
}

/** Serves until it is told to stop. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<number> {
  const { host, port, insecure, maxConcurrent, dev = false } = options;
  assertWithin("--port", port, 0, 65_535);
  assertWithin("--max-concurrent", maxConcurrent, 1, 1000);
  return await withApp({ ...options, recoversLater: true }, async (app, output) => {
    if (maxConcurrent !== undefined) app.maxConcurrent = maxConcurrent;
    const settings = {
      routes: manifest,
      mounts: dev ? [mcp, liveReload] : [mcp],
      output,
      scripts: await scriptsForServer(new Log(new StreamSink(), app.config.server?.log_level ?? "info"), { dev }),
      dev,
      keyFile: Deno.env.get("LLM_SIM_KEY_FILE") || undefined,
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(insecure !== undefined && { insecure }),
    };
    await serveApp(app, settings, ({ url, needsKey, log }) => {
      terminal.document({ url, version: VERSION, pid: Deno.pid, needs_key: needsKey, output });
      terminal.print(`llm-sim ${VERSION} at ${styled(url, "bold", terminal.stdoutColor)}`);
      keepHouse(app, log);
    });
    return EXIT.ok;
  });
}

function assertWithin(option: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw new SimError("usage", `${option} ${value} is out of range`, { hint: `it is from ${least} to ${most}` });
}
