/** An app on a fresh output folder, with domains of the test's own; everything is gone afterwards. */

import { fromFileUrl } from "../../runner/paths.ts";
import { type App, openApp } from "../../runner/app.ts";
import type { StartSpec } from "../../runner/starts.ts";
import type { Manifest } from "../../runner/store/mod.ts";
import { removeFolder } from "./folders.ts";

/** What the app has beside the repository's own domains. */
export interface TestAppOptions {
  /** Names of fixture domains: folders of `tests/fixtures/domains/`. */
  readonly fixtures?: readonly string[];
  /** Domains made for this test: name → source text of its `mod.ts`. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Further keys of `llm-sim.yaml`: providers, budget, http_allow. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Has the offline provider answer in place of every model. */
  readonly offline?: boolean;
  /** Runs played at once. Default 5. */
  readonly maxConcurrent?: number;
  /** Folder of notebooks that cannot be written, as an executable carries them. */
  readonly embeddedNotebooks?: string;
}

const FIXTURES = fromFileUrl(new URL("../fixtures/domains/", import.meta.url));

/**
 * Opens an app, hands it to `body` together with a temporary folder, closes and removes both. Run folders are in
 * `app.folder(run_id)`; the folder has room for the test's own files.
 */
export async function withApp<T>(
  options: TestAppOptions,
  body: (app: App, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  try {
    const repos = (options.fixtures ?? []).map((name) => ({ name, path: `${FIXTURES}/${name}` }));
    for (const [name, source] of Object.entries(options.sources ?? {})) {
      const path = `${folder}/domains/${name}`;
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(`${path}/mod.ts`, source);
      repos.push({ name, path });
    }
    const config = { simulation_repos: repos, max_concurrent: options.maxConcurrent ?? 5, ...options.config };
    await Deno.writeTextFile(`${folder}/llm-sim.yaml`, JSON.stringify(config));
    const app = await openApp({
      output: `${folder}/output`,
      config: `${folder}/llm-sim.yaml`,
      offline: options.offline === true,
      ...(options.embeddedNotebooks !== undefined && { embeddedNotebooks: options.embeddedNotebooks }),
    });
    try {
      return await body(app, folder);
    } finally {
      await app.close();
    }
  } finally {
    await removeFolder(folder);
  }
}

/** Starts a run and waits until it stands still. */
export async function runToEnd(app: App, spec: StartSpec): Promise<Manifest> {
  const { run_id } = await app.start(spec);
  return await app.wait(run_id);
}
