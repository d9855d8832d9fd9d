/** The Chromium that browser tests drive: found on this machine, or installed. */

import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a Chromium may be, the first that is there is taken. Names without a folder are looked for in PATH. */
const NAMES = [
  "/usr/bin/chromium",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** Carries a Chromium for Linux with the libraries that it needs. Used where there is no other. */
const PACKAGE = "@sparticuz/chromium@153.0.0";

/** Where the package unpacks it, and the libraries that a small system lacks. */
const UNPACKED = join(tmpdir(), "chromium");
const LIBRARIES = join(tmpdir(), "al2023", "lib");

/** Path of a Chromium; null: there is none. `CHROMIUM` names another one. */
export function findChromium(): string | null {
  const given = Deno.env.get("CHROMIUM");
  if (given) return given;
  const folders = (Deno.env.get("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":");
  const paths = NAMES.flatMap((name) => /[/\\]/.test(name) ? [name] : folders.map((folder) => join(folder, name)));
  return [...paths, UNPACKED].find(isFile) ?? null;
}

/** What its process needs in the environment, beside this one's. */
export function environmentOf(chromium: string): Record<string, string> {
  return chromium === UNPACKED ? { LD_LIBRARY_PATH: LIBRARIES } : {};
}

/**
 * Installs a Chromium: Debian's where this may be done, else the one of an npm package.
 * @param say told what is done, since it takes a minute
 * @throws {Error} when neither works, with what to do
 */
export async function installChromium(say: (line: string) => void): Promise<string> {
  const failures: string[] = [];
  for (const [name, install] of [["apt-get", fromDebian], [PACKAGE, fromNpm]] as const) {
    say(`Chromium, for the tests in tests/browser, is not here: trying ${name} …`);
    const { path, problem } = await install();
    if (path !== null) return path;
    failures.push(`${name}: ${problem}`);
  }
  throw new Error(`no Chromium could be installed (${failures.join("; ")}); name one: CHROMIUM=/path/to/chromium`);
}

type Installed = { path: string; problem?: undefined } | { path: null; problem: string };

async function fromDebian(): Promise<Installed> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return { path: null, problem: "needs Linux and root" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const problem = await failureOf("apt-get", args, { DEBIAN_FRONTEND: "noninteractive" });
    if (problem !== null) return { path: null, problem };
  }
  const path = findChromium();
  return path === null ? { path, problem: "has installed none" } : { path };
}

async function fromNpm(): Promise<Installed> {
  if (Deno.build.os !== "linux") return { path: null, problem: "is for Linux" };
  // In a process of its own: the package is no dependency, and is to be in no lock.
  const program = `
    const { default: chromium } = await import("npm:${PACKAGE}");
    console.log("path " + await chromium.executablePath());`;
  const process = new Deno.Command("deno", {
    args: ["eval", "--no-lock", "--no-config", program],
    // Has the package unpack its libraries as well.
    env: { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x", AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
    stdin: "null",
  });
  const { stdout, stderr } = await process.output();
  const path = /^path (.+)$/m.exec(new TextDecoder().decode(stdout))?.[1];
  if (path === undefined) return { path: null, problem: lastLine(new TextDecoder().decode(stderr)) };
  return { path };
}

/** Runs it; null when it succeeds, else its last words. */
async function failureOf(name: string, args: string[], env: Record<string, string>): Promise<string | null> {
  try {
    const { success, stderr } = await new Deno.Command(name, { args, env, stdin: "null", stdout: "null" }).output();
    return success ? null : lastLine(new TextDecoder().decode(stderr));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "is not here";
    throw error;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
