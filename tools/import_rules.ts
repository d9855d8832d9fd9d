/**
 * Who may import whom (`docs/architecture.md`). A room is a top-level folder; others enter it through a `mod.ts`.
 */

import { dirname, join, relative } from "node:path";

/** Rooms that each room may import from, besides itself. */
const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  framework: [],
  domains: ["framework"],
  runner: ["framework"],
  server: ["runner", "framework"],
  routes: ["server", "islands", "runner", "framework"],
  islands: [],
  cli: ["server", "routes", "runner", "framework"],
  "main.ts": ["cli", "runner", "framework"],
  // What spans rooms may look into all of them.
  tests: ["framework", "runner", "server", "routes", "cli", "tests", "domains", "tools", "bench"],
  tools: ["framework", "runner", "server", "routes", "cli"],
  bench: ["framework", "runner", "server", "routes", "cli"],
};

/** Rooms from which a room may import types, which are not there when it runs. */
const MAY_IMPORT_TYPES: { readonly [room: string]: readonly string[] } = {
  islands: ["runner", "framework"],
};

/** Rooms inside rooms: they too are entered through their `mod.ts`. */
const INNER_ROOMS = [
  "framework/conversation",
  "framework/scenario",
  "framework/space",
  "framework/worker",
  "runner/batch",
  "runner/compare",
  "runner/conversation",
  "runner/gateway",
  "runner/notebook/page",
  "runner/notebook",
  "runner/report",
  "runner/sandbox",
  "runner/sql",
  "runner/store",
  "runner/export/batch",
  "runner/export",
  "server/auth",
  "server/mcp",
  "server/streams",
  "cli/terminal",
];

/** Entered past their `mod.ts`, each for its reason. */
const EXCEPTIONS: { readonly [edge: string]: string } = {
  "main.ts -> runner/sandbox/child.ts": "a compiled executable becomes the sandbox process itself",
  "runner/sandbox/child.ts -> runner/store/run_writer.ts": "the child starts without the rest of the store",
  "runner/sandbox/child.ts -> runner/store/disk_error.ts": "likewise",
  "runner/config.ts -> runner/gateway/presets.ts": "the configuration knows the names of presets, and nothing of calls",
  "runner/config.ts -> runner/gateway/server_url.ts": "likewise the addresses of servers",
  "runner/* -> framework/keeping.ts": "a sandbox's trusted thread starts without the turn loop",
  "runner/app.ts -> runner/export/csv.ts": "rows as CSV need none of the charts",
  "runner/app.ts -> runner/export/parquet.ts": "likewise as Parquet",
  "runner/sql/tree.ts -> runner/store/run_id.ts": "the process of a query starts without the rest of the store",
  "cli/terminal/width.ts -> runner/plain_text.ts": "text for a terminal needs nothing else of the runner",
  "islands/* -> runner/notebook/view.ts": "what engine and pages agree on: types alone",
  "runner/notebook/files.ts -> runner/notebook/page/front.ts":
    "every page lists notebooks, by their front matter alone",
  "runner/notebook/files.ts -> runner/notebook/page/lines.ts": "likewise",
  "runner/notebook/files.ts -> runner/notebook/page/parse.ts": "and reads a whole page only where that has no title",
  "runner/notebook/files.ts -> runner/notebook/page/merge.ts": "and merges only what is written",
  "runner/notebook/chart/* -> runner/report/markup.ts": "a browser gets how numbers are written, and no document",
  "runner/export/axis.ts -> runner/report/markup.ts": "likewise",
  "runner/export/labels.ts -> runner/report/markup.ts": "likewise",
  "runner/notebook/chart/* -> runner/export/axis.ts": "likewise round numbers of axes",
  "runner/notebook/chart/* -> runner/export/labels.ts": "likewise where labels go",
  "runner/notebook/chart/* -> runner/export/series.ts": "likewise lines with fewer points",
  "islands/* -> runner/notebook/chart/options.ts": "charts are drawn alike on the server and in the browser",
  "islands/* -> runner/notebook/page/diff3.ts": "texts are merged alike on the server and in the browser",
  "islands/* -> runner/report/markup.ts": "and numbers are written alike",
  "framework/* -> framework/scenario/limits.ts":
    "the limits on a scenario are also those on what a simulation grows to",
  "framework/* -> framework/scenario/resolved.ts":
    "the resolved scenario is the framework's own type; the loader is not",
};

/** Packages that the framework may import inside the sandbox, besides zod, and the room that alone may do so. */
const SANDBOX_PACKAGES: { readonly [name: string]: string } = {
  "graphology": "framework/space/",
  "graphology-shortest-path": "framework/space/",
};

/** Packages of the web, and the rooms that alone may import them: route files are written without a router's types. */
const WEB_PACKAGES: { readonly [name: string]: readonly string[] } = {
  "hono": ["server"],
  "@hono/zod-openapi": ["server"],
  "preact": ["server", "routes", "islands"],
  "@preact/signals": ["server", "routes", "islands"],
  "preact-render-to-string": ["server"],
};

/** Packages that browsers load when they are needed, and the folder of the islands that alone may import them. */
const HEAVY_PACKAGES = /^(?:@observablehq\/plot|node-diff3|codemirror|@codemirror\/.+|@lezer\/.+)$/;
const HEAVY_PARTS = "islands/_impl/";

/** Folders whose code may look inside any room: it tests and measures. */
const INSIDERS = ["tests", "bench", "tools"];

/** Every import that breaks a rule, as `file:line: importer -> imported: why`. */
export async function importViolations(root: string): Promise<string[]> {
  const violations: string[] = [];
  for await (const file of sources(root, "")) {
    const text = await Deno.readTextFile(join(root, file));
    for (const { specifier, kind, line } of importsOf(text)) {
      const why = violation(file, specifier, kind);
      if (why !== null) violations.push(`${file}:${line}: '${specifier}': ${why}`);
    }
  }
  return violations;
}

/** How a module is imported: for types alone, with the module that imports it, or when that asks for it. */
export type ImportKind = "type" | "static" | "dynamic";

/** Why `file` may not import `specifier`, or null. */
export function violation(file: string, specifier: string, kind: ImportKind = "static"): string | null {
  const from = roomOf(file);
  const target = resolved(file, specifier);
  if (target === null) return packageViolation(file, specifier, kind);
  if (target === "deno.json") return null;
  // Files that are no code: the manifest of the routes embeds them.
  if (target.startsWith("static/")) return from === "routes" ? null : `${from} does not import static`;
  const to = roomOf(target);
  const isTest = /_test\.tsx?$/.test(file) || INSIDERS.includes(from) || /\/tests?\//.test(file);
  if (to === "tests" && isTest) return null;
  if (from === "domains" && to === "domains") {
    return domainOf(file) === domainOf(target) ? null : "a domain imports no other domain";
  }
  if (to === "domains" && !isTest) return "nothing imports a domain: the sandbox loads it by URL";
  if (isTest || exception(file, target)) return null;
  if (from !== to && !(MAY_IMPORT[from] ?? []).includes(to)) {
    if (!(MAY_IMPORT_TYPES[from] ?? []).includes(to)) return `${from} does not import ${to}`;
    if (kind !== "type") return `${from} imports types alone from ${to}`;
  }
  if (to === "islands") return heavyPartViolation(file, target, kind);
  const inner = INNER_ROOMS.find((room) => target.startsWith(`${room}/`));
  const entered = inner ?? (from === to ? null : to);
  if (entered === null || (inner !== undefined && file.startsWith(`${inner}/`))) return null;
  return target === `${entered}/mod.ts` ? null : `${entered} is entered through its mod.ts`;
}

/** Islands are components, and each is a file: the room has no other way in. */
function heavyPartViolation(file: string, target: string, kind: ImportKind): string | null {
  if (!target.startsWith(HEAVY_PARTS) || file.startsWith(HEAVY_PARTS) || kind === "type") return null;
  return kind === "dynamic" ? null : `${HEAVY_PARTS} is imported when it is needed: import("…") in an effect`;
}

function packageViolation(file: string, specifier: string, kind: ImportKind): string | null {
  // Tests hold the text of hostile modules.
  if (roomOf(file) === "tests") return null;
  if (specifier.startsWith("npm:") || specifier.startsWith("jsr:") || specifier.startsWith("http")) {
    return "packages are named in deno.json";
  }
  const from = roomOf(file);
  if (
    /_test\.tsx?$/.test(file) || INSIDERS.includes(from) || /\/tests?\//.test(file) || specifier.startsWith("node:")
  ) return null;
  if (from === "domains" && specifier !== "zod") return "a domain imports llm-sim, llm-sim/conversation and zod only";
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const rooms = Object.hasOwn(WEB_PACKAGES, name) ? WEB_PACKAGES[name]! : [from];
  if (!rooms.includes(from)) return `${name} is for ${rooms.join(", ")} alone`;
  if (from === "islands" && kind !== "type") {
    if (HEAVY_PACKAGES.test(name)) return file.startsWith(HEAVY_PARTS) ? null : `${name} is for ${HEAVY_PARTS} alone`;
    if (!name.includes("preact")) {
      return "islands import preact, its signals, and in islands/_impl what draws and edits";
    }
  }
  const room = SANDBOX_PACKAGES[specifier];
  if (room !== undefined) return file.startsWith(room) ? null : `${specifier} is for ${room} alone`;
  if (from === "framework" && specifier !== "zod" && !file.startsWith("framework/scenario/")) {
    return "the framework runs in the sandbox, which has zod and, for space, graphology only";
  }
  return null;
}

function exception(file: string, target: string): boolean {
  return Object.keys(EXCEPTIONS).some((edge) => {
    const [from, to] = edge.split(" -> ") as [string, string];
    return to === target && (from.endsWith("/*") ? file.startsWith(from.slice(0, -1)) : from === file);
  });
}

function roomOf(path: string): string {
  return path.split("/")[0]!;
}

function domainOf(path: string): string {
  return path.split("/")[1]!;
}

/** Path from the root, or null for a package. */
function resolved(file: string, specifier: string): string | null {
  if (specifier === "llm-sim") return "framework/mod.ts";
  if (specifier === "llm-sim/conversation") return "framework/conversation/mod.ts";
  if (specifier === "llm-sim/scenario") return "framework/scenario/mod.ts";
  return specifier.startsWith(".") ? join(dirname(file), specifier).replaceAll("\\", "/") : null;
}

const IMPORT =
  /^[ \t]*(?:import|export)\b(\s+type\b(?!\s+from\b|\s*,))?[^"'`;]*?from\s*["']([^"']+)["']|^[ \t]*import\s*["']([^"']+)["']|\b(?:typeof\s+(?=import))?import\(\s*["']([^"']+)["']/gm;

/** The specifiers of a module with their lines; what stands in comments is left out. */
export function importsOf(text: string): { specifier: string; kind: ImportKind; line: number }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(
    /(^|\s)\/\/.*$/gm,
    "$1",
  );
  return [...code.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4]!,
    kind: match[4] !== undefined
      ? (match[0].startsWith("typeof") ? "type" : "dynamic")
      : (match[1] !== undefined ? "type" : "static"),
    line: code.slice(0, match.index).split("\n").length,
  }));
}

async function* sources(root: string, below: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(root, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".") || path === "output" || path === "tests/fixtures" || entry.name === "node_modules") {
      continue;
    }
    if (entry.isDirectory) yield* sources(root, path);
    else if (/\.tsx?$/.test(entry.name) && relative(root, join(root, path)) !== "") yield path;
  }
}
