/** A server on a free port of this machine, over an app of the test's own; everything is gone afterwards. */

import type { App } from "../../runner/mod.ts";
import { manifest } from "../../routes/mod.ts";
import { listen, type ListenOptions } from "../../server/mod.ts";
import { type TestAppOptions, withApp } from "./app.ts";

/** What the server has beside its app. */
export interface TestServerOptions extends TestAppOptions {
  /** Default: all of this repository. */
  readonly routes?: ListenOptions["routes"];
  readonly listen?: Partial<ListenOptions>;
  /** Prepares the folder, before the server starts. */
  readonly before?: (app: App, folder: string) => void | Promise<void>;
}

/** A server under test. */
export interface TestServer {
  /** Without a slash at the end: `http://127.0.0.1:39871`. */
  readonly url: string;
  readonly app: App;
  /** Has `output/` in it. */
  readonly folder: string;
  /** Lines of the log so far. */
  logLines(): { readonly [field: string]: unknown }[];
  /** Asks for a path of it. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops it; otherwise the end of the test does. */
  stop(): Promise<void>;
}

/** Starts a server, hands it to `body`, stops it. */
export async function withServer<T>(
  options: TestServerOptions,
  body: (server: TestServer) => Promise<T>,
): Promise<T> {
  return await withApp(options, async (app, folder) => {
    await options.before?.(app, folder);
    let text = "";
    const log = { write: (line: string) => void (text += line), flush: () => Promise.resolve() };
    const { url, stop } = listen(app, {
      routes: options.routes ?? manifest,
      output: `${folder}/output`,
      port: 0,
      log,
      ...options.listen,
    });
    const base = url.slice(0, -1);
    try {
      return await body({
        url: base,
        app,
        folder,
        logLines: () => text.split("\n").slice(0, -1).map((line) => JSON.parse(line)),
        fetch: (path, init) => fetch(base + path, { redirect: "manual", ...init }),
        stop,
      });
    } finally {
      await stop("the test is over");
    }
  });
}

/** A POST with a JSON body. */
export function posted(value: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } };
}

/** The status of an answer whose body does not matter. */
export async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}
