/** Conversations on pages of their own: started, stepped, looked back at, overridden; and what can go wrong with them. */

import type { Page } from "playwright-core";
import { manifest } from "../../routes/mod.ts";
import { openApp } from "../../runner/app.ts";
import { currentScripts, listen } from "../../server/mod.ts";
import { withFolder } from "../cli/support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { HeldAgent } from "../support/held_agent.ts";
import { LLMServer } from "../support/llm_server.ts";
import type { TestServer } from "../support/server.ts";
import { axeViolations, islandsReady, screenshot, type Visit, withPage, withWindow } from "./browser.ts";
import { eventually } from "./soon.ts";

const SCENARIO = new URL("../../scenarios/conversation/plan_refine_offline.yaml", import.meta.url).pathname;
const GROWTH = new URL("../../scenarios/economic/growth.yaml", import.meta.url).pathname;
const STREAM = "**/api/events/stream*";

/** A conversation of three turns that a rule answers. */
const section = (more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    simulation: { name: "party" },
    conversation: {
      plan: { title: "Party", tasks: [{ name: "Invite everybody" }, { name: "Cook" }] },
      user: {
        kind: "scripted",
        script: [
          { desired_action: { name: "create_task", parameters: { name: "Book a room" } } },
          { message: "I have lost my appetite.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } },
          { message: "Thank you.", desired_action: null },
        ],
      },
      agent: { adapter: "rule" },
      judge: { kind: "rules" },
      stop_on_misalignment: false,
      ...more,
    },
  });

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await islandsReady(page);
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const field = (page: Page, name: string) => page.locator(`.conversation-start [name="${name}"]`);
const turn = (page: Page, n: number) => page.getByRole("listitem", { name: `Turn ${n}`, exact: true });
const verdict = (page: Page, n: number, alignment: string) =>
  turn(page, n).locator(`.verdict .badge[data-status="${alignment}"]`);
const plan = (page: Page) => page.getByRole("complementary", { name: "The plan" });

/** @param within what axe looks at: it looks at whole pages elsewhere */
async function isForEverybody({ page }: Pick<Visit, "page">, name: string, within?: string): Promise<void> {
  if (within !== undefined) assertEquals(await axeViolations(page, within), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  await screenshot(page, name);
}

Deno.test("a conversation is priced, started, stepped, played on, looked back at, overridden and found again", async (t) => {
  await withPage(async (visit) => {
    const { page, app, server } = visit;
    let id = "";

    await t.step("the form says what it would be and cost, and what is wrong with it", async () => {
      await open(page, "/conversations");
      const quote = page.locator(".start-quote");
      await quote.getByText("1 run, free").waitFor();
      await quote.getByText("rule, perfect").waitFor();
      await field(page, "scenario").selectOption("conversation/regression.yaml");
      await field(page, "case").selectOption("only_one_task_goes");
      await quote.getByText("at most 5 turns").waitFor();
      await field(page, "agent").selectOption("http");
      await field(page, "url").fill("http://agent.invalid/chat");
      await quote.getByText(/http_allow/).first().waitFor();
      await eventually(() => button(page, "Start").isDisabled());
      // The browser tells of the refusals in its console.
      visit.errors.length = 0;
      await field(page, "agent").selectOption("rule:forgetful");
      await quote.getByText("rule, forgetful").waitFor();
      await field(page, "scenario").selectOption("conversation/plan_refine_offline.yaml");
      await field(page, "agent").selectOption("");
      await field(page, "goal").fill("Be ready in <i>spring</i>");
      await quote.getByText("Be ready in <i>spring</i>").waitFor();
      await isForEverybody(visit, "conversations_start_1280_light", ".start-box");
    });

    await t.step("it is stepped and played on, and the plan says what is covered", async () => {
      await button(page, "Start").click();
      await page.waitForURL("**/conversations/*");
      await islandsReady(page);
      id = decodeURIComponent(page.url().split("/").at(-1)!);
      await plan(page).getByText("before the first turn").waitFor();
      await plan(page).getByText("0 of 11 tasks covered").waitFor();
      await page.getByText("Goal: Be ready in <i>spring</i>").waitFor();
      await button(page, "Step").click();
      await verdict(page, 1, "aligned").waitFor();
      await plan(page).getByText("1 of 12 tasks covered").waitFor();
      await page.getByText("Turn 1: aligned").waitFor();
      await button(page, "Auto").click();
      await page.locator('.facts-line .badge[data-status="finished"]').waitFor();
      await plan(page).getByText("after turn 6").waitFor();
      await plan(page).getByText("1 asked for, not done").waitFor();
    });

    await t.step("any turn is looked back at, and the address knows it", async () => {
      await button(page, "Turn 2").click();
      await plan(page).getByText("after turn 2").waitFor();
      await plan(page).getByText("2 of 12 tasks covered").waitFor();
      assertMatches(page.url(), /\?turn=2$/);
      await open(page, page.url());
      await plan(page).getByText("after turn 2").waitFor();
      await plan(page).getByRole("button", { name: "The turn after" }).click();
      await plan(page).getByText("wanted in turn 3: delete task").waitFor();
      await plan(page).getByText("Still wanted").waitFor();
      await plan(page).getByRole("slider").focus();
      await page.keyboard.press("Home");
      await plan(page).getByText("before the first turn").waitFor();
      await page.keyboard.press("End");
      await plan(page).getByText("after turn 6").waitFor();
      await eventually(() => !page.url().includes("turn="));
    });

    await t.step("a verdict is overridden beside the judge's own, and taken back", async () => {
      const third = turn(page, 3);
      await third.getByText("Override verdict").click();
      await third.getByRole("radio", { name: "aligned", exact: true }).check();
      await third.getByLabel("Why").fill("It was <b>said</b> clearly enough.");
      await third.getByRole("button", { name: "Save verdict" }).click();
      await third.getByText("It was <b>said</b> clearly enough.").waitFor();
      await third.getByText("The judge said:").waitFor();
      const labelled = await app.conversations.get(id);
      assertEquals(labelled.turns[2]!.label?.alignment, "aligned");
      assertEquals(labelled.turns[2]!.judge?.alignment, "misaligned");
      await isForEverybody(visit, "conversation_1280_light", ".turns");
      await third.getByRole("button", { name: "Take back" }).click();
      await third.getByText("The judge said:").waitFor({ state: "detached" });
      assertEquals((await app.conversations.get(id)).turns[2]!.label, undefined);
    });

    await t.step("a turn is forked with another agent, and all are judged anew", async () => {
      const dialog = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: "Cancel" }) });
      await turn(page, 2).getByRole("button", { name: "Fork here" }).click();
      await dialog.getByRole("heading", { name: "Fork after turn 2" }).waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await turn(page, 2).getByRole("button", { name: "Fork here" }).click();
      await dialog.getByRole("combobox").first().selectOption("rule:do_nothing");
      await isForEverybody(visit, "conversation_fork_1280_light", ".branch-dialog");
      await dialog.getByRole("button", { name: "Fork", exact: true }).click();
      await page.waitForURL((url) => url.pathname.startsWith("/conversations/") && !url.pathname.endsWith(id));
      await islandsReady(page);
      await page.getByText("fork after turn 2 of").waitFor();
      // It waits, with the turns that it shares.
      await turn(page, 2).waitFor();
      await button(page, "Step").click();
      await turn(page, 3).getByText("did nothing").waitFor();
      await plan(page).getByText("after turn 3").waitFor();

      await open(page, `/conversations/${id}`);
      await button(page, "Judge anew").click();
      await dialog.getByRole("combobox").first().selectOption("rules");
      await dialog.getByRole("button", { name: "Judge anew" }).click();
      await page.waitForURL((url) => url.pathname.startsWith("/conversations/") && !url.pathname.endsWith(id));
      await page.getByText("judged anew, after").waitFor();
      await page.locator('.facts-line .badge[data-status="finished"]').waitFor();
      await verdict(page, 3, "misaligned").waitFor();
      await turn(page, 3).getByText("As the judge before.").waitFor();
    });

    await t.step("seals and downloaded files are verified, judges have a certificate", async () => {
      await open(page, `/conversations/${id}`);
      await page.getByText("Download and verify").click();
      await button(page, "Check the seals").click();
      await page.getByText("All 6 seals hold.", { exact: true }).first().waitFor();
      const file = await (await server.fetch(`/simulation/${id}/export?format=json`)).text();
      const read = async (text: string) => {
        await Deno.writeTextFile(`${visit.folder}/downloaded.json`, text);
        await page.getByLabel("Verify a downloaded JSON file").setInputFiles(`${visit.folder}/downloaded.json`);
      };
      const findings = page.getByRole("list", { name: "What was found" });
      await read(file);
      await findings.getByText("This server has the same turns with the same verdicts.").waitFor();
      await read(file.replace("Nobody will read", "Everybody will read"));
      await findings.getByText("What was said or wanted is not what was sealed: turn 3.").waitFor();
      await findings.getByText("This server has it otherwise: turn 3.").waitFor();
      await read("{}");
      await findings.getByText("This is no file of a conversation").waitFor();

      await app.conversations.label(id, 3, { alignment: "misaligned", by: "Ada" });
      await open(page, "/conversations");
      await page.getByRole("link", { name: "What judges are worth" }).click();
      await page.waitForURL("**/conversations/judges");
      await islandsReady(page);
      await page.getByRole("article", { name: "rules" }).nth(1).getByText("1 labelled turn", { exact: true }).waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download the certificate" }).click();
      const certificate = await Deno.readTextFile(await (await download).path());
      await read(certificate);
      await findings.getByText("rules, on the labelled turns: the same as here.").waitFor();
      await findings.getByText("rules, on the labelled turns: agreement and κ are those of its table").waitFor();
      await read(certificate.replace(/"n":132/, '"n":131'));
      await findings.getByText(/are not those of its table/).first().waitFor();
      await isForEverybody(visit, "judges_1280_light");
    });

    await t.step("the list follows, on a telephone too", async () => {
      await open(page, "/conversations");
      const row = page.locator(`tr[data-run="${id}"]`);
      await row.getByText("6/6").waitFor();
      const other = await app.conversations.start({ text: section() });
      const line = page.locator(`tr[data-run="${other.run_id}"]`);
      await line.getByText("3/5").waitFor();
      await line.getByText("finished").waitFor();
      await isForEverybody(visit, "conversations_1280_light");
      await app.delete(other.run_id);
      await line.waitFor({ state: "detached" });
      await withWindow(server, async (phone) => {
        for (const [name, path] of [["conversations", "/conversations"], ["conversation", `/conversations/${id}`]]) {
          await open(phone.page, path!);
          await isForEverybody(phone, `${name}_390_dark`);
        }
      }, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    });

    await t.step("all of it goes by keys alone", async () => {
      await open(page, "/conversations");
      await page.getByText("Start a conversation").focus();
      await page.keyboard.press("Enter");
      await page.locator(".start-quote").getByText("1 run").waitFor();
      await field(page, "turns").focus();
      await page.keyboard.type("2");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/conversations/*");
      await islandsReady(page);
      await button(page, "Step").focus();
      await page.keyboard.press("Enter");
      await verdict(page, 1, "aligned").waitFor();
      // Where the button is there again, so is the focus.
      await eventually(() => button(page, "Step").evaluate((each) => each === document.activeElement));
      await page.keyboard.press("Enter");
      await page.locator('.facts-line .badge[data-status="finished"]').waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("conversations");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/conversations");
    });
  });
});

Deno.test("what goes wrong with a conversation is said where it is seen", async (t) => {
  await using agent = new HeldAgent();
  const down = await freePort();
  await withPage(async (visit) => {
    const { page, app, server } = visit;
    const http = (url: string) => section({ agent: { adapter: "http", url } });

    await t.step("there is none of that name, or it is a run of another kind", async () => {
      const answer = await page.goto("/conversations/party_3agents_20200101_000000_01");
      assertEquals(answer!.status(), 404);
      await page.getByText(/there is no run/i).or(page.getByText(/no run/i)).first().waitFor();
      const { run_id } = await app.start({ file: GROWTH, mode: "hold" });
      assertEquals((await page.goto(`/conversations/${run_id}`))!.status(), 404);
      await page.getByText(/is no conversation/).first().waitFor();
      await page.getByRole("link", { name: "all conversations" }).click();
      await page.waitForURL("**/conversations");
      visit.errors.length = 0;
    });

    await t.step("an agent that is down is a finding of its turn", async () => {
      const { run_id } = await app.conversations.start({ text: http(`http://127.0.0.1:${down}/chat`), manual: true });
      await open(page, `/conversations/${run_id}`);
      await button(page, "Step").click();
      await turn(page, 1).getByText("unreachable").first().waitFor();
      await verdict(page, 1, "misaligned").waitFor();
      await plan(page).getByText("0 of 2 tasks covered").waitFor();
    });

    await t.step("what is said is text, whatever it is", async () => {
      const hostile = `<img src=x onerror="document.title='taken'"> \u202Egnp.exe </script><script>alert(1)</script>`;
      const { run_id } = await app.conversations.start({
        text: section({
          plan: { title: hostile, tasks: [{ name: hostile }] },
          user: { kind: "scripted", goal: hostile, script: [{ message: hostile, desired_action: null }] },
        }),
      });
      await app.wait(run_id);
      await app.conversations.label(run_id, 1, { alignment: "unclear", note: hostile, by: hostile });
      await open(page, `/conversations/${run_id}`);
      await turn(page, 1).getByText("onerror").first().waitFor();
      assertEquals(await page.locator('main img, main script[src="x"]').count(), 0);
      assertMatches(await page.title(), /^party/);
      await plan(page).getByText("onerror").first().waitFor();
    });

    await t.step("two who step at once play one turn", async () => {
      const { run_id } = await app.conversations.start({ text: http(agent.url), manual: true });
      agent.hold();
      await withWindow(server, async (other) => {
        // One that hears nothing does not see that the turn is played already.
        await other.page.route(STREAM, (route) => route.abort());
        await open(other.page, `/conversations/${run_id}`);
        await open(page, `/conversations/${run_id}`);
        await button(page, "Step").click();
        await agent.whenAsked(1);
        await button(page, "Stop").waitFor();
        await button(other.page, "Step").click();
        await other.page.getByText("Somebody else plays this turn already").waitFor();
        agent.release();
        await turn(page, 1).waitFor();
        await button(page, "Step").waitFor();
        await other.page.unroute(STREAM);
        await button(other.page, "Try now").click();
        await turn(other.page, 1).waitFor();
        other.errors.length = 0;
      });
      assertEquals((await app.conversations.get(run_id)).turns.length, 1);
      assertEquals(agent.asked.length, 1);
    });

    await t.step("a person takes over for the user, and gives back", async () => {
      const { run_id } = await app.conversations.start({ text: section(), manual: true });
      await open(page, `/conversations/${run_id}`);
      await button(page, "Take over").click();
      await page.getByLabel("You speak for the user").fill("Please add <u>cake</u>.");
      await button(page, "Say it").click();
      await eventually(async () => await page.getByLabel("You speak for the user").inputValue() === "");
      await button(page, "Step").click();
      await turn(page, 1).getByText("Please add <u>cake</u>.").waitFor();
      await open(page, page.url());
      await button(page, "Give back").click();
      await page.getByLabel("You speak for the user").waitFor({ state: "detached" });
      await button(page, "Step").click();
      await turn(page, 2).waitFor();
      await app.cancel(run_id);
    });

    await t.step("one that is deleted under the page says so, and what was read stays", async () => {
      const { run_id } = await app.conversations.start({ text: section(), manual: true });
      await app.conversations.advance(run_id);
      await open(page, `/conversations/${run_id}`);
      await app.cancel(run_id);
      await app.delete(run_id);
      await page.getByText("This conversation has been deleted.").waitFor();
      await verdict(page, 1, "aligned").waitFor();
      assertEquals(await button(page, "Step").count(), 0);
      // Reading it anew says in the console that it is gone.
      visit.errors.length = 0;
    });
  }, { config: { http_allow: [agent.origin, `http://127.0.0.1:${down}`] } });
});

Deno.test("models that play cost what is said; one that is down parks the conversation, which says why", async () => {
  await using models = await LLMServer.start({ models: ["test-model"] });
  const prices = { input: 10, output: 20 };
  const config = { providers: { default: { base_url: models.url, model: "test-model", prices } } };
  await withPage(async ({ page, app }) => {
    await open(page, "/conversations");
    await field(page, "scenario").selectOption("conversation/plan_refine_llm.yaml");
    const quote = page.locator(".start-quote");
    await quote.getByText("default test-model").waitFor();
    await quote.getByText("1 run, cost unknown").waitFor();
    await quote.getByText("stops at $0.50").waitFor();
    assertEquals(models.received, 0);
    await field(page, "persona").fill("You sell <b>tents</b>.");
    await quote.getByText("You sell <b>tents</b>.").waitFor();
    await field(page, "offline").check();
    await quote.getByText("1 run, free").waitFor();
    await field(page, "offline").uncheck();
    await quote.getByText("1 run, cost unknown").waitFor();
    await button(page, "Start").click();
    await page.waitForURL("**/conversations/*");
    await islandsReady(page);
    await models.down();
    await button(page, "Step").click();
    const id = decodeURIComponent(page.url().split("/").at(-1)!);
    await page.getByText(/^provider 'default' at .* cannot be reached/).waitFor();
    await models.up();
    await button(page, "Step").click();
    await turn(page, 1).waitFor();
    await button(page, "Step").waitFor();
    const { cost } = await app.conversations.get(id);
    assertTrue(cost.usd > 0 && cost.calls >= 2, "user and agent were asked");
    await page.locator(".facts-line").getByText(`$${cost.usd.toFixed(2)}`).waitFor();
    await page.getByText(/cannot be reached/).waitFor({ state: "detached" });
  }, { config });
});

Deno.test("a server that restarts under an open page is waited for, and the conversation goes on", async () => {
  await withFolder(async (folder) => {
    const scripts = await currentScripts();
    await Deno.writeTextFile(`${folder}/llm-sim.yaml`, "{}");
    const [output, config] = [`${folder}/output`, `${folder}/llm-sim.yaml`];
    const log = { write: () => {}, flush: () => Promise.resolve() };
    const start = async (port: number) => {
      const app = await openApp({ output, config });
      const { url, stop } = listen(app, { routes: manifest, output, port, log, scripts });
      return { app, url: url.slice(0, -1), end: async () => (await stop(), await app.close()) };
    };
    let server = await start(0);
    try {
      const { run_id } = await server.app.conversations.start({ text: section(), manual: true });
      await withWindow({ url: server.url, folder } as TestServer, async ({ page, errors }) => {
        await open(page, `/conversations/${run_id}`);
        await button(page, "Step").click();
        await turn(page, 1).waitFor();
        await plan(page).getByText("after turn 1").waitFor();
        await server.end();
        await page.getByText("Connection lost, retrying.").waitFor();
        await button(page, "Step").click();
        await page.getByText("the server does not answer", { exact: true }).waitFor();
        server = await start(Number(new URL(server.url).port));
        await page.getByText("Connection lost, retrying.").waitFor({ state: "detached" });
        await button(page, "Step").click();
        await verdict(page, 2, "misaligned").waitFor();
        await plan(page).getByText("after turn 2").waitFor();
        errors.length = 0;
      });
    } finally {
      await server.end();
    }
  });
});

Deno.test("without scripts there is all that was said, and a form that works; switched off there is nothing", async () => {
  await withPage(async ({ page, app, errors }) => {
    const { run_id } = await app.conversations.start({ file: SCENARIO });
    await app.wait(run_id);
    await page.goto(`/conversations/${run_id}?turn=1`);
    await page.getByText("after turn 1", { exact: true }).waitFor();
    await turn(page, 6).waitFor();
    await page.goto("/conversations");
    await page.getByText("Start a conversation").click();
    await field(page, "turns").fill("1");
    await page.getByRole("button", { name: "Show the price" }).click();
    await page.getByText("at most 1 turn", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL("**/conversations/plan_refine*");
    assertTrue(await page.getByText("Nothing has been said yet.").isVisible());
    errors.length = 0;
  }, { javaScript: false });
  await withPage(async ({ page, errors }) => {
    const answer = await page.goto("/conversations");
    assertTrue(answer!.status() >= 400);
    assertEquals(await page.getByRole("link", { name: "Conversations" }).count(), 0);
    errors.length = 0;
  }, { config: { features: { simulatedUserMode: false } }, javaScript: false });
});

/** A port of this machine where nobody listens. */
async function freePort(): Promise<number> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response());
  const { port } = server.addr;
  await server.shutdown();
  return port;
}
