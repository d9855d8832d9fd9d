/** Domains and settings: what is broken, hostile, forbidden or gone, by mouse, by keys and without scripts. */

import type { Page } from "playwright-core";
import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { axeViolations, islandsReady, screenshot, type Visit, type VisitOptions, withWindow } from "./browser.ts";
import { soonEquals, soonTrue } from "./soon.ts";

const HOSTILE = `<img src=x onerror="document.title='hacked'"></script><script>document.title='hacked'</script>`;
const PHONE = { viewport: { width: 390, height: 844 }, touch: true, colorScheme: "dark" } as const;

/** A domain as its author writes it. */
function domain(name: string, { first = "", docs = "A world in which nothing happens." } = {}): string {
  return `import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
import { z } from "zod";
${first}
const docs = ${JSON.stringify(docs)};
class IdleAgent extends BaseAgent {
  static description = docs;
  static config = z.strictObject({
    pace: z.number().min(0).max(9).default(2).describe("how quick it is, cells; 0: it rests"),
    [docs]: z.enum([docs, "b"]).default(docs).describe(docs + "${"x".repeat(2000)}"),
  });
  decideAction() { return null; }
}
class StillEngine extends BaseEngine { static description = docs; applyActions(state) { return state; } }
class AlwaysValidValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({ name: "${name}", description: docs, agents: [IdleAgent], engines: [StillEngine],
  validators: [AlwaysValidValidator], templates: { [docs]: docs } });
`;
}

const SOURCES = {
  throwing: domain("throwing", { first: `throw new Error("the world is not ready");` }),
  hostile: domain("hostile", { docs: HOSTILE }),
  // Longer than any page waits.
  slow: domain("slow", { first: "await new Promise((done) => setTimeout(done, 1500));" }),
};

async function open({ page }: Visit, path: string): Promise<void> {
  await page.goto(path);
  await islandsReady(page);
}

/** Axe finds nothing, and nothing is wider than the window. */
async function fits(page: Page, name: string): Promise<void> {
  assertEquals(await axeViolations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  await screenshot(page, name);
}

const line = (page: Page, name: string) =>
  page.locator(".domain-line").filter({ has: page.getByRole("link", { name, exact: true }) });
const status = (page: Page, name: string) => line(page, name).locator(".badge").getAttribute("data-status");

/** Takes out what the browser says of requests that were to fail. */
function expectErrors({ errors }: Visit, pattern: RegExp): void {
  errors.splice(0, errors.length, ...errors.filter((error) => !pattern.test(error)));
}

function windowsOf(t: Deno.TestContext, server: TestServer) {
  return (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
    t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));
}

Deno.test("domains", async (t) => {
  const listen = { scripts: await currentScripts() };
  await withServer({ listen, sources: SOURCES }, async (server) => {
    const inWindow = windowsOf(t, server);

    await inWindow(
      "one that takes long is being checked, and comes by itself; others do not wait for it",
      async (visit) => {
        const { page } = visit;
        const first = await (await server.fetch("/domains", { headers: { accept: "text/html" } })).text();
        assertMatches(first, /data-status="checking"/);
        await open(visit, "/domains");
        await soonEquals(() => status(page, "slow"), "valid");
        assertEquals(await status(page, "economic"), "valid");
        assertEquals(await status(page, "throwing"), "broken");
        await fits(page, "domains_1440_light");
      },
    );

    await inWindow("a broken one says why and what to do; mended, it is valid after Check again", async (visit) => {
      const { page, folder } = visit;
      await open(visit, "/domains");
      const broken = line(page, "throwing");
      await broken.getByText("the world is not ready").waitFor();
      await broken.getByText(/What to try: .*throwing\/mod\.ts/).waitFor();
      await line(page, "throwing").getByRole("link").click();
      await page.getByRole("heading", { level: 1, name: "throwing" }).waitFor();
      await page.getByRole("main").getByText("the world is not ready").waitFor();
      await fits(page, "domain_broken_1440_light");
      await islandsReady(page);
      await page.getByRole("link", { name: "All domains" }).last().click();
      await page.waitForURL(/\/domains$/);
      await islandsReady(page);

      await page.route("**/api/repos", (route) => route.abort());
      await page.getByRole("button", { name: "Check again" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("the server does not answer").waitFor();
      await page.unroute("**/api/repos");
      expectErrors(visit, /net::ERR_FAILED/);

      await Deno.writeTextFile(`${folder}/domains/throwing/mod.ts`, domain("throwing"));
      await page.getByRole("button", { name: "Check again" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText(/^Checked: 9 domains\.$/).waitFor();
      assertEquals(await status(page, "throwing"), "valid");
      await soonTrue(() => page.getByRole("button", { name: "Check again" }).evaluate((it) => it.matches(":focus")));
      assertEquals(new URL(page.url()).hash, "");
    });

    await inWindow(
      "components unfold by keys, with docs, default, range and unit; a scenario starts",
      async (visit) => {
        const { page, app } = visit;
        await open(visit, "/domains/economic");
        await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Engines" }).click();
        const box = page.locator("#engines-market");
        await box.locator("summary").focus();
        await page.keyboard.press("Enter");
        const parameter = box.locator(".parameter").filter({ hasText: "neutral_rate" });
        await parameter.waitFor();
        await soonEquals(
          async () => (await parameter.innerText()).split(/\s*\n\s*/).filter((text) => text !== ""),
          [
            "neutral_rate",
            "number",
            "real rate at which demand neither rises nor falls",
            "default 1",
            "range −5 to 10",
            "unit % per year",
          ],
        );
        await fits(page, "domain_1440_light");
        await page.getByRole("button", { name: "Run quick_test.yaml" }).focus();
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/runs\/quick_test|\/runs\/\w+/);
        await app.wait(decodeURIComponent(new URL(page.url()).pathname.replace("/runs/", "")));
      },
    );

    await inWindow("whatever a domain's code says of itself is text", async (visit) => {
      const { page } = visit;
      await open(visit, "/domains/hostile");
      await page.locator("main details").evaluateAll((all) => {
        for (const each of all) (each as HTMLDetailsElement).open = true;
      });
      await page.locator(".parameter").first().waitFor();
      assertEquals(await page.locator("main img, main script").count(), 0);
      assertEquals(await page.title(), "hostile, domain · llm-sim");
      await fits(page, "domain_hostile_390_dark");
    }, PHONE);

    await inWindow("on a telephone all of it fits", async (visit) => {
      for (const [path, name] of [["/domains", "domains"], ["/domains/economic", "domain"]] as const) {
        await open(visit, path);
        await fits(visit.page, `${name}_390_dark`);
      }
    }, PHONE);

    await inWindow("without scripts a form checks again, and leads back", async (visit) => {
      const { page, folder } = visit;
      await page.goto("/domains/slow");
      await page.getByRole("heading", { level: 1, name: "slow" }).waitFor();
      await Deno.writeTextFile(`${folder}/domains/slow/mod.ts`, `throw new Error("it is gone");`);
      await page.getByRole("button", { name: "Check again" }).click();
      await page.getByText("it is gone").waitFor();
      assertEquals(new URL(page.url()).pathname, "/domains/slow");
      assertEquals(await page.getByRole("button", { name: /^Run / }).count(), 0);
    }, { javaScript: false });
  });
});
