/** How soon a notebook's page is alive, beside a bare page of the same bytes. */

import { brotliCompressSync, constants } from "node:zlib";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../../runner/paths.ts";
import { importsOf } from "../../server/bundle.ts";
import { islandFiles } from "../../server/script_sources.ts";
import { type Spread, spread } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import { mainThread, ready, withWindow } from "./browser.ts";
import { Site } from "./site.ts";

const TWICE: Budget = { of: "ratio", at: "most", limit: 2 };

/**
 * From the beginning of the navigation, in a window that has nothing in its cache, until every island is alive; until the
 * script of the bare page has run. The bare page is of the same bytes: the same HTML, the same styles, and the islands in a
 * script that starts none. CPU is that of the page's main thread.
 */
export async function interactiveRows(
  browser: Browser,
  site: Site,
  { name, cells, folder, rounds }: {
    readonly name: string;
    readonly cells: number;
    readonly folder: string;
    readonly rounds: number;
  },
): Promise<Row[]> {
  const address = `${site.url}/notebooks/${name}`;
  const copy = await copyOf(browser, address);
  await using bare = await Site.bare(written(join(folder, `bare_${cells}`), await bareOf(copy, folder)));
  const cases = [`${bare.url}/`, address];
  const times: number[][] = cases.map(() => []);
  const used: number[][] = cases.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, url] of cases.entries()) {
      await withWindow(browser, async (page) => {
        const cpu = await mainThread(page);
        await page.goto(url);
        const time = await ready(page);
        if (round < 0) return;
        times[i]!.push(time);
        used[i]!.push(await cpu());
      });
    }
  }
  const [bareTimes, own] = times as [number[], number[]];
  const [bareUsed, ownUsed] = used as [number[], number[]];
  const line = (what: string, values: number[], to?: readonly number[], budget?: Budget) =>
    row({
      ...{ name: what, features: `${cells} cells`, n: null, unit: "ms", value: spread(values) },
      ratio: to === undefined ? null : ratios(values, to),
      ratio_to: to === undefined ? null : "bare page",
      ...(budget && { budget }),
    });
  return [
    line("bare page", bareTimes),
    line("first interactive", own, bareTimes, TWICE),
    line("bare page, CPU", bareUsed),
    line("first interactive, CPU", ownUsed, bareUsed),
  ];
}

function ratios(values: readonly number[], to: readonly number[]): Spread {
  return spread(values.map((value, round) => value / to[round]!));
}

// ── copies of a page ────────────────────────────────────────────────────────────────────────────────────────────────

/** The files of a page by path, the page's own at `/`. */
type Files = ReadonlyMap<string, string>;

interface Copy {
  readonly html: string;
  readonly styles: Files;
  readonly scripts: Files;
}

/** All that the page loads until it is alive. */
async function copyOf(browser: Browser, address: string): Promise<Copy> {
  const names = await withWindow(browser, async (page) => {
    await page.goto(address);
    await ready(page);
    return await namesIn(page);
  });
  const read = async (pattern: RegExp) => {
    const paths = names.filter((path) => pattern.test(path));
    return new Map(
      await Promise.all(paths.map(async (path) => [path, await (await fetch(new URL(path, address))).text()] as const)),
    );
  };
  return { html: await (await fetch(address)).text(), styles: await read(/\.css(\?|$)/), scripts: await read(/\.js$/) };
}

/** Style sheets and scripts that the document names. */
async function namesIn(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll("link[rel=stylesheet], link[rel=modulepreload], script[src]")].map((element) => {
      const url = new URL((element as HTMLLinkElement).href ?? (element as HTMLScriptElement).src);
      return url.pathname + url.search;
    })
  );
}

const BOOT = /<script type="module" src="([^"]+)"[^>]*>/;

/** Says that the script has run. */
const RUN = "globalThis.seen.ready = performance.now();";

async function bareOf({ html, styles, scripts }: Copy, folder: string): Promise<Files> {
  const [script, chunks] = await bundled(folder);
  const sum = (files: Files) => [...files.values()].reduce((before, { length }) => before + length, 0);
  const page = html.replace(/<link rel="modulepreload"[^>]*>/g, "")
    .replace(BOOT, `<script type="module" src="/all.js">`);
  return new Map([
    ["/", filled(page, html.length, "<!--", "-->")],
    ...styles,
    ["/all.js", filled(script, sum(scripts) - sum(chunks))],
    ...chunks,
  ]);
}

/** The islands in one script that starts none of them, and what it shares with what comes later. */
async function bundled(folder: string): Promise<[script: string, chunks: Files]> {
  const names = islandFiles(`${ROOT}/islands`);
  const [entry, out] = [join(folder, "all.ts"), join(folder, "all.out")];
  const imports = names.map((name, i) => `import * as i${i} from "${new URL(`file://${ROOT}/islands${name}`)}";`);
  const used = `if (!(${names.map((_, i) => `i${i}`).join(" && ")})) throw new Error();\n${RUN}`;
  Deno.writeTextFileSync(entry, `${imports.join("\n")}\n${used.replace("globalThis.", "(globalThis as any).")}\n`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform=browser", "--minify", "--code-splitting", `--outdir=${out}`],
      ...["--config", `${ROOT}/deno.json`, entry],
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const script = Deno.readTextFileSync(join(out, "all.js"));
  const chunks = new Map<string, string>();
  for (let queue = importsOf(script); queue.length > 0;) {
    const path = queue.pop()!.replace(/^\.\//, "/");
    if (chunks.has(path)) continue;
    chunks.set(path, Deno.readTextFileSync(out + path));
    queue = [...queue, ...importsOf(chunks.get(path)!)];
  }
  return [script, chunks];
}

/** With as much after it as it takes to be so long. */
function filled(text: string, length: number, open = "/*", close = "*/"): string {
  const missing = length - text.length - open.length - close.length;
  return missing <= 0 ? text : text + open + noise(missing) + close;
}

/** Characters that do not compress to nothing. */
function noise(length: number): string {
  let state = 1;
  let text = "";
  while (text.length < length) text += (state = Math.imul(state, 48271) & 0x7fffffff).toString(36);
  return text.slice(0, length);
}

/** Writes the files as `bare.ts` reads them. @returns the folder */
function written(folder: string, files: Files): string {
  Deno.mkdirSync(folder);
  const names: Record<string, string> = {};
  for (const [path, text] of files) {
    const name = `${Object.keys(names).length}.${path === "/" ? "html" : /\.css/.test(path) ? "css" : "js"}`;
    const bytes = new TextEncoder().encode(text);
    Deno.writeFileSync(join(folder, name), bytes);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    Deno.writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, { params }));
    names[new URL(path, "http://x").pathname] = name;
  }
  Deno.writeTextFileSync(join(folder, "files.json"), JSON.stringify(names));
  return folder;
}
