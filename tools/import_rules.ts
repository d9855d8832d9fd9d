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
  routes: ["server", "runner", "framework"],
  cli: ["server", "routes", "runner", "framework"],
  "main.ts": ["cli", "runner", "framework"],
  // What spans rooms may look into all of them.
  tests: ["framework", "runner", "server", "routes", "cli", "tests", "domains", "tools", "bench"],
  tools: ["framework", "runner", "server", "routes", "cli"],
  bench: ["framework", "runner", "server", "routes", "cli"],
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
  "runner/conversation/* -> runner/export/markup.ts": "nor does escaping",
  "runner/sql/tree.ts -> runner/store/run_id.ts": "the process of a query starts without the rest of the store",
  "cli/terminal/width.ts -> runner/plain_text.ts": "text for a terminal needs nothing else of the runner",
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
  "preact": ["server", "routes"],
  "preact-render-to-string": ["server"],
};

/** Folders whose code may look inside any room: it tests and measures. */
const INSIDERS = ["tests", "bench", "tools"];

/** Every import that breaks a rule, as `file:line: importer -> imported: why`. */
export async function importViolations(root: string): Promise<string[]> {
  const violations: string[] = [];
  for await (const file of sources(root, "")) {
    const text = await Deno.readTextFile(join(root, file));
    for (const { specifier, line } of importsOf(text)) {
      const why = violation(file, specifier);
      if (why !== null) violations.push(`${file}:${line}: '${specifier}': ${why}`);
    }
  }
  return violations;
}

/** Why `file` may not import `specifier`, or null. */
export function violation(file: string, specifier: string): string | null {
  const from = roomOf(file);
  const target = resolved(file, specifier);
  if (target === null) return packageViolation(file, specifier);
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
  if (from !== to && !isTest && !(MAY_IMPORT[from] ?? []).includes(to)) return `${from} does not import ${to}`;
  if (isTest) return null;
  if (exception(file, target)) return null;
  const inner = INNER_ROOMS.find((room) => target.startsWith(`${room}/`));
  const entered = inner ?? (from === to ? null : to);
  if (entered === null || (inner !== undefined && file.startsWith(`${inner}/`))) return null;
  return target === `${entered}/mod.ts` ? null : `${entered} is entered through its mod.ts`;
}

function packageViolation(file: string, specifier: string): string | null {
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
  /^[ \t]*(?:import|export)\b[^"'`;]*?from\s*["']([^"']+)["']|^[ \t]*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/** The specifiers of a module with their lines; what stands in comments is left out. */
export function importsOf(text: string): { specifier: string; line: number }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(
    /(^|\s)\/\/.*$/gm,
    "$1",
  );
  return [...code.matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3]!,
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
