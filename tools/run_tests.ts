// deno-lint-ignore-file no-console
/**
 * `deno task test [FILTER…]`: runs all tests, then the examples in the framework's documentation, and closes with
 * `N passed, N failed`. Needs Deno and a Chromium, which it installs where there is none. Exits 1 when a test failed or
 * none ran.
 */

import { ROOT } from "../runner/mod.ts";
import { currentScripts } from "../server/mod.ts";
import { findChromium, installChromium } from "../tests/browser/chromium.ts";

interface Counts {
  passed: number;
  failed: number;
}

/** Runs `deno test` with these arguments and counts what it reports. */
async function deno(args: string[]): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", `--junit-path=${report}`, ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).spawn().status;
    const xml = await Deno.readTextFile(report);
    const tests = xml.match(/<testcase\b/g)?.length ?? 0;
    const failed = xml.match(/<(failure|error)\b/g)?.length ?? 0;
    // A file that cannot even be loaded is no test case, but a failure all the same.
    return { passed: tests - failed, failed: !success && failed === 0 ? 1 : failed };
  } finally {
    await Deno.remove(report);
  }
}

/** Modules whose documentation has examples. */
function documented(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}/${folder}`)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return documented(path);
    return /(?<!_test)\.ts$/.test(entry.name) && Deno.readTextFileSync(`${ROOT}/${path}`).includes("@example")
      ? [path]
      : [];
  });
}

/** Has a Chromium for the tests that drive one. Without it they fail, and the others are run all the same. */
async function haveChromium(): Promise<void> {
  try {
    const path = findChromium() ?? await installChromium(console.log);
    console.log(`Chromium: ${path}`);
    Deno.env.set("CHROMIUM", path);
  } catch (error) {
    console.log((error as Error).message);
  }
}

if (Deno.args.length === 0 || Deno.args.some((arg) => /^(?:\.\/)?tests(?:\/browser|\/?$)/.test(arg))) {
  await haveChromium();
}
// So that no server that a test starts has to wait for them.
await currentScripts({ building: () => console.log("building the scripts of the pages…") })
  .catch((error) => console.log(error.message));
const total: Counts = { passed: 0, failed: 0 };
const runs = Deno.args.length > 0 ? [Deno.args] : [
  ["framework", "runner", "server", "routes", "islands", "domains", "cli", "tests", "tools", "bench"],
  ["--doc", "--no-check", ...documented("framework")],
];
for (const args of runs) {
  const counts = await deno(args);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
