/** A server that goes while pages of it are open, and comes back. */

import { dirname } from "node:path";
import { manifest } from "../../routes/mod.ts";
import { openApp } from "../../runner/app.ts";
import { currentScripts, listen } from "../../server/mod.ts";
import { withFolder } from "../cli/support.ts";

/** What it begins with. */
export interface ServerThatGoesOptions {
  /** Texts by path in its folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of `llm-sim.yaml`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A server on a port that stays its own, that goes and comes back. */
export async function withServerThatGoes(
  { files = {}, config = {} }: ServerThatGoesOptions,
  body: (
    server: { readonly url: string; readonly folder: string; go(): Promise<void>; come(): Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  const scripts = await currentScripts();
  await withFolder(async (folder) => {
    for (const [path, text] of Object.entries({ "llm-sim.yaml": JSON.stringify(config), ...files })) {
      await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const output = `${folder}/output`;
    const log = { write: () => {}, flush: () => Promise.resolve() };
    const start = async (port: number) => {
      const app = await openApp({ output, config: `${folder}/llm-sim.yaml` });
      const server = listen(app, { routes: manifest, output, port, log, scripts });
      return { url: server.url.slice(0, -1), end: () => server.stop().then(() => app.close()) };
    };
    let server: Awaited<ReturnType<typeof start>> | null = await start(0);
    const { url } = server;
    const go = async () => {
      await server?.end();
      server = null;
    };
    try {
      await body({ url, folder, go, come: async () => void (server = await start(Number(new URL(url).port))) });
    } finally {
      await go();
    }
  });
}
