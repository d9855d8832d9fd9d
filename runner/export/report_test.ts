import { parseHTML } from "linkedom";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { exampleRun } from "./example_run.ts";
import { toHtml } from "./report.ts";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>' </style></pre></details>`;

function parsed(html: string) {
  return parseHTML(html).document;
}

Deno.test("toHtml: hostile names are text wherever they appear", async () => {
  const run = await exampleRun({
    name: HOSTILE,
    text: HOSTILE,
    agents: [HOSTILE, "B"],
    manifest: {
      run_id: HOSTILE,
      repo: HOSTILE,
      status: HOSTILE,
      models: [HOSTILE],
      content_key: HOSTILE,
      engine_version: HOSTILE,
      created_at: HOSTILE,
      parent: { run_id: HOSTILE, turn: 3 },
      validity: { state: "degraded", reasons: [HOSTILE] },
      error: { code: HOSTILE, message: HOSTILE, turn: 2, agent: HOSTILE, hint: HOSTILE },
    },
  });
  const renamed = run.global.map((row) => ({ ...row, [`metric.${HOSTILE}`]: row.turn ?? 0, [HOSTILE]: HOSTILE }));
  const agents = run.agents.map((row) => ({ ...row, [HOSTILE]: Number(row.turn) }));
  const events = { ...run.events, counts: { [HOSTILE]: 3 } };
  const html = toHtml({ ...run, global: renamed, agents, events });
  assertTrue(!/<script|<img/i.test(html));
  assertEquals([...html.matchAll(/<\/style>/g)].length, 1);
  const document = parsed(html);
  assertEquals(document.querySelector("h1")!.textContent, HOSTILE);
  assertEquals(document.querySelectorAll("script, img, iframe, object, link, a").length, 0);
  assertEquals([...document.querySelectorAll("*")].filter((element) => element.hasAttribute("onerror")).length, 0);
  assertTrue(document.querySelector("pre")!.textContent!.includes(HOSTILE));
});

Deno.test("toHtml: needs nothing from outside and forbids it", async () => {
  const html = toHtml(await exampleRun());
  assertMatches(
    html,
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">/,
  );
  assertTrue(!/\s(src|href|srcset|action)=|@import|url\(/.test(html));
  assertEquals([...new Set([...html.matchAll(/https?:\/\/[^"' ]+/g)].map((match) => match[0]))], [
    "http://www.w3.org/2000/svg",
  ]);
});

Deno.test("toHtml: every chart has an accessible name, every header cell a scope, no id twice", async () => {
  const document = parsed(toHtml(await exampleRun()));
  const charts = [...document.querySelectorAll("figure svg")];
  assertEquals(charts.length, 4);
  for (const chart of charts) {
    assertEquals(chart.getAttribute("role"), "img");
    assertMatches(chart.getAttribute("aria-label")!, /turn 0 to 20/);
  }
  for (const cell of document.querySelectorAll("th")) assertMatches(cell.getAttribute("scope")!, /^(row|col)$/);
  assertEquals(document.querySelectorAll("h1").length, 1);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("toHtml: says what the run was", async () => {
  const text = parsed(toHtml(await exampleRun())).querySelector("main")!.textContent!.replace(/\s+/g, " ");
  for (
    const part of [
      "growth",
      "completed",
      "valid",
      "20 of 20",
      "max_turns plain",
      "Seed42",
      "15.0 s",
      "$0",
      "no model calls",
    ]
  ) {
    assertTrue(text.includes(part), `'${part}' in ${text}`);
  }
  assertTrue(text.includes("Unchanged throughout: oil_price 80"));
  assertTrue(text.includes("turn 5: cut: plain"));
  assertTrue(text.includes("INTERVENTION1"));
  assertTrue(text.includes("paused at turn 8 · plain"));
});

Deno.test("toHtml: a degraded, void or failed run says so before its numbers", async () => {
  const valid = parsed(toHtml(await exampleRun()));
  assertEquals(valid.querySelectorAll(".notice").length, 0);
  for (const state of ["degraded", "void"]) {
    const html = toHtml(await exampleRun({ manifest: { validity: { state, reasons: ["12 of 60 fell back"] } } }));
    const notice = parsed(html).querySelector(".notice")!;
    assertMatches(notice.textContent!, new RegExp(`This run is ${state}.*12 of 60 fell back`));
    assertTrue(html.indexOf('class="notice') < html.indexOf('class="facts"'));
  }
  const failed = await exampleRun({
    manifest: {
      status: "failed",
      error: { code: "agent_failed", message: "division by zero", turn: 3, agent: "A", hint: "check B" },
    },
  });
  assertMatches(
    parsed(toHtml(failed)).querySelector(".notice.bad")!.textContent!,
    /failed in turn 3, agent A: division by zero.*check B.*agent_failed/,
  );
});

Deno.test("toHtml: shows first, final, change and range of world variables", async () => {
  const document = parsed(toHtml(await exampleRun()));
  const row = [...document.querySelectorAll("tr")].find((tr) =>
    tr.querySelector("th")?.textContent?.startsWith("gini")
  )!;
  assertEquals([...row.querySelectorAll("td")].map((td) => td.textContent), [
    "0.1",
    "0.3",
    "+0.2 +200 %",
    "0.1",
    "0.3",
  ]);
});

Deno.test("toHtml: many agents give a table of the first ones and a word about the rest", async () => {
  const html = toHtml(await exampleRun({ agents: Array.from({ length: 1500 }, (_, i) => `a${i}`), turns: 3 }));
  const table = parsed(html).querySelector('[aria-label="Final state of the agents"]')!;
  assertEquals(table.querySelectorAll("tbody tr").length, 200);
  assertMatches(html, /The first 200 of 1,500 agents/);
});

Deno.test("toHtml: a run that has not begun", async () => {
  const run = await exampleRun({ manifest: { status: "queued", history: [], turn: 0 } });
  const { started_at: _s, ended_at: _e, ...manifest } = run.manifest;
  const events = { total: 0, counts: {}, last: [], marks: [] };
  const html = toHtml({ ...run, manifest, global: [], agents: [], result: null, events });
  assertMatches(html, /This run recorded no numbers that change/);
  assertTrue(!/NaN|undefined|Invalid/.test(html));
});

Deno.test("toHtml: says that the offline provider is no language model", async () => {
  const text = async (models: string[]) =>
    parsed(toHtml(await exampleRun({ manifest: { models } }))).querySelector("main, body")!.textContent!;
  assertMatches(await text(["offline offline"]), /No language model took part/);
  assertTrue(!(await text(["openai gpt-5-mini"])).includes("No language model"));
});
