/** What `/metrics` says, as numbers. */

import { assertEquals, assertTrue } from "./assert.ts";
import type { TestServer } from "./server.ts";

/** One line of every kind that the format has; what it does not match is no exposition format. */
const LINE = /^(?:# (?:HELP|TYPE) [a-z_]+ .+|([a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})?) (-?[\d.e+-]+|NaN))$/;

/** Values by name and labels as they stand in the text: `llm_sim_runs{status="running"}`. */
export type Scraped = Readonly<Record<string, number>>;

/** Scrapes a server. Fails when a line is not in the format or a series is told twice. */
export async function scraped(server: Pick<TestServer, "fetch">): Promise<Scraped> {
  const answer = await server.fetch("/metrics");
  const text = await answer.text();
  assertEquals(answer.status, 200, text);
  assertEquals(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const values: Record<string, number> = {};
  for (const line of text.trimEnd().split("\n")) {
    const parsed = LINE.exec(line);
    assertTrue(parsed, `not a line of metrics: ${line}`);
    const [, series, value] = parsed;
    if (series === undefined) continue;
    assertTrue(!(series in values), `told twice: ${series}`);
    values[series] = Number(value);
  }
  return values;
}
