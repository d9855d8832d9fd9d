/**
 * Group ui: pages in headless Chromium, of `serve` as users start it: what they load, how soon they are alive, how they keep
 * up with runs, with typing and with who scrubs, and how soon a server that starts shows the first one.
 */

import { ROUNDS } from "./harness.ts";
import type { Row } from "./report.ts";
import { openBrowser } from "./ui/browser.ts";
import { interactiveRows } from "./ui/interactive.ts";
import { mixedPage, plainPage } from "./ui/pages.ts";
import { runsRows } from "./ui/runs.ts";
import { firstPageRows, pageRows } from "./ui/serving.ts";
import { runPageRows } from "./ui/run_page.ts";
import { isSettled, Site } from "./ui/site.ts";
import { STREAMING_PAGE, streamingRows } from "./ui/streaming.ts";
import { transferRows } from "./ui/transfer.ts";
import { typingRows } from "./ui/typing.ts";

/** All rows; null: there is no Chromium here. */
export async function uiRows(folder: string): Promise<Row[] | null> {
  const browser = await openBrowser();
  if (browser === null) return null;
  const isSmall = Deno.env.get("BENCH_SMALL") !== undefined;
  const rounds = isSmall ? 2 : ROUNDS;
  try {
    await using site = await Site.ours(folder, {
      "plain.md": plainPage(20),
      "twenty.md": mixedPage(20, 3),
      "hundred.md": mixedPage(100, 10),
      "streaming.md": STREAMING_PAGE,
    });
    for (const name of ["plain.md", "twenty.md", "hundred.md"]) await site.play(name, isSettled);
    return [
      ...await transferRows(browser, site, { plain: "plain.md", charts: "twenty.md" }),
      ...await interactiveRows(browser, site, { name: "twenty.md", cells: 20, folder, rounds }),
      ...await interactiveRows(browser, site, { name: "hundred.md", cells: 100, folder, rounds }),
      ...await pageRows(site, [["/", "/"], ["/notebooks/twenty.md", "20 cells"], [
        "/notebooks/hundred.md",
        "100 cells",
      ]]),
      ...await typingRows(browser, site, {
        name: "hundred.md",
        cells: 100,
        keys: isSmall ? 20 : 60,
        rounds: isSmall ? 1 : 3,
      }),
      ...await streamingRows(browser, site, {
        name: "streaming.md",
        rounds: isSmall ? 1 : 3,
        seconds: isSmall ? 5 : 15,
      }),
      ...await runPageRows(browser, site, {
        rounds: isSmall ? 1 : 3,
        steps: isSmall ? 20 : 100,
        ...(isSmall && { events: 10_000 }),
      }),
      ...await runsRows(browser, folder, rounds),
      ...await firstPageRows(folder, rounds),
    ];
  } finally {
    await browser.close();
  }
}
