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
  /** What failed, with its reason. */
  failures: string[];
}

const LINES_OF_A_FAILURE = 12;

/**
 * Runs `deno test` with these arguments and counts what it reports.
 * @param aside what it prints is kept until it has ended: another one prints meanwhile
 */
async function deno(args: string[], { aside = false } = {}): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const command = new Deno.Command(Deno.execPath(), {
      // Types are for `deno task check`.
      args: ["test", "--allow-all", "--no-check", `--junit-path=${report}`, ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      ...(aside && { stdout: "piped", stderr: "piped" }),
    });
    const success = aside ? await printedLater(command) : (await command.spawn().status).success;
    const xml = await Deno.readTextFile(report);
    const tests = xml.match(/<testcase\b/g)?.length ?? 0;
    const failures = failuresIn(xml);
    // A file that cannot even be loaded is no test case, but a failure all the same.
    if (!success && failures.length === 0) return { passed: tests, failures: [`deno test ${args.join(" ")}`] };
    return { passed: tests - failures.length, failures };
  } finally {
    await Deno.remove(report);
  }
}

/** What a report in JUnit's format says has failed: where, what, and the first lines of why. */
function failuresIn(xml: string): string[] {
  const failed = /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*<(?:failure|error) message="([^"]*)"/g;
  return [...xml.matchAll(failed)].map(([, name, file, message]) => {
    const why = textOf(message!).split("\n").slice(0, LINES_OF_A_FAILURE).join("\n  ");
    return `${textOf(file!)}: ${textOf(name!)}\n  ${why}`;
  });
}

const ENTITIES: { readonly [name: string]: string } = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function textOf(xml: string): string {
  return xml.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
}

async function printedLater(command: Deno.Command): Promise<boolean> {
  const { success, stdout, stderr } = await command.output();
  await Deno.stderr.write(stderr);
  const out = new TextDecoder().decode(stdout);
  if (out !== "") console.log(out);
  return success;
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
/** Rooms with their tests, those of pages and of conversations; all others run beside them; those of limits in time, and of what all share, run after all. */
const FIRST = [
  ...["framework", "runner", "server", "routes", "islands", "domains", "cli", "tools", "bench"],
  ...["tests/browser", "tests/conversation"],
];
const ALONE = ["alone", "durability", "sandbox"].map((name) => `tests/${name}`);

async function whole(): Promise<Counts[]> {
  const beside = [...Deno.readDirSync(`${ROOT}/tests`)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `tests/${name}`).filter((folder) => ![...FIRST, ...ALONE].includes(folder) && hasTests(folder))
    .sort();
  const both = await Promise.all([deno(FIRST), deno(beside, { aside: true })]);
  return [...both, await deno(ALONE), await deno(["--doc", ...documented("framework")])];
}

function hasTests(folder: string): boolean {
  return [...Deno.readDirSync(`${ROOT}/${folder}`)].some(({ name, isDirectory }) =>
    isDirectory ? hasTests(`${folder}/${name}`) : /_test\.tsx?$/.test(name)
  );
}

const counts = Deno.args.length > 0 ? [await deno([...Deno.args])] : await whole();
const passed = counts.reduce((before, each) => before + each.passed, 0);
const failures = counts.flatMap((each) => each.failures);
// Once more, for those who only see the end.
for (const failure of failures) console.log(`FAILED ${failure}\n`);
console.log(`${passed} passed, ${failures.length} failed`);
Deno.exit(failures.length > 0 || passed === 0 ? 1 : 0);
