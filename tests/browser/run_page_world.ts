/** Runs and windows of the tests of a run's page. */

import { assertEquals } from "../support/assert.ts";
import { axeViolations, islandsReady, screenshot, type Visit } from "./browser.ts";

/** A word that would do harm as markup. */
export const HOSTILE = `<img src=x onerror="document.title='hacked'">`;
/** A run of five turns, two agents. */
export const QUICK = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));

/** A market of so many traders. */
export function market(
  { turns, name = "Ann", traders = null, pause = 0 }: {
    readonly turns: number;
    readonly name?: string;
    readonly traders?: number | null;
    readonly pause?: number;
  },
): string {
  return `domain: market
simulation: { name: market, max_turns: ${turns}, checkpoint_interval: 4 }
engine: { type: exchange }
validator: { type: always_valid }
agents:
  - ${JSON.stringify({ name, type: "trader", ...(traders && { count: traders }), config: { pause_ms: pause } })}
state_variables:
  agent_vars: { coins: { type: float, default: 10, description: coins } }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }
`;
}

/** A market that goes on until it is cancelled, without keeping a core or a disk busy. */
export function endless(name: string): string {
  return market({ turns: 1_000_000, pause: 20 }).replace("name: market", `name: ${name}`)
    .replace(", checkpoint_interval: 4", "");
}

/** A run of a scenario's text, when it stands still. */
export async function played({ app }: Pick<Visit, "app">, text: string, more: object = {}): Promise<string> {
  const { run_id } = await app.start({ text, ...more });
  await app.wait(run_id);
  return run_id;
}

/** Opens a page, alive. */
export async function open(
  { page, base }: Pick<Visit, "page" | "base">,
  path: string,
): Promise<void> {
  await page.goto(base + path);
  await islandsReady(page);
}

/** Looks at the page for everybody, and pictures it. */
export async function fits({ page }: Visit, name: string): Promise<void> {
  assertEquals(await axeViolations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  await screenshot(page, name);
}

/** Takes out the errors that a test expects. */
export function expected(errors: string[], words: string): void {
  errors.splice(0, errors.length, ...errors.filter((error) => !error.includes(words)));
}
