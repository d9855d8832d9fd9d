/** `mcp`: simulations as tools of a model, for programs that start this one and talk to it over its pipes. */

import { SimError } from "../../framework/mod.ts";
import { Log, StreamSink } from "../../server/mod.ts";
import { bridgeMcpStdio, MCP_PATH, serveMcpStdio } from "../../server/mcp/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";

interface McpOptions extends CommonOptions {
  readonly url?: string;
}

/** Serves until stdin ends. Nothing but protocol goes to stdout. */
export async function mcp(terminal: Terminal, options: McpOptions): Promise<number> {
  const stop = stopSignal();
  try {
    if (options.url !== undefined) {
      await bridgeMcpStdio({
        url: mcpUrl(options.url),
        key: Deno.env.get("LLM_SIM_KEY") || undefined,
        onError: (error) => terminal.note(`mcp: ${error.message}`),
      }, stop.asked);
    } else {
      const log = new Log(new StreamSink(), "warning");
      await withApp(options, (app) => serveMcpStdio(app, log, stop.asked));
    }
  } finally {
    stop.forget();
  }
  return EXIT.ok;
}

/** The address of MCP on a server, of which people may give only the server's. @throws {SimError} `usage` */
function mcpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new SimError("usage", "--url is not the address of a server", {
      hint: "such as http://127.0.0.1:8000; its key goes into the environment variable LLM_SIM_KEY",
    });
  }
  return url.pathname === "/" ? new URL(MCP_PATH, url) : url;
}

/** Resolves when the process is told to end. */
function stopSignal(): { readonly asked: Promise<void>; readonly forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const listener = () => resolve();
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return {
    asked: promise,
    forget: () => {
      for (const signal of signals) Deno.removeSignalListener(signal, listener);
    },
  };
}
