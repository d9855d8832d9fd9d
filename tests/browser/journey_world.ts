/** What the journeys through a notebook have in common: the world that is simulated, the page, and the file that comes of it. */

import type { Locator, Page } from "playwright-core";
import { assertEquals } from "../support/assert.ts";
import { islandsReady, screenshot, type Visit, withPage } from "./browser.ts";
import { cellOf, NotebookOnDisk } from "./notebook_world.ts";
import { eventually, soonEquals, soonMatches, soonTrue } from "./soon.ts";

/** Sources of cells as they are typed. A turn takes 70 ms: a run can be seen and stopped, also where much else is done. */
export const BODIES = {
  input: "type: range\nmin: 0\nmax: 1\nstep: 0.1\nvalue: 0.5\nlabel: Demand",
  scenario: `domain: market
simulation: { name: market, max_turns: 60 }
engine: { type: exchange, demand: "\${shock}" }
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, config: { pause_ms: 70 } }
state_variables:
  agent_vars:
    coins: { type: float, default: 10, description: coins }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }`,
  run: "scenario: crisis\nseed: 1\nwatch: [price, stock]",
  chart: "data: base\nmark: line\nx: turn\ny: price",
  compare: "of: [base, base_fork]\nmetrics: [price, stock]",
  batch: `scenario: crisis
grid:
  demand: { path: engine.demand, values: [0.2, 0.8] }
seeds: 1..2
set: { simulation.max_turns: 20 }
limits: { parallel: 2 }`,
  table: "SELECT demand, count(*) AS runs, avg(final_price) AS price\nFROM sweep GROUP BY demand ORDER BY demand",
} as const;

/** What the fork of the run is made to differ in. */
export const DIFFERENCE = "\nset: { engine.demand: 0.9 }";

/** The file that all of it comes to. @param turn of the run after which it was forked */
export function fileOf(turn: number, price: string): string {
  const cell = (info: string, body: string) => `\n\`\`\`${info}\n${body}\n\`\`\`\n`;
  const fork = (kind: string, parent: string, at: number, example: string, more: string) =>
    `from: { ${kind}: ${parent}, turn: ${at} }\n# What is to differ from turn ${
      at + 1
    } on, for example:\n# ${example}${more}`;
  return `---\nnotebook: 1\ntitle: "Untitled"\n---\n\n# Untitled\n${cell("yaml input #shock", BODIES.input)}${
    cell("yaml scenario #crisis", BODIES.scenario)
  }${cell("yaml run #base", BODIES.run)}${
    cell(
      "yaml run #base_fork",
      fork("run", "base", turn, `state: { global.price: ${price} }`, `${DIFFERENCE}\nwatch: [price, stock]`),
    )
  }${cell("yaml chart", BODIES.chart)}${cell("yaml compare #effect", BODIES.compare)}${
    cell("yaml batch #sweep", BODIES.batch)
  }${cell("sql table #by_demand", BODIES.table)}${
    cell("yaml conversation #support", "scenario: scenarios/conversation/plan_refine_offline.yaml\nmax_turns: 4")
  }${
    cell(
      "yaml conversation #support_fork",
      fork("conversation", "support", 2, "set: { conversation.agent: { adapter: rule, behaviour: forgetful } }", ""),
    )
  }`;
}

/** Runs that a journey plays: the run, its fork, four of the batch, the conversation, its fork, and the new judgement. */
export const RUNS_PLAYED = 9;

/** A page that is made on the way. */
export class Journey {
  readonly page: Page;
  readonly visit: Visit;

  constructor(visit: Visit) {
    this.visit = visit;
    this.page = visit.page;
  }

  /** The file, once it was made. */
  get file(): NotebookOnDisk {
    return new NotebookOnDisk(this.visit.folder, "untitled.md");
  }

  cell(label: string): Locator {
    return cellOf(this.page, label);
  }

  /** Takes a picture of what is seen, where pictures are wanted. */
  async picture(name: string): Promise<void> {
    await screenshot(this.page, `journey_${name}`);
  }

  /** The turn that a run's cell tells of. */
  async turn(label: string): Promise<number> {
    const told = await this.cell(label).locator(".facts-line").getByText(/^turn \d+ of \d+$/).textContent();
    return Number(/\d+/.exec(told!)![0]);
  }

  /** Points of the first line that a cell draws. */
  async points(label: string): Promise<number> {
    const path = await this.cell(label).locator('.chart-picture [aria-label="line"] path').first().getAttribute("d");
    return path!.split(/[LM]/).length - 1;
  }

  /** Resolves when the run is played, its counter moves, and its line grows with it. */
  async moves(label: string): Promise<void> {
    await this.cell(label).locator('.badge[data-status="running"]').waitFor();
    await eventually(async () => await this.turn(label) >= 2);
    const [turn, points] = [await this.turn(label), await this.points(label)];
    await eventually(async () => await this.turn(label) > turn && await this.points(label) > points);
  }

  /** Resolves when a cell's output tells of this status. */
  async stands(label: string, status: string): Promise<void> {
    await this.cell(label).locator(`.badge[data-status="${status}"]`).first().waitFor();
  }

  /** What the batch shows while it is played, and when it is over. */
  async sweepIsPlayed(): Promise<void> {
    const sweep = this.cell("batch sweep");
    await sweep.getByRole("progressbar", { name: "runs at their end" }).waitFor();
    await sweep.getByText(/^about .+ left$/).waitFor();
    await this.picture("sweep");
    await sweep.getByText("4 of 4 done").waitFor();
    await soonEquals(() => sweep.locator(".square").count(), 4);
    await soonEquals(() => sweep.locator(".cell-table tbody th").allTextContents(), ["demand=0.2", "demand=0.8"]);
  }

  /** What the comparison concludes. @param turn after which was forked */
  async comparisonTells(turn: number): Promise<void> {
    const effect = this.cell("compare effect");
    await effect.getByText(`base and base_fork part in turn ${turn + 1}`).waitFor();
    await effect.getByRole("heading", { name: `They part in turn ${turn + 1}` }).waitFor();
    await soonMatches(async () => (await effect.locator(".sentence").textContent())!, /a controlled what-if/);
    await soonEquals(() => effect.getByRole("rowheader").first().textContent(), "engine.demand");
    await effect.locator(".chart-picture svg").first().waitFor();
  }

  /** The table has what the sweep has come to. */
  async tableTells(): Promise<void> {
    const rows = this.cell("table by_demand").getByRole("row");
    await rows.nth(2).waitFor();
    await soonEquals(async () => (await rows.nth(1).getByRole("cell").allTextContents()).slice(0, 2), ["0.2", "2"]);
  }

  /** Verdicts of the conversation, in the order of its turns. */
  async verdicts(label: string): Promise<(string | null)[]> {
    return await this.cell(label).locator(".verdict .badge").evaluateAll((all) =>
      all.map((badge) => badge.getAttribute("data-status"))
    );
  }

  /** Nothing was played twice, and the page's file says what was meant. */
  async ends(turn: number): Promise<void> {
    const { server } = this.visit;
    const started = (await (await server.fetch("/api/simulations?limit=100")).json()).length;
    assertEquals(started, RUNS_PLAYED);
    const text = await this.file.read();
    const price = /global\.price: ([\d.]+)/.exec(text)![1]!;
    await this.file.becomes(fileOf(turn, price));
    // As it was left, on a page that is opened anew: everything is found, nothing is stale.
    await this.page.goto(`${this.visit.base}/notebooks/untitled.md`);
    await islandsReady(this.page);
    await soonEquals(() => this.page.locator('article[data-tone="stale"], article[data-tone="error"]').count(), 0);
    await soonTrue(() => this.cell("run base,").locator(".chart-picture svg").first().isVisible());
  }
}

/** Opens `/` of an empty server. */
export async function withJourney(body: (journey: Journey) => Promise<void>): Promise<void> {
  await withPage(async (visit) => {
    const journey = new Journey(visit);
    await visit.page.goto(visit.base);
    await islandsReady(visit.page);
    await body(journey);
  }, { fixtures: ["market"], viewport: { width: 1280, height: 900 } });
}
