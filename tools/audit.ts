// deno-lint-ignore-file no-console
/**
 * `deno task audit [PATH…]`: what Lighthouse says of pages, on a desktop: the median of three looks at each. Not for CI: it takes
 * minutes, and its performance is that of the machine. Exit 1 when a page is below what is wanted.
 */

import { environmentOf, findChromium } from "../tests/browser/chromium.ts";
import { mixedPage } from "../bench/ui/pages.ts";
import { isSettled, Site } from "../bench/ui/site.ts";

/** The package; in a process of its own and in no lock, since only this needs it. */
const LIGHTHOUSE = "npm:lighthouse@13.5.0";
const ROUNDS = 3;

/** What is wanted of each category, of 100. */
const WANTED = { "performance": 90, "accessibility": 95, "best-practices": 95 } as const;
type Category = keyof typeof WANTED;
const CATEGORIES = Object.keys(WANTED) as Category[];

/** What Lighthouse says of a page. */
interface Report {
  readonly scores: Readonly<Record<Category, number>>;
  /** Milliseconds, and for layout shifts a number, by name. */
  readonly times: Readonly<Record<string, number>>;
  /** What is not all right, by weight. */
  readonly remarks: readonly { readonly category: string; readonly id: string; readonly said: string }[];
}

async function main(args: readonly string[]): Promise<number> {
  const chromium = findChromium();
  if (chromium === null) {
    console.error("no Chromium is here: deno task test installs one, CHROMIUM=/path/to/it names one");
    return 1;
  }
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "llm-sim-audit-" }));
  try {
    await using site = await Site.ours(folder, { "page.md": mixedPage(20, 3) });
    await site.play("page.md", isSettled);
    const paths = args.length > 0 ? args : ["/", "/notebooks/page.md", "/runs"];
    const audited: [path: string, reports: Report[]][] = [];
    for (const path of paths) {
      const reports: Report[] = [];
      for (let round = 0; round < ROUNDS; round++) reports.push(await lookAgain(chromium, site.url + path));
      audited.push([path, reports]);
    }
    return told(audited);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Prints a table and what is not all right. @returns the exit code */
function told(audited: readonly (readonly [path: string, reports: readonly Report[]])[]): number {
  let isMissed = false;
  const names = Object.keys(audited[0]![1][0]!.times);
  console.log(
    ["page".padEnd(28), ...CATEGORIES.map((name) => name.padStart(16)), ...names.map((n) => n.padStart(10))].join(""),
  );
  for (const [path, reports] of audited) {
    const scores = CATEGORIES.map((name) => {
      const score = median(reports.map(({ scores }) => scores[name]));
      const missed = score < WANTED[name];
      isMissed ||= missed;
      return `${missed ? "MISS " : ""}${score} (≥ ${WANTED[name]})`.padStart(16);
    });
    const times = names.map((name) => {
      const value = median(reports.map(({ times }) => times[name]!));
      return (name === "shift" ? value.toFixed(3) : `${Math.round(value)} ms`).padStart(10);
    });
    console.log([path.padEnd(28), ...scores, ...times].join(""));
  }
  for (const [path, reports] of audited) {
    for (const { category, id, said } of reports[0]!.remarks) console.log(`${path}: ${category}: ${id}: ${said}`);
  }
  return isMissed ? 1 : 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Looks that fail before one counts as failed: on a machine that is busy a trace may lack its beginning. */
const TRIES = 3;

async function lookAgain(chromium: string, url: string): Promise<Report> {
  for (let tries = 1;; tries++) {
    try {
      return await look(chromium, url);
    } catch (error) {
      if (tries === TRIES) throw error;
      console.error(`${url}: once more, since ${(error as Error).message.split("\n")[0]}`);
    }
  }
}

/** One look at a page, by a Chromium that has seen nothing. */
async function look(chromium: string, url: string): Promise<Report> {
  const profile = Deno.makeTempDirSync({ prefix: "llm-sim-audit-" });
  const browser = new Deno.Command(chromium, {
    args: [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    env: environmentOf(chromium),
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  try {
    const port = await portOf(browser.stderr);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", "--no-config", PROGRAM, url, String(port)],
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout);
    if (!success) {
      throw new Error(`Lighthouse failed at ${url}: ${new TextDecoder().decode(stderr).trim().slice(-2000)}`);
    }
    return JSON.parse(text.slice(text.lastIndexOf("\n{") + 1));
  } finally {
    browser.kill("SIGTERM");
    await browser.status;
    Deno.removeSync(profile, { recursive: true });
  }
}

async function portOf(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<number> {
  let said = "";
  for await (const chunk of stderr.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string>)) {
    said += chunk;
    const port = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`Chromium did not start: ${said}`);
}

/** What that process runs: arguments are the address and the browser's port. */
const PROGRAM = `
  const { default: lighthouse, desktopConfig } = await import(${JSON.stringify(LIGHTHOUSE)});
  const [url, port] = Deno.args;
  const onlyCategories = ${JSON.stringify(CATEGORIES)};
  const { lhr } = await lighthouse(url, { port: Number(port), logLevel: "error", onlyCategories }, desktopConfig);
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const time = (id) => lhr.audits[id].numericValue;
  const remarks = onlyCategories.flatMap((category) => lhr.categories[category].auditRefs.flatMap(({ id }) => {
    const { score, scoreDisplayMode, title, displayValue, details } = lhr.audits[id];
    if (score === null || score >= 0.9 || scoreDisplayMode === "informative") return [];
    const places = (details?.items ?? []).slice(0, 3).map((item) => item.node?.selector ?? item.url ?? item.source?.url ?? "");
    return [{ category, id, said: [title, displayValue, ...places].filter(Boolean).join("; ") }];
  }));
  console.log("\\n" + JSON.stringify({
    scores: Object.fromEntries(onlyCategories.map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
    times: {
      painted: time("first-contentful-paint"), largest: time("largest-contentful-paint"), blocked: time("total-blocking-time"),
      index: time("speed-index"), shift: time("cumulative-layout-shift"),
    },
    remarks,
  }));
  Deno.exit(0);
`;

Deno.exit(await main(Deno.args));
