/** Domains and settings: what is broken, hostile, forbidden or gone, by mouse, by keys and without scripts. */

import type { Page } from "playwright-core";
import { currentScripts, KeyStore, type Scope } from "../../server/mod.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { statusOf, type TestServer, withServer } from "../support/server.ts";
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

/** Signs in at the page that asks for a key. */
async function signIn({ page }: Visit, key: string, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForURL(/\/sign-in/);
  await page.getByLabel("Key").fill(key);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === new URL(path, url).pathname);
}

/** Comes with the session of a key. */
async function comeWith({ page, base }: Visit, key: string, path: string): Promise<void> {
  await page.request.post("/api/session", { data: { key }, headers: { origin: base } });
  await page.goto(path);
}

Deno.test("settings", async (t) => {
  const listen = { scripts: await currentScripts() };
  const config = {
    providers: { mine: { base_url: "http://127.0.0.1:9/v1", api_key_env: "LLM_SIM_TEST_NO_SUCH_KEY", model: "big" } },
    budget: { max_cost_usd: 20 },
    api_keys: [{ name: HOSTILE.slice(0, 90), key_hash: `sha256:${"0".repeat(64)}`, scopes: ["read"] }],
  };
  const keys: { [scope in Scope]?: string } = {};
  let store!: KeyStore;
  let passing!: ReturnType<KeyStore["create"]>;
  // All before the server starts: it looks for new ones twice a second only.
  const before = (_: unknown, folder: string) => {
    store = new KeyStore(`${folder}/output`);
    passing = store.create("for a while", ["admin"]);
    for (const scope of ["read", "admin"] as const) keys[scope] = store.create(`the ${scope}`, [scope]).key;
  };
  await withServer({ listen, config, before }, async (server) => {
    const inWindow = windowsOf(t, server);

    await inWindow("an admin signs in, makes a key that is shown once, and revokes it, by keys", async (visit) => {
      const { page, app } = visit;
      await signIn(visit, keys.admin!, "/settings");
      await islandsReady(page);
      await page.getByText(/^\d[\d.]* k?B in \d+ files/).waitFor();
      await fits(page, "settings_1440_light");
      assertEquals(await page.locator("main img, main script").count(), 0);

      await page.getByLabel("Name").focus();
      await page.keyboard.type("the pipeline");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.keyboard.press("Enter");
      const shown = page.getByLabel("The key of the pipeline");
      await shown.waitFor();
      const key = await shown.inputValue();
      assertMatches(key, /^llmsim_[a-z2-7]{10}_[a-z2-7]{40}$/);
      await soonTrue(
        () => page.locator(".notice").evaluate((it) => it.matches(":focus")),
        "who listens hears it first",
      );
      await screenshot(page, "settings_new_key_1440_light");
      const may = () => statusOf(server.fetch("/api/nothing", { headers: { authorization: `Bearer ${key}` } }));
      assertEquals(await may(), 404);

      await page.goto("/settings");
      await islandsReady(page);
      assertEquals((await page.content()).includes(key.split("_")[2]!), false);
      const line = page.getByRole("listitem").filter({ hasText: "the pipeline" });
      await line.getByText("may read, run").waitFor();
      await line.getByText("Revoke…").focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("The key is revoked").waitFor();
      assertEquals(await may(), 401);
      await page.getByText("1 revoked key").waitFor();
      assertEquals(
        await page.getByRole("listitem").filter({ hasText: "the one you use" }).getByText("Revoke…").count(),
        0,
      );

      await page.getByLabel("Runs at once").fill("3");
      await page.keyboard.press("Enter");
      await page.getByText("Changed, until the server stops.").waitFor();
      assertEquals(app.maxConcurrent, 3);
      await page.getByLabel("Name").fill("the admin");
      await page.getByRole("button", { name: "Make key" }).click();
      await page.getByRole("alert").getByText("there is a key 'the admin' already").waitFor();
      expectErrors(visit, /409/);
    });

    await inWindow("themes are chosen by mouse and by keys; the switch above knows", async (visit) => {
      const { page } = visit;
      await comeWith(visit, keys.read!, "/settings");
      await islandsReady(page);
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? "auto");
      await page.getByRole("radio", { name: "dark" }).click();
      await soonEquals(theme, "dark");
      await page.getByRole("button", { name: /^Theme: dark/ }).waitFor();
      await page.keyboard.press("ArrowLeft");
      await soonEquals(theme, "light");
      await page.reload();
      await islandsReady(page);
      assertEquals(await page.getByRole("radio", { name: "light" }).isChecked(), true);
      await page.getByRole("button", { name: /^Theme: light/ }).click();
      await soonTrue(() => page.getByRole("radio", { name: "dark" }).isChecked());
    });

    await inWindow(
      "who may only read is offered nothing else; a provider without a key says what to do",
      async (visit) => {
        const { page } = visit;
        await comeWith(visit, keys.read!, "/settings");
        const provider = page.locator('[data-provider="mine"]');
        await provider.getByText("not usable").waitFor();
        await provider.getByText("Set LLM_SIM_TEST_NO_SUCH_KEY where the server runs, and start it again.").waitFor();
        const main = page.getByRole("main");
        await main.getByText("may read.").waitFor();
        assertEquals(await main.locator("button:visible, input:visible").allTextContents(), ["", "", "", "Sign out"]);
        assertEquals(/the admin|Output folder|llmsim_/.test((await main.textContent())!), false);
        await fits(page, "settings_390_dark");
        const answer = await page.request.post("/settings", {
          form: { action: "create", name: "mine", may_admin: "on" },
          headers: { origin: visit.base },
        });
        assertEquals(answer.status(), 403);
        await page.goto("/domains/economic");
        await page.getByRole("heading", { name: "Agents" }).waitFor();
        assertEquals(await page.getByRole("button", { name: /^(Run|New notebook)/ }).count(), 0);
      },
      PHONE,
    );

    await inWindow("a key that is revoked while the page is open opens nothing more", async (visit) => {
      const { page } = visit;
      const { key, kept } = passing;
      await comeWith(visit, key, "/settings");
      await islandsReady(page);
      store.revoke(kept.id);
      await soonEquals(
        () => statusOf(server.fetch("/api/keys", { headers: { authorization: `Bearer ${key}` } })),
        401,
      );
      await page.getByLabel("Name").fill("too late");
      await page.getByRole("button", { name: "Make key" }).click();
      await page.waitForURL(/\/sign-in\?next=%2Fsettings/);
      assertEquals(store.list().some(({ name }) => name === "too late"), false);
      expectErrors(visit, /401/);
    });

    await inWindow("without scripts all of it works", async (visit) => {
      const { page, app } = visit;
      await signIn(visit, keys.admin!, "/settings");
      await page.getByRole("radio", { name: "dark" }).check();
      await page.getByRole("button", { name: "Save theme" }).click();
      await page.waitForURL(/\/settings$/);
      assertEquals(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
      await page.getByLabel("Runs at once").fill("4");
      await page.getByRole("button", { name: "Change", exact: true }).click();
      await page.getByText("Changed, until the server stops.").waitFor();
      assertEquals(app.maxConcurrent, 4);
      await page.getByLabel("Name").fill("plain");
      await page.getByRole("button", { name: "Make key" }).click();
      assertMatches(await page.getByLabel("The key of plain").inputValue(), /^llmsim_/);
      await page.locator('[aria-label="Revoke plain…"]').click();
      await page.getByRole("button", { name: "Revoke plain" }).click();
      await page.getByText("The key is revoked").waitFor();
    }, { javaScript: false });
  });
});

Deno.test("a server that asks for no key says how it would, and offers no keys", async () => {
  await withServer({ listen: { scripts: await currentScripts() } }, async ({ fetch }) => {
    const text = await (await fetch("/settings", { headers: { accept: "text/html" } })).text();
    assertMatches(text, /asks for no key.*deno task keys create NAME --scopes admin/s);
    assertEquals(text.includes("Make key"), false);
    const made = await fetch("/api/keys", {
      method: "POST",
      body: JSON.stringify({ name: "a", scopes: ["read"] }),
      headers: { "content-type": "application/json" },
    });
    assertEquals([made.status, (await made.json()).code], [409, "no_keys"]);
  });
});
