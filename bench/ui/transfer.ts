/** What a notebook's page of 20 cells has browsers load. */

import type { Browser, Page } from "playwright-core";
import { spread } from "../harness.ts";
import { type Row, row } from "../report.ts";
import { onlyGzip, ready, scriptBytes, withWindow } from "./browser.ts";
import type { Site } from "./site.ts";

/** The notebooks that are opened: one on which nothing is drawn, one with charts. */
export interface TransferPages {
  readonly plain: string;
  readonly charts: string;
}

/** Kilobytes of scripts, compressed by gzip, and how many files they come in. */
export async function transferRows(browser: Browser, site: Site, pages: TransferPages): Promise<Row[]> {
  const plain = await loaded(browser, site, pages.plain, async () => {});
  const charts = await loaded(browser, site, pages.charts, (page) => drawn(page));
  const editing = async (page: Page, cell: string) => {
    await drawn(page);
    await page.locator(cell).first().press("Enter");
    await page.locator(".cm-content").waitFor();
  };
  const yaml = await loaded(browser, site, pages.charts, (page) => editing(page, ".cell-input"));
  const markdown = await loaded(browser, site, pages.charts, (page) => editing(page, ".cell-prose"));
  return [
    size("before an editor or chart", plain.bytes, 200),
    size("with charts", charts.bytes, 300),
    size("an editor of YAML more", yaml.bytes - charts.bytes, 230),
    size("an editor of prose more", markdown.bytes - charts.bytes, 230),
    files("before an editor or chart", plain.files),
    size("HTML", plain.html, null),
  ];
}

async function loaded(browser: Browser, site: Site, name: string, act: (page: Page) => Promise<void>) {
  return await withWindow(browser, async (page) => {
    await onlyGzip(page);
    await page.goto(`${site.url}/notebooks/${name}`);
    await ready(page);
    await act(page);
    await page.waitForLoadState("networkidle");
    const html = await page.evaluate(() =>
      (performance.getEntriesByType("navigation")[0] as PerformanceResourceTiming).encodedBodySize
    );
    return { ...await scriptBytes(page), html };
  });
}

async function drawn(page: Page): Promise<void> {
  await page.locator(".chart-picture svg").first().waitFor();
}

function size(features: string, bytes: number, limit: number | null): Row {
  return row({
    ...{ name: features === "HTML" ? "page, 20 cells" : "scripts, 20 cells", features, n: null, unit: "kB" },
    ...{ value: spread([bytes / 1000]), ratio: null, ratio_to: null },
    ...(limit !== null && { budget: { of: "value", at: "most", limit } }),
  });
}

function files(features: string, count: number): Row {
  const value = spread([count]);
  return row({ name: "scripts, 20 cells", features, n: null, unit: "files", value, ratio: null, ratio_to: null });
}
