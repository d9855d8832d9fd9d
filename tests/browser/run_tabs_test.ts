/** Tabs of a run's page: fifty thousand events and what caused what, calls, every kind of map, logs, files. */

import type { Page } from "playwright-core";
import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { society, world } from "../durability/world.ts";
import { withServer } from "../support/server.ts";
import { axeViolations, islandsReady, screenshot, type Visit, type VisitOptions, withWindow } from "./browser.ts";
import { DAMAGED, EVENTS, HOSTILE, lengthen, LONG, ODD, SPACES } from "./run_tabs_world.ts";
import { soonEquals, soonMatches, soonTrue } from "./soon.ts";

async function open({ page, base }: Visit, runId: string, query: string): Promise<void> {
  await page.goto(`${base}/runs/${runId}?${query}`);
  await islandsReady(page);
}

const total = (page: Page, text: string | RegExp) => page.locator(".log-total", { hasText: text }).waitFor();
const line = (page: Page, number: number) => page.locator(`.log-line[data-number="${number}"]`);
const panel = (page: Page) => page.locator(".log-panel");
const panelOf = (page: Page, title: string) => panel(page).getByRole("heading", { name: title, exact: true }).waitFor();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.slice(0, 100));
const inAddress = (page: Page, name: string, value: string | null) =>
  soonEquals(() => new URL(page.url()).searchParams.get(name), value);

/** In both themes, of which the window's own is pictured. */
async function looksWell({ page }: Visit, name: string): Promise<void> {
  assertEquals(await axeViolations(page), [], name);
  await page.emulateMedia({ colorScheme: name.endsWith("dark") ? "light" : "dark" });
  assertEquals(await axeViolations(page, undefined, ["color-contrast"]), [], `${name}, in the other theme`);
  await page.emulateMedia({ colorScheme: name.endsWith("dark") ? "dark" : "light" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  assertEquals(await page.locator("main img").count(), 0, "what is written is text");
  await screenshot(page, name);
}

Deno.test("the tabs of a run's page", async (t) => {
  const listen = { scripts: await currentScripts() };
  await withServer({ listen, fixtures: ["slow_writer", "society"], maxConcurrent: 2 }, async (server) => {
    const { app } = server;
    const started = Object.entries({ long: LONG, ...SPACES }).map(async ([name, spec]) => {
      const { run_id } = await app.start(spec);
      assertEquals((await app.wait(run_id)).status, "completed", name);
      return [name, run_id] as const;
    });
    const ids = Object.fromEntries(await Promise.all(started)) as Readonly<Record<string, string>>;
    const long = ids.long!;
    lengthen(app.folder(long));
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(
        name,
        () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options }),
      );

    await inWindow("fifty thousand events scroll, few are drawn; what cannot be read ends nothing", async (visit) => {
      const { page } = visit;
      await open(visit, long, "tab=events&turn=1");
      await total(page, "50,000 events");
      const list = page.getByRole("listbox", { name: "Events" });
      await line(page, 2).getByText("DECISION").waitFor();
      await list.evaluate((box) => box.scrollTop = box.scrollHeight);
      await line(page, EVENTS).getByText("gold 99 → 100").waitFor();
      assertEquals(await line(page, EVENTS).getAttribute("aria-posinset"), "50000");
      assertTrue(await page.locator(".log-line").count() < 60);
      await list.focus();
      await page.keyboard.press("Home");
      await panelOf(page, "Event 1");
      await list.evaluate((box, [damaged]) => box.scrollTop = (damaged! - 3) * 32, DAMAGED);
      await line(page, DAMAGED[0]!).getByText("Line 45 could not be read").click();
      await panel(page).getByText("This line could not be read").waitFor();
      await line(page, DAMAGED[0]! + 1).getByText("ENV").waitFor();
      await line(page, ODD).click();
      await panelOf(page, `Event ${ODD}`);
      await panel(page).getByText("of a kind that this page does not know").waitFor();
      await looksWell(visit, "run_tabs_damaged_1440_light");
    });

    await inWindow("events go where the turn is, and are narrowed by kind and agent in the address", async (visit) => {
      const { page } = visit;
      await open(visit, long, "tab=events&turn=300");
      await line(page, 29_901).getByText("turn start").waitFor();
      await page.getByRole("slider", { name: "Turn" }).focus();
      await page.keyboard.press("ArrowRight");
      await line(page, 30_002).waitFor();
      await line(page, DAMAGED[1]!).getByText("could not be read").waitFor();
      await page.getByRole("checkbox", { name: "ACTION" }).check();
      await total(page, "16,499 events found");
      await page.getByRole("combobox", { name: "Agents" }).or(page.getByRole("searchbox", { name: "Agents" })).fill(
        HOSTILE,
      );
      await page.keyboard.press("Enter");
      await total(page, "500 events found");
      await page.locator(".log-total", { hasText: "2 lines could not be read" }).waitFor();
      await inAddress(page, "agents", `${HOSTILE.replaceAll("/", "")}/`);
      // Turn 301 begins with the 301st of them.
      await line(page, 30_024).getByText(/trade amount 23, with <img.*/).waitFor();
      await page.getByRole("button", { name: `Not only ${HOSTILE}` }).click();
      await page.getByLabel("Agents").fill("Doe, Jane");
      await page.keyboard.press("Enter");
      await inAddress(page, "agents", "Doe, Jane/");
      await inAddress(page, "types", "ACTION");
      await total(page, "500 events found");
      await page.reload();
      await islandsReady(page);
      await total(page, "500 events found");
      await page.getByRole("checkbox", { name: "LLM" }).check();
      await page.getByRole("checkbox", { name: "ACTION" }).uncheck();
      await page.getByText("No event is of these kinds and agents.").waitFor();
      await page.getByRole("button", { name: "Show all" }).click();
      await total(page, "50,000 events");
      await inAddress(page, "types", null);
    });

    await inWindow("what caused an event and what it caused: by mouse and by keys, there and back", async (visit) => {
      const { page } = visit;
      await open(visit, long, "tab=events&turn=3");
      await line(page, 203).click();
      await panelOf(page, "Event 203");
      await panel(page).getByRole("list", { name: "Caused by" }).getByRole("button", { name: "#202" }).click();
      await panelOf(page, "Event 202");
      await inAddress(page, "event", "202");
      await panel(page).getByRole("list", { name: "Caused", exact: true }).getByRole("button", { name: "#203" })
        .click();
      await panelOf(page, "Event 203");
      await panel(page).getByRole("list", { name: "Caused", exact: true }).getByRole("button", { name: "#204" })
        .click();
      await panelOf(page, "Event 204");
      await panel(page).getByText("Nothing that is recorded.").waitFor();
      const list = page.getByRole("listbox", { name: "Events" });
      await list.focus();
      await soonEquals(() => list.getAttribute("aria-activedescendant"), "log-events-204");
      for (const [key, title] of [["ArrowLeft", "Event 203"], ["ArrowLeft", "Event 202"], ["ArrowLeft", "Event 201"]]) {
        await page.keyboard.press(key!);
        await panelOf(page, title!);
      }
      await panel(page).getByText("Caused 25 events").waitFor();
      await panel(page).getByRole("button", { name: "Look for more" }).click();
      await panel(page).getByText("Caused 33 events").waitFor();
      await soonEquals(() => focused(page), "Event 201");
      await list.focus();
      await page.keyboard.press("ArrowRight");
      await panelOf(page, "Event 202");
      await page.keyboard.press("ArrowDown");
      await panelOf(page, "Event 203");
      // By keys in the panel: whoever goes on is where the next event is told.
      await panel(page).getByRole("button", { name: "#202" }).focus();
      await page.keyboard.press("Enter");
      await panelOf(page, "Event 202");
      await soonEquals(() => focused(page), "Event 202");
      await looksWell(visit, "run_tabs_events_1440_light");
      await list.focus();
      await page.keyboard.press("Escape");
      await panel(page).waitFor({ state: "detached" });
      await inAddress(page, "event", null);
    });

    await inWindow("calls: prompt, reply, reasoning, what they took, whether a tape answered", async (visit) => {
      const { page } = visit;
      await open(visit, long, "tab=calls&turn=1");
      await total(page, "4 calls");
      await line(page, 1).click();
      await panelOf(page, "Call 1");
      const said = panel(page);
      for (const text of ["small-1 by lab", "1,200 sent, 34 answered", "$0.0042", "850 ms", "You are a trader."]) {
        await said.getByText(text, { exact: true }).waitFor();
      }
      await said.getByText(`What now? ${HOSTILE}`).waitFor();
      await said.getByText(`prices fall ${HOSTILE}`, { exact: true }).waitFor();
      await looksWell(visit, "run_tabs_calls_1440_dark");
      await page.getByRole("listbox").focus();
      await page.keyboard.press("ArrowDown");
      await panelOf(page, "Call 2");
      await said.getByRole("link", { name: "parent_2agents_20260101_000000_01" }).waitFor();
      await said.getByText("calls look").waitFor();
      await page.keyboard.press("ArrowDown");
      await said.getByText("timeout: no answer within 60 s").waitFor();
      await said.getByText(/tried 3 times/).waitFor();
      await page.keyboard.press("ArrowDown");
      await said.getByText("http://weather.test", { exact: true }).waitFor();
      await page.getByLabel("Agents").fill("Ben");
      await page.keyboard.press("Enter");
      await total(page, "1 call found");
      await open(visit, ids.grid!, "tab=calls");
      await page.getByText("This run has asked no model").waitFor();
    }, { colorScheme: "dark" });

    await inWindow("logs by level; files are saved, whatever they are", async (visit) => {
      const { page, base } = visit;
      await open(visit, long, "tab=logs");
      await total(page, "5 lines");
      await line(page, 5).getByText("Line 5 could not be read").waitFor();
      await line(page, 2).click();
      await panel(page).locator(".said", { hasText: HOSTILE }).waitFor();
      await looksWell(visit, "run_tabs_logs_1440_light");
      await page.getByRole("combobox", { name: "Show" }).selectOption("ERROR");
      await total(page, "1 line found");
      await line(page, 4).getByText("the bridge is gone").waitFor();
      await page.getByRole("tab", { name: "Files" }).click();
      const files = page.getByRole("list", { name: "Files" });
      await page.getByText(/^5 files, \d+ bytes$/).waitFor();
      const link = files.getByRole("link", { name: /^deep\/<img/ });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assertMatches(await Deno.readTextFile(await download.path()), /^<script>/);
      const answer = await fetch(base + await link.getAttribute("href"));
      assertEquals(answer.headers.get("content-type"), "application/octet-stream");
      assertMatches(answer.headers.get("content-disposition")!, /^attachment; filename\*=UTF-8''%3Cimg/);
      await answer.body?.cancel();
      const outside = await fetch(`${base}/api/simulations/${long}/files/..%2Fmanifest.json`);
      assertEquals([outside.status, (await outside.json()).code], [404, "unknown_file"]);
      const archive = await fetch(base + await page.getByRole("link", { name: /files\.zip/ }).getAttribute("href"));
      assertEquals((await archive.bytes()).slice(0, 2), new Uint8Array([0x50, 0x4b]));
      await looksWell(visit, "run_tabs_files_1440_light");
      assertMatches(await page.title(), /^long_/);
    });

    for (const [i, kind] of Object.keys(SPACES).entries()) {
      const colorScheme = i % 2 === 0 ? "light" as const : "dark" as const;
      await inWindow(`a map of a ${kind}: by mouse, by keys, and with the turn`, async (visit) => {
        const { page } = visit;
        await open(visit, ids[kind]!, "tab=map");
        const canvas = page.locator("canvas.map-canvas");
        const last = (await app.status(ids[kind]!)).turn;
        await page.locator(`canvas[data-turn="${last}"]`).waitFor();
        assertEquals(await page.locator(".run-map").getAttribute("data-kind"), kind);
        const before = await picture(page);
        assertTrue(before.colors > 3, `${before.colors} colours`);
        const pointed = page.locator(".map-pointed");
        await canvas.focus();
        await page.keyboard.press("ArrowRight");
        await soonMatches(async () => await pointed.textContent() ?? "", /agent|nobody there/);
        await page.keyboard.press("Enter");
        const place = new URL(page.url()).searchParams.get("place");
        await soonTrue(() => new URL(page.url()).searchParams.get("place") !== place);
        await panel(page).waitFor();
        await page.keyboard.press("Escape");
        await panel(page).waitFor({ state: "detached" });
        const [x, y] = await pointOfAgent(visit, ids[kind]!, kind);
        await canvas.click({ position: { x, y } });
        const { agent } = await firstAgent(visit, ids[kind]!);
        const isFirst = kind === "grid" || kind === "hex_grid";
        await panel(page).locator("summary", { hasText: isFirst ? agent : /./ }).first().waitFor();
        await looksWell(visit, `run_tabs_map_${kind}_1440_${colorScheme}`);
        await page.getByRole("slider", { name: "Turn" }).focus();
        await page.keyboard.press("Home");
        await page.locator('canvas[data-turn="0"]').waitFor();
        await page.getByText("As of turn 0").waitFor();
        // Between two that were saved: by what was recorded since.
        await page.keyboard.press("ArrowRight");
        await page.locator('canvas[data-turn="1"]').waitFor();
        await page.getByText(/As of turn 1; .*what places are: as it was saved at turn 0/).waitFor();
        if (kind === "grid" || kind === "hex_grid") {
          await soonTrue(async () => (await picture(page)).hash !== before.hash);
        }
      }, { colorScheme });
    }

    await inWindow(
      "a map is coloured by what is chosen, and there as a table; its agents lead to their events",
      async (visit) => {
        const { page } = visit;
        await open(visit, ids.geojson!, "tab=map");
        await page.locator("canvas[data-turn]").waitFor();
        await page.locator(".map-legend", { hasText: /opinion of agents there\s*0/ }).waitFor();
        const before = await picture(page);
        await page.getByLabel("Places by").selectOption({ label: "coast" });
        await page.locator(".map-legend", { hasText: "yes" }).waitFor();
        await soonTrue(async () => (await picture(page)).hash !== before.hash);
        await inAddress(page, "fill", "attribute coast");
        await page.getByLabel("Agents by").selectOption({ label: "stubborn" });
        await page.locator(".map-legend", { hasText: "stubborn" }).waitFor();
        await page.getByText("Show as table").click();
        const table = page.getByRole("group", { name: "Places as a table" });
        await table.getByRole("button", { name: "Lakeside" }).click();
        await panelOf(page, "Lakeside");
        await panel(page).getByRole("button", { name: "Its events" }).click();
        await page.getByRole("tab", { name: "Events", selected: true }).waitFor();
        await total(page, / events found$/);
        await open(visit, long, "tab=map");
        await page.getByText("This scenario has no space").waitFor();
      },
    );

    await inWindow(
      "the list grows with the run, where nobody reads elsewhere; a run that is gone is told",
      async (visit) => {
        const { page } = visit;
        const { run_id } = await app.start({ text: world({ name: "growing", turns: 100_000, pause: 2 }) });
        await open(visit, run_id, "tab=events");
        const list = page.getByRole("listbox", { name: "Events" });
        const newest = async () => Number(await page.locator(".log-line").last().getAttribute("data-number"));
        await soonTrue(async () => await newest() > 200);
        const seen = await newest();
        await soonTrue(async () => await newest() > seen);
        const count = async () => Number((await page.locator(".log-total").textContent())!.replaceAll(/\D/g, ""));
        const before = await count();
        await soonTrue(async () => await count() > before);
        await list.focus();
        await page.keyboard.press("Home");
        await panelOf(page, "Event 1");
        const read = await count();
        await soonTrue(async () => await count() > read);
        await line(page, 1).getByText("simulation start").waitFor();
        await app.cancel(run_id);
        await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
        await app.delete(run_id);
        await page.getByRole("checkbox", { name: "ENV" }).check();
        await page.getByText("The events could not be read").waitFor();
        await page.getByText(/no run|is there no more/).first().waitFor();
        visit.errors.length = 0;
      },
    );

    await inWindow("a run whose turns pass faster than the server answers is followed", async (visit) => {
      const { page, window } = visit;
      const session = await window.newCDPSession(page);
      const { run_id } = await app.start({ text: society({ name: "far", turns: 100_000, pause: 20 }) });
      await open(visit, run_id, "tab=agents");
      await session.send("Network.enable");
      const anywhere = { downloadThroughput: -1, uploadThroughput: -1 };
      await session.send("Network.emulateNetworkConditions", { offline: false, latency: 600, ...anywhere });
      const grows = async (read: () => Promise<string | null>) => {
        const number = async () => Number(/\d[\d,]*/.exec(await read() ?? "")?.[0].replaceAll(",", ""));
        await soonTrue(async () => await number() > 0);
        for (let i = 0; i < 2; i++) {
          const before = await number();
          await soonTrue(async () => await number() > before);
        }
      };
      await grows(async () => /turn .*/.exec((await page.getByText(/agents at turn/).textContent())!)![0]);
      await page.getByRole("tab", { name: "Map" }).click();
      await grows(() => page.locator("canvas.map-canvas").getAttribute("data-turn"));
      await page.getByRole("tab", { name: "Events" }).click();
      await grows(() => page.locator(".log-line").last().getAttribute("data-number"));
      await app.cancel(run_id);
    });

    await inWindow("a server that does not answer is told, with a way to try again", async (visit) => {
      const { page, errors } = visit;
      await page.route("**/numbers?**", (route) => route.abort());
      await page.route("**/files", (route) => route.abort());
      await open(visit, long, "tab=events");
      await page.getByText("The events could not be read").waitFor();
      await page.getByText("the server does not answer").waitFor();
      await page.unroute("**/numbers?**");
      await page.getByRole("button", { name: "Try again" }).click();
      await total(page, "50,000 events");
      await page.getByText("The events could not be read").waitFor({ state: "detached" });
      await page.getByRole("tab", { name: "Files" }).click();
      await page.getByText("The files could not be listed").waitFor();
      await page.unroute("**/files");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("list", { name: "Files" }).waitFor();
      errors.length = 0;
    });

    await inWindow("without scripts a tab says where its data is", async ({ page, base }) => {
      for (const [tab, words] of [["events", "as JSON"], ["logs", "as JSON"], ["files", "files.zip"]] as const) {
        await page.goto(`${base}/runs/${long}?tab=${tab}`);
        const href = await page.getByRole("tabpanel").getByRole("link", { name: words }).getAttribute("href");
        assertEquals((await fetch(base + href, { method: "HEAD" })).status, 200, href!);
      }
      await page.goto(`${base}/runs/${ids.grid}?tab=map`);
      const words = page.locator(".run-map noscript p");
      await words.waitFor();
      assertEquals(await words.textContent(), "The map is drawn with JavaScript.");
    }, { javaScript: false });

    await inWindow("on a telephone what is chosen is in sight", async (visit) => {
      const { page } = visit;
      await open(visit, long, "tab=events&turn=3");
      await line(page, 203).tap();
      await panelOf(page, "Event 203");
      await soonTrue(() => panel(page).evaluate((box) => box.getBoundingClientRect().top >= 0));
      await looksWell(visit, "run_tabs_events_390_dark");
      await open(visit, ids.hex_grid!, "tab=map");
      await page.locator("canvas[data-turn]").waitFor();
      await looksWell(visit, "run_tabs_map_390_dark");
    }, { viewport: { width: 390, height: 844 }, touch: true, colorScheme: "dark" });
  });
});

/** How many colours the map has, and what it looks like in a number. */
async function picture(page: Page): Promise<{ readonly colors: number; readonly hash: number }> {
  return await page.locator("canvas.map-canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    const pixels = new Uint32Array(data.buffer);
    let hash = 0;
    for (const pixel of pixels) hash = (Math.imul(hash, 31) + pixel) | 0;
    return { colors: new Set(pixels).size, hash };
  });
}

async function firstAgent({ app }: Visit, runId: string): Promise<{ readonly agent: string; readonly place: string }> {
  const state = await app.state(runId);
  const space = state!.state.spatial_state as unknown as { agent_positions: { readonly [agent: string]: string } };
  const [agent, place] = Object.entries(space.agent_positions)[0]!;
  return { agent, place };
}

/** Where an agent is on the canvas: the first one where that is simple to say, else any. */
async function pointOfAgent(visit: Visit, runId: string, kind: string): Promise<readonly [x: number, y: number]> {
  const { page } = visit;
  const { place } = await firstAgent(visit, runId);
  const box = (await page.locator("canvas.map-canvas").boundingBox())!;
  const [a = 0, b = 0] = place.split(",").map(Number);
  if (kind === "grid") {
    const scale = Math.min((box.width - 8) / 5.5, (box.height - 8) / 5.5);
    return [box.width / 2 + (a - 2) * scale, box.height / 2 + (b - 2) * scale];
  }
  if (kind === "hex_grid") {
    const edge = 1.5 * Math.sqrt(3) * 0.75;
    const [width, height] = [12 * Math.sqrt(3) + edge / 1.5 * 2, 18 + edge / 1.5 * 2];
    const scale = Math.min((box.width - 8) / width, (box.height - 8) / height);
    return [box.width / 2 + Math.sqrt(3) * (a + b / 2) * scale, box.height / 2 + 1.5 * b * scale];
  }
  return await markIn(page, kind);
}

/** A point of the map around which all has a colour, as marks have and letters have not. */
async function markIn(page: Page, kind: string): Promise<[x: number, y: number]> {
  const found = await page.locator("canvas.map-canvas").evaluate((canvas, test) => {
    const { width, height, clientWidth } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    const marked = (x: number, y: number) => {
      const at = (y * width + x) * 4;
      const [r = 0, g = 0, b = 0, a = 0] = data.subarray(at, at + 4);
      return a === 255 && (test === "network" ? r > b + 40 : Math.min(r, g, b) > 225);
    };
    for (let y = 5; y < height - 5; y++) {
      for (let x = 5; x < width - 5; x++) {
        if ([[0, 0], [-4, -4], [4, 4], [-4, 4], [4, -4]].every(([dx, dy]) => marked(x + dx!, y + dy!))) {
          return [x * clientWidth / width, y * clientWidth / width];
        }
      }
    }
    return null;
  }, kind);
  assertTrue(found !== null, "nobody is on the map");
  return found as [number, number];
}
