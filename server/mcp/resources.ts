/** What can be read: parts of simulations, and scenarios. */

import { type McpServer, ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { join, resolve, sep as SEPARATOR } from "node:path";
import { stringify } from "yaml";
import { SimError } from "../../framework/mod.ts";
import { type App, isEnded, type Manifest, ROOT } from "../../runner/mod.ts";
import { type Features, featuresOf } from "../features.ts";
import { completeConfig, completeNotebook, completeRepo, completeRun } from "./completion.ts";
import { notebookUri } from "./tools/notebooks.ts";

/** Simulations whose resources are listed; the others can be read all the same. */
const LISTED = 25;
/** Bytes of events in one answer. */
const EVENT_BYTES = 200_000;
/** Events that are shown where nothing says from which on. */
const LAST_EVENTS = 200;

/** A part of a simulation. */
interface Part {
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /** Without which there is no such part. */
  readonly feature?: keyof Features;
  /** Whether such a simulation has it. */
  readonly exists?: (manifest: Manifest) => boolean;
  read(app: App, runId: string): Promise<string>;
}

const PARTS: { readonly [name: string]: Part } = {
  config: {
    title: "Configuration of a simulation",
    description: "What it is played by: its scenario with all defaults, as YAML",
    mimeType: "application/yaml",
    async read(app, runId) {
      const { files, ...config } = await app.runConfig(runId);
      const hashes = Object.entries(files).map(([name, { sha256 }]) => [name, { sha256 }]);
      return stringify({ ...config, files: Object.fromEntries(hashes) });
    },
  },
  checkpoints: {
    title: "Checkpoints of a simulation",
    description: "Turns whose state is kept, one a line: get_simulation_status with this turn has the state",
    mimeType: "text/plain",
    async read(app, runId) {
      await app.status(runId);
      return (await app.checkpoints(runId)).map((turn) => `turn_${turn}`).join("\n");
    },
  },
  events: {
    title: "Events of a simulation",
    description: "The last events, one JSON object a line",
    mimeType: "application/jsonl",
    async read(app, runId) {
      const last = await app.lastEventId(runId);
      return (await app.readEvents(runId, Math.max(0, last - LAST_EVENTS), EVENT_BYTES)).text;
    },
  },
  results: {
    title: "Results of a simulation",
    description: "All of result.json: there is one when the simulation has ended",
    mimeType: "application/json",
    exists: ({ status }) => isEnded(status),
    async read(app, runId) {
      await app.status(runId);
      const result = await app.result(runId);
      if (result === null) throw new SimError("no_results", `run '${runId}' has no results yet`);
      return JSON.stringify(result, null, 2);
    },
  },
  conversation: {
    title: "A conversation",
    description: "All turns of a conversation: what was said, wanted, done and judged",
    mimeType: "application/json",
    feature: "simulatedUserMode",
    exists: ({ repo }) => repo === "conversation",
    read: async (app, runId) => JSON.stringify(await app.conversations.get(runId), null, 2),
  },
};

/** Names of the parts. */
export const PART_NAMES = Object.keys(PARTS);

/** Adds the resources to a server. */
export function registerResources(server: McpServer, app: App): void {
  const newest = newestRuns(app);
  const features = featuresOf(app.config);
  for (const [name, part] of Object.entries(PARTS)) {
    const { title, description, mimeType, feature, exists = () => true } = part;
    if (feature !== undefined && !features[feature]) continue;
    const template = new ResourceTemplate(`simulation://{run_id}/${name}`, {
      list: async () => ({
        resources: (await newest()).filter(exists).map((manifest) => ({
          uri: `simulation://${manifest.run_id}/${name}`,
          name: `${name} of ${manifest.run_id}`,
          description: `${description}. It is ${manifest.status} at turn ${manifest.turn} of ${manifest.max_turns}`,
          mimeType,
        })),
      }),
      complete: { run_id: (value) => completeRun(app, value) },
    });
    server.registerResource(
      `simulation-${name}`,
      template,
      { title, description, mimeType },
      async (uri, { run_id }) => {
        const text = await read(uri, () => part.read(app, decodeURIComponent(String(run_id))));
        return { contents: [{ uri: uri.href, mimeType, text }] };
      },
    );
  }
  const after = new ResourceTemplate("simulation://{run_id}/events{?after}", {
    list: undefined,
    complete: { run_id: (value) => completeRun(app, value) },
  });
  const pages = {
    title: "Events of a simulation, read on",
    description: "Events after the one of this id, as many as fit; the id of the last one asks for more",
    mimeType: "application/jsonl",
  };
  server.registerResource("simulation-events-after", after, pages, async (uri, { run_id, after }) => {
    const text = await read(uri, async () => {
      const id = Number(after);
      if (!Number.isSafeInteger(id) || id < 0) {
        throw new SimError("bad_page", `after=${String(after)} is no event's id`);
      }
      return (await app.readEvents(decodeURIComponent(String(run_id)), id, EVENT_BYTES)).text;
    });
    return { contents: [{ uri: uri.href, mimeType: pages.mimeType, text }] };
  });
  registerBatches(server, app);
  registerScenarios(server, app);
  registerNotebooks(server, app);
}

function registerBatches(server: McpServer, app: App): void {
  const parts = {
    summary: {
      title: "What a batch says",
      description: "Every metric by cell, comparisons, noise: all that get_batch tells in short",
      mimeType: "application/json",
      read: async (id: string) => JSON.stringify(await app.batches.summary(id), null, 2),
    },
    results: {
      title: "Runs of a batch",
      description: "A row for every run with the numbers of its last turn",
      mimeType: "text/csv",
      read: async (id: string) => new TextDecoder().decode(await app.batches.exportBatch(id, "csv")),
    },
  };
  const complete = (typed: string) => app.batches.ids().filter((id) => id.includes(typed)).slice(0, LISTED);
  for (const [name, { read: text, mimeType, ...about }] of Object.entries(parts)) {
    const template = new ResourceTemplate(`batch://{batch_id}/${name}`, {
      list: undefined,
      complete: { batch_id: complete },
    });
    server.registerResource(`batch-${name}`, template, { ...about, mimeType }, async (uri, { batch_id }) => {
      const found = await read(uri, () => text(decodeURIComponent(String(batch_id))));
      return { contents: [{ uri: uri.href, mimeType, text: found }] };
    });
  }
  const chart = new ResourceTemplate("chart://{metric}{?runs}", { list: undefined });
  const about = {
    title: "A chart",
    description: "A metric over turns, a line for each of `runs`: what plot_runs draws",
    mimeType: "image/svg+xml",
  };
  server.registerResource("chart", chart, about, async (uri, { metric, runs }) => {
    const ids = decodeURIComponent(String(runs)).split(",");
    const text = await read(uri, async () => (await app.plot(ids, decodeURIComponent(String(metric)))).svg);
    return { contents: [{ uri: uri.href, mimeType: about.mimeType, text }] };
  });
}

function registerScenarios(server: McpServer, app: App): void {
  const mimeType = "application/yaml";
  const template = new ResourceTemplate("scenario://{repo}/{+config}", {
    list: async () => ({
      resources: (await app.scenarios()).slice(0, 200).map(({ repo, config, name, description }) => ({
        uri: `scenario://${repo}/${config}`,
        name: `${repo}: ${name}`,
        ...(description !== null && { description: description.slice(0, 300) }),
        mimeType,
      })),
    }),
    complete: {
      repo: (value) => completeRepo(app, value),
      config: (value, context) => completeConfig(app, context?.arguments?.repo, value),
    },
  });
  const about = { title: "A scenario", description: "The text of a scenario, as YAML", mimeType };
  server.registerResource("scenario", template, about, async (uri, { repo, config }) => {
    const text = await read(
      uri,
      () => scenarioText(app, decodeURIComponent(String(repo)), decodeURIComponent(String(config))),
    );
    return { contents: [{ uri: uri.href, mimeType, text }] };
  });
}

function registerNotebooks(server: McpServer, app: App): void {
  const mimeType = "text/markdown";
  const template = new ResourceTemplate("notebook://{+path}", {
    list: async () => ({
      resources: (await app.notebooks.list()).slice(0, 200).map(({ path, title, modified_at }) => ({
        uri: notebookUri(path),
        name: path,
        title: title.slice(0, 200),
        annotations: { lastModified: modified_at },
        mimeType,
      })),
    }),
    complete: { path: (value) => completeNotebook(app, value) },
  });
  const about = {
    title: "A notebook",
    description: "The text of a notebook: read_notebook also says what its cells come to",
  };
  server.registerResource("notebook", template, { ...about, mimeType }, async (uri, { path }) => {
    const text = await read(uri, async () => (await app.notebooks.read(decodeURIComponent(String(path)))).text);
    return { contents: [{ uri: uri.href, mimeType, text }] };
  });
}

/**
 * Text of a scenario's file. What is started may lie anywhere in the project; what is read lies where scenarios are: other
 * files of this form, the server's configuration among them, are nobody's to read.
 * @throws {SimError} `unknown_domain`, `bad_config_path`, `missing_file`
 */
export async function scenarioText(app: App, repo: string, config: string): Promise<string> {
  const path = resolve(await app.resolveConfig(repo, config));
  const folder = app.domainFolder(repo);
  const places = [join(ROOT, "scenarios"), join(folder, "scenarios"), join(folder, "templates")];
  if (!places.some((place) => isBelow(path, place))) {
    throw new SimError("bad_config_path", `'${config}' is no scenario among those of '${repo}'`, {
      hint: "list_scenarios shows them",
    });
  }
  const { size } = await Deno.stat(path);
  if (size > 1 << 20) throw new SimError("file_too_large", `scenario '${config}' is larger than 1 MiB`);
  return await Deno.readTextFile(path);
}

/** Whether a real path lies in a folder, which need not exist. */
function isBelow(path: string, folder: string): boolean {
  try {
    return path.startsWith(`${Deno.realPathSync(folder)}${SEPARATOR}`);
  } catch {
    return false;
  }
}

/** The newest simulations, looked up once for the lists that one request asks for. */
function newestRuns(app: App): () => Promise<Manifest[]> {
  let looked: Promise<Manifest[]> | undefined;
  return () => {
    looked ??= app.list({ limit: LISTED }).then(({ runs }) => runs).finally(() => {
      queueMicrotask(() => looked = undefined);
    });
    return looked;
  };
}

/** @throws {ResourceNotFoundError} what there is not, and why */
async function read(uri: URL, look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof SimError) && !(error instanceof URIError)) throw error;
    throw new ResourceNotFoundError(uri.href, `Resource not found: ${error.message}`);
  }
}
