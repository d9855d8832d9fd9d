// deno-lint-ignore-file no-console
/**
 * `deno task screenshots [FOLDER] [--only NAME,NAME] [--tall PIXELS]`: pictures of the pages in every state, at three widths
 * and in both themes, of a real server with real runs. Default folder: `docs/screenshots`. `--tall`: in windows of
 * that many pixels.
 */

import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { ROOT } from "../runner/mod.ts";
import { currentScripts } from "../server/mod.ts";
import { environmentOf, findChromium } from "../tests/browser/chromium.ts";
import { type TestServer, withServer } from "../tests/support/server.ts";
import { startModels } from "./screenshots/models.ts";
import { BATCH_ANSWERS, EMPTY, FAILED, RUN_ANSWERS, SHARED, TRADE_WAR } from "./screenshots/pages.ts";

/** Windows in which every state is pictured. */
const WINDOWS = [
  { width: 1440, height: 810 },
  { width: 1024, height: 810 },
  { width: 390, height: 844 },
] as const;
const THEMES = ["light", "dark"] as const;
/** Milliseconds after which what does not come is missed: models, and machines that have much to do. */
const PATIENCE = 120_000;

const { values: options, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { only: { type: "string" }, tall: { type: "string" } },
});
const folder = positionals[0] ?? `${ROOT}/docs/screenshots`;
const only = options.only?.split(",");

/** A state of the pages. The last is that of the server when it is pictured: the order counts. */
interface Scene {
  readonly name: string;
  /** Pixels of the widest window, where it is to show more. */
  readonly height?: number;
  /** Brings a page there. */
  open(page: Page, server: TestServer): Promise<void>;
}

/** A domain and its scenario. */
const GROWTH = ["economic", "scenarios/growth.yaml"] as const;
/** The run of it that is pictured, when it has been played. */
let grownRun: string | undefined;

const SCENES: readonly Scene[] = [
  {
    name: "running",
    height: 960,
    async open(page, server) {
      await visit(page, server, "/notebooks/economic/trade_war.md");
      await page.getByRole("button", { name: "Run one", exact: true }).click();
      await page.getByRole("button", { name: "Run many", exact: true }).click();
      await models.held;
      await page.locator('article[aria-label^="run one"] .facts-line').getByText("turn 34 of 60").waitFor();
      await page.locator('article[aria-label^="batch many"]').getByText("7 of 16 done").waitFor();
      const work = page.getByRole("region", { name: "Running work" });
      await work.getByText("7/16").waitFor();
      await work.getByText("34/60").waitFor();
      await page.locator("#one .chart-picture svg").first().waitFor();
      await lookAt(page, "#one", 16);
    },
  },
  { name: "home", open: (page, server) => visit(page, server, "/") },
  {
    name: "palette",
    async open(page, server) {
      await visit(page, server, "/notebooks/economic/trade_war.md");
      await page.keyboard.press("Control+k");
      await page.keyboard.type("eco");
      await page.locator(".palette-entry").first().waitFor();
    },
  },
  {
    name: "run_map",
    height: 1000,
    async open(page, server) {
      const run = await finished(server, "ecology/coexistence.yaml", 120);
      await visit(page, server, `/runs/${run}?tab=map&turn=60`);
      await page.locator("canvas[data-turn]").waitFor();
      await lookAt(page, "#run-tab", 16);
    },
  },
  {
    name: "run_events",
    async open(page, server) {
      const run = await finished(server, "economic/trade_war.yaml", 20);
      await visit(page, server, `/runs/${run}?tab=events&turn=4`);
      await page.locator(".log-line.log-turn").nth(3).click();
      await page.getByRole("list", { name: "Caused by" }).waitFor();
      await lookAt(page, "#run-tab", 16);
    },
  },
  {
    name: "run_calls",
    async open(page, server) {
      const run = await finished(server, "social/llm_debate.yaml", 3, true);
      await visit(page, server, `/runs/${run}?tab=calls&turn=1`);
      await page.locator(".log-line").first().click();
      await page.locator(".log-panel .said").first().waitFor();
      await lookAt(page, "#run-tab", 16);
    },
  },
  { name: "runs", open: (page, server) => visit(page, server, "/runs") },
  { name: "scenarios", open: (page, server) => visit(page, server, "/scenarios") },
  { name: "scenario_new", open: (page, server) => visit(page, server, "/scenarios/new?repo=economic") },
  {
    name: "scenario",
    async open(page, server) {
      await visit(page, server, "/scenarios/economic/growth.yaml");
      await page.locator(".scenario-editor").hover();
      await page.locator(".cm-line", { hasText: "max_turns" }).click();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await page.keyboard.type("schedul");
      await page.locator(".cm-completionInfo").waitFor();
      await page.locator(".finding").waitFor();
    },
  },
  {
    name: "scenario_form",
    async open(page, server) {
      await visit(page, server, "/scenarios/economic/growth.yaml?view=form");
      await page.locator(".form-section").nth(2).waitFor();
    },
  },
  { name: "settings", open: (page, server) => visit(page, server, "/settings") },
  { name: "domains", open: (page, server) => visit(page, server, "/domains") },
  {
    name: "domain",
    async open(page, server) {
      await visit(page, server, "/domains/economic");
      await page.locator("#engines-economic summary").click();
      await lookAt(page, "#engines", 16);
    },
  },
  {
    name: "failed",
    async open(page, server) {
      await visit(page, server, "/notebooks/where_the_price_comes_from.md");
      await page.getByRole("button", { name: "Run base", exact: true }).click();
      await page.locator("#base").getByText("The run failed.").waitFor();
      await lookAt(page, "#base", 16);
    },
  },
  {
    name: "stale",
    async open(page, server) {
      await played(server, "economic/fork_at_45.md");
      await visit(page, server, "/notebooks/economic/fork_at_45.md?stimulus=0.06");
      await page.locator("#stimulated .stale-line").waitFor();
      await lookAt(page, "#stimulated", 16);
    },
  },
  {
    name: "finished",
    async open(page, server) {
      await played(server, "economic/policy_comparison.md");
      await visit(page, server, "/notebooks/economic/policy_comparison.md");
      await page.locator(".chart-picture svg").first().waitFor();
      await lookAt(page, "#effect", 16);
    },
  },
  {
    name: "batch",
    async open(page, server) {
      const { id } = await compared(server);
      await visit(page, server, `/batches/${id}`);
      await page.locator(".chart-picture svg, .squares").first().waitFor();
    },
  },
  {
    name: "compare",
    async open(page, server) {
      const { runs } = await compared(server);
      await visit(page, server, `/compare?runs=${runs.join(",")}`);
      await page.locator(".chart-picture svg").first().waitFor();
    },
  },
  {
    name: "conflict",
    async open(page, server) {
      await visit(page, server, "/notebooks/shared.md");
      const answered = page.waitForResponse((response) => response.request().method() === "PUT");
      await page.locator("#rate").focus();
      await page.keyboard.press("Enter");
      await page.locator("#rate .cm-content").waitFor();
      await Deno.writeTextFile(`${server.folder}/notebooks/shared.md`, SHARED.replace("value: 2", "value: 4"));
      await page.keyboard.press("ControlOrMeta+End");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("End");
      await page.keyboard.press("Backspace");
      await page.keyboard.type("7");
      await answered;
      await page.getByRole("region", { name: /^Conflict/ }).waitFor();
      await page.keyboard.press("Escape");
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: "empty",
    async open(page, server) {
      await visit(page, server, "/notebooks/untitled.md");
      await page.getByText("This notebook is empty").waitFor();
    },
  },
  {
    name: "run",
    async open(page, server) {
      await visit(page, server, `/runs/${await grown(server)}?turn=24`);
      await page.locator(".chart-picture svg").nth(4).waitFor();
    },
  },
  {
    name: "run_agents",
    async open(page, server) {
      await visit(page, server, `/runs/${await grown(server)}?turn=24&tab=agents&agent=Aurelia`);
      await page.locator(".agent-detail .chart-picture svg").nth(2).waitFor();
    },
  },
  {
    name: "conversations",
    async open(page, server) {
      await talked(server);
      await visit(page, server, "/conversations");
      await page.getByText("Start a conversation").click();
      await page.locator(".start-quote .price").waitFor();
    },
  },
  {
    name: "conversation",
    async open(page, server) {
      await visit(page, server, `/conversations/${await talked(server)}?turn=3`);
    },
  },
  {
    name: "judges",
    async open(page, server) {
      await talked(server);
      await visit(page, server, "/conversations/judges");
    },
  },
  {
    name: "run_interventions",
    async open(page, server) {
      const { run_id } = await server.app.start({ file: await server.app.resolveConfig(...GROWTH), mode: "step" });
      await server.app.wait(run_id);
      await server.app.intervene(run_id, { set: { "global.policy_rate": 0.02 }, note: "stimulus" });
      await visit(page, server, `/runs/${run_id}?tab=inputs`);
      await page.locator(".input-list").getByText("stimulus").waitFor();
    },
  },
];

await Deno.mkdir(folder, { recursive: true });
await using models = await startModels({ governor: RUN_ANSWERS, quick: BATCH_ANSWERS });
const config = {
  providers: { default: { base_url: models.url, model: "governor", prices: { input: 2, output: 8 } } },
};
const listen = { scripts: await currentScripts({ building: () => console.log("building the scripts of the pages…") }) };
await withServer({ fixtures: ["market"], config, listen, before: writeNotebooks }, async (server) => {
  const browser = await openBrowser();
  try {
    for (const scene of SCENES) {
      if (only === undefined || only.includes(scene.name)) await picture(browser, server, scene);
    }
  } finally {
    models.release();
    await browser.close();
  }
});
Deno.exit(0);

async function writeNotebooks(_app: unknown, place: string): Promise<void> {
  for (
    const name of ["economic/policy_comparison.md", "economic/fork_at_45.md", "climate/negotiation.md", "welcome.md"]
  ) {
    await write(name, await Deno.readTextFile(`${ROOT}/notebooks/${name}`));
  }
  await write("economic/trade_war.md", TRADE_WAR);
  await write("where_the_price_comes_from.md", FAILED);
  await write("shared.md", SHARED);
  await write("untitled.md", EMPTY);

  async function write(name: string, text: string): Promise<void> {
    const path = `${place}/notebooks/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}

/** The batch of policies that are compared, when it has been played, and a run of the first and of the last of them. */
async function compared(server: TestServer): Promise<{ readonly id: string; readonly runs: readonly string[] }> {
  await played(server, "economic/policy_comparison.md");
  for (const id of server.app.batches.ids()) {
    const rows = await server.app.batches.results(id);
    if (rows[0]!.arm !== null && rows.every(({ status }) => status === "completed")) {
      return { id, runs: [rows[0]!.run_id!, rows.at(-1)!.run_id!] };
    }
  }
  throw new Error("the batch of policies has not been played");
}

/** A conversation that has been played, one verdict of it overridden; its id. */
async function talked({ app }: TestServer): Promise<string> {
  const { run_id } = await app.conversations.start({
    file: await app.resolveConfig("conversation", "plan_refine_offline.yaml"),
  });
  await app.wait(run_id);
  await app.conversations.label(run_id, 3, {
    alignment: "unclear",
    by: "Ada",
    note: "It was not said that the task is to be deleted.",
  });
  return run_id;
}

async function openBrowser(): Promise<Browser> {
  const path = findChromium();
  if (path === null) {
    throw new Error("no Chromium is here: deno task test installs one, CHROMIUM=/path/to/it names one");
  }
  return await chromium.launch({
    executablePath: path,
    args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"],
    env: { ...Deno.env.toObject(), ...environmentOf(path) },
  });
}

/** Opens one window, brings it into the state, and takes all pictures of it there. */
async function picture(browser: Browser, server: TestServer, { name, height, open }: Scene): Promise<void> {
  const window = await browser.newContext({ viewport: { ...WINDOWS[0] }, reducedMotion: "reduce" });
  window.setDefaultTimeout(PATIENCE);
  const page = await window.newPage();
  try {
    await open(page, server);
    const seen = await page.evaluate(() => document.querySelector("[data-looked-at]")?.id ?? null);
    for (const viewport of WINDOWS) {
      const tall = options.tall ? Number(options.tall) : viewport === WINDOWS[0] ? height : undefined;
      await page.setViewportSize({ ...viewport, ...(tall !== undefined && { height: tall }) });
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        await drawn(page);
        if (seen !== null) await lookAt(page, `#${seen}`, 16);
        await drawn(page);
        const path = `${folder}/${name}_${viewport.width}_${colorScheme}.png`;
        await page.screenshot({ path, animations: "disabled", caret: "hide" });
      }
    }
    console.log(name);
  } finally {
    await window.close();
  }
}

/** Plays a scenario for so many turns. @param isRuled no model is asked @returns the run */
async function finished({ app }: TestServer, scenario: string, turns: number, isRuled = false): Promise<string> {
  const { run_id } = await app.start({
    file: `${ROOT}/scenarios/${scenario}`,
    set: [
      { path: "simulation.max_turns", value: turns, from: "a scene" },
      { path: "simulation.checkpoint_interval", value: 10, from: "a scene" },
      ...(isRuled ? [{ path: "llm.provider", value: "offline", from: "a scene" }] : []),
    ],
  });
  await app.wait(run_id);
  return run_id;
}

async function visit(page: Page, { url }: TestServer, path: string): Promise<void> {
  await page.goto(url + path);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("fresh-island[data-place]")].every((island) => island.hasAttribute("data-ready"))
  );
}

/** Has something be so far below the page's own head. */
async function lookAt(page: Page, selector: string, below: number): Promise<void> {
  await page.locator(selector).evaluate((element, below) => {
    element.setAttribute("data-looked-at", "");
    const head = document.querySelector(".notebook-head, .timeline")?.getBoundingClientRect().height ?? 0;
    const bar = document.querySelector(".bar")!.getBoundingClientRect().height;
    scrollBy(0, element.getBoundingClientRect().top - bar - head - below);
  }, below);
}

/** Resolves when charts have been drawn for the window as it is now. */
async function drawn(page: Page): Promise<void> {
  await page.waitForTimeout(350);
}

/** A run that has ended, played once for all pictures. */
async function grown({ app }: TestServer): Promise<string> {
  if (grownRun === undefined) {
    grownRun = (await app.start({ file: await app.resolveConfig(...GROWTH) })).run_id;
    await app.wait(grownRun);
  }
  return grownRun;
}

/** Plays all of a notebook. */
async function played(server: TestServer, path: string): Promise<void> {
  let view = await server.app.notebooks.run(path, { cells: "stale", ancestors: true });
  const until = performance.now() + PATIENCE;
  while (view.pieces.some((piece) => piece.kind === "cell" && /^(queued|running|blocked|stale)$/.test(piece.status))) {
    if (performance.now() > until) throw new Error(`${path} was not played in time`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    view = await server.app.notebooks.view(path, {});
  }
}
