/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Islands in a real browser, under the policy that all pages have. */

import { signal } from "@preact/signals";
import { removeFolder } from "../support/folders.ts";
import { join } from "node:path";
import type { PageProps, RouteManifest } from "../../server/mod.ts";
import { Scripts } from "../../server/mod.ts";
import { bundle } from "../../server/bundle.ts";
import { ROOT } from "../../runner/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { axeViolations, islandsReady, withPage } from "./browser.ts";
import * as board from "./islands/board.tsx";
import * as broken from "./islands/broken.tsx";
import * as counter from "./islands/counter.tsx";
import { soonEquals } from "./soon.ts";

const HOSTILE = `</script><script>alert("1")</script> 'single' "double" & <b> __proto__`;

/** Two islands that share a signal, one that does not, one with another inside. */
function Shared() {
  const count = signal(1);
  return (
    <main>
      <h1>Islands</h1>
      <counter.default count={count} label="first" />
      <counter.default count={count} label="second" />
      <counter.Twice count={count} />
      <counter.default count={signal(5)} label="other" />
      <board.default title={HOSTILE} since={new Date(Date.UTC(1998, 3, 1))} />
    </main>
  );
}

/** One that no browser can start, and one that every browser can. */
function Partly() {
  return (
    <main>
      <broken.default />
      <counter.default count={signal(5)} label="other" />
    </main>
  );
}

const routes: RouteManifest = {
  routes: {
    "/index.tsx": { default: Shared, title: "Islands" },
    "/broken.tsx": { default: Partly },
    "/plain.tsx": { default: ({ context }: PageProps) => <main>{context.url.pathname}</main> },
  },
  islands: { "/board.tsx": board, "/broken.tsx": broken, "/counter.tsx": counter },
  statics: { "/icon.svg": new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>") },
};

/** The fixture's scripts, built once. */
let scripts: Scripts | null = null;
const out = `output/.test-islands-${crypto.randomUUID()}`;

Deno.test.beforeAll(async () => {
  await bundle({ islands: "tests/browser/islands", out });
  scripts = await Scripts.read(join(ROOT, out));
});
Deno.test.afterAll(() => removeFolder(join(ROOT, out)));

Deno.test("islands come to life under the policy, those that share a signal share it, and so do those inside islands", async () => {
  await withPage(async ({ page, base }) => {
    const answer = await page.goto(base);
    const policy = answer!.headers()["content-security-policy"]!;
    assertTrue(/script-src 'nonce-[^' ]+'; /.test(policy), policy);
    await islandsReady(page);
    await page.getByText("second is alive").waitFor();
    const values = () => page.locator("output, strong").allTextContents();
    await soonEquals(() => values(), ["1", "1", "2", "5", "10"]);
    await page.getByRole("button").nth(0).click();
    await page.getByRole("button").nth(1).click();
    await page.getByRole("button").nth(3).click();
    await soonEquals(() => values(), ["3", "3", "6", "5", "11"]);
    await soonEquals(() => page.locator("h2").textContent(), HOSTILE);
    await soonEquals(() => page.locator("time").textContent(), "1998");
    await soonEquals(() => page.locator("fresh-island fresh-island").count(), 0);
    await soonEquals(
      () => page.locator("output").first().evaluate((it) => getComputedStyle(it).color),
      "rgb(0, 128, 0)",
    );
    const ids = await page.locator("output").evaluateAll((all) => all.map(({ id }) => id));
    assertEquals(new Set(ids).size, 4, `every label has its own output: ${ids}`);
    assertEquals(await axeViolations(page), []);
  }, { routes, scripts });
});

Deno.test("without JavaScript the page reads the same, without the islands' scripts nothing is missing but their life", async () => {
  const texts: string[] = [];
  for (const options of [{ javaScript: false, scripts }, { scripts: null }]) {
    await withPage(async ({ page, base }) => {
      await page.goto(base);
      texts.push(await page.locator("main").innerText());
      await soonEquals(() => page.locator("output").allTextContents(), ["1", "1", "5", "10"]);
    }, { routes, ...options });
  }
  assertTrue(texts[0]!.includes(HOSTILE));
  assertEquals(texts[0], texts[1]);
});

Deno.test("a page without islands loads no script", async () => {
  await withPage(async ({ page, base }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${base}/plain`);
    await soonEquals(() => page.locator("script").count(), 0);
    assertEquals(asked.filter((path) => path.startsWith("/islands/")), []);
  }, { routes, scripts });
});

Deno.test("a script that is put into the page does not run, whatever its nonce", async () => {
  await withPage(async ({ page, base, errors }) => {
    await page.goto(base);
    await islandsReady(page);
    await page.evaluate(() => {
      for (const nonce of [undefined, "guessed"]) {
        const script = document.createElement("script");
        if (nonce !== undefined) script.nonce = nonce;
        script.textContent = "document.title = 'taken over'";
        document.body.append(script);
      }
    });
    await soonEquals(() => page.title(), "Islands · llm-sim");
    assertEquals(errors.splice(0).filter((text) => /Content Security Policy/.test(text)).length, 2);
  }, { routes, scripts });
});

Deno.test("an island that cannot be started stays as it was drawn, says so, and the others live", async () => {
  await withPage(async ({ page, base, errors }) => {
    await page.goto(`${base}/broken`);
    await page.locator("fresh-island[data-failed]").getByText("as it was drawn").waitFor();
    await page.getByRole("button").click();
    await soonEquals(() => page.locator("output").allTextContents(), ["6"]);
    assertTrue(errors.splice(0).some((text) => /the island broken could not be started: Error: not here/.test(text)));
  }, { routes, scripts });
});
