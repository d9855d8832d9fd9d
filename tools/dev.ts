// deno-lint-ignore-file no-console
/**
 * `deno task dev [OPTIONS OF SERVE]`: serves, and starts the server anew when a source has changed. Pages that are open
 * reload by themselves.
 */

import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import denoJson from "../deno.json" with { type: "json" };
import { MANIFEST, manifestText } from "./routes.ts";

/** Folders of sources: whatever changes there is read by a server that starts. */
const WATCHED = ["islands", "routes", "server", "static", "runner", "framework", "cli"];
/** Milliseconds without a change before the server starts anew: editors write in several steps. */
const QUIET = 60;

await writeManifest();
let server = start();
let timer: ReturnType<typeof setTimeout> | undefined;
let restarting = Promise.resolve();
Deno.addSignalListener("SIGINT", stop);
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);

for await (const { kind, paths } of Deno.watchFs(WATCHED.map((folder) => join(ROOT, folder)))) {
  if (kind === "access" || paths.every(isOurs)) continue;
  clearTimeout(timer);
  timer = setTimeout(() => restarting = restarting.then(restart), QUIET);
}

/** Whether it is written by this program, or by the server when it builds. */
function isOurs(path: string): boolean {
  return path === join(ROOT, MANIFEST) || /[/\\]islands[/\\]\.|[~#]$|\.sw[px]$/.test(path);
}

function start(): Deno.ChildProcess {
  const [, ...words] = denoJson.tasks.serve.command.split(" ");
  return new Deno.Command("deno", { args: [...words, "--dev", ...Deno.args], cwd: ROOT }).spawn();
}

async function restart(): Promise<void> {
  try {
    await writeManifest();
    server.kill("SIGTERM");
  } catch (error) {
    // It has ended: what was written before was wrong.
    if (!(error instanceof TypeError)) throw error;
  }
  await server.status;
  server = start();
}

async function writeManifest(): Promise<void> {
  const path = join(ROOT, MANIFEST);
  const text = manifestText(ROOT);
  if (await Deno.readTextFile(path) !== text) await Deno.writeTextFile(path, text);
}

async function stop(): Promise<void> {
  try {
    server.kill("SIGTERM");
  } catch {
    // It has ended: the terminal has told it as well.
  }
  await server.status;
  console.log("stopped");
  Deno.exit(0);
}
