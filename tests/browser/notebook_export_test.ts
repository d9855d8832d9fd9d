/** A notebook as one file, in a real browser: it acts on nothing, asks for nothing, reads well in both themes and on a phone. */

import { join } from "node:path";
import { exampleView } from "../../runner/notebook/html/example_view.ts";
import { notebookHtml } from "../../runner/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { axeViolations, screenshot, type Visit, withPage } from "./browser.ts";
import { soonEquals } from "./soon.ts";

/** Tries to act in every place where it could stand: text, attribute, style, comment, address. */
const HOSTILE =
  `"'></title></style></script></svg><script>hacked=1</script><img src=http://127.0.0.1:9/x onerror=hacked=2>` +
  `<svg onload=hacked=3><style>*{display:none}</style><a href="javascript:hacked=4">a</a><!-- \u202e`;

/** A page whose every name, label, title, query and value is hostile, as far as the grammar lets it. */
const PAGE = `---
title: ${JSON.stringify(HOSTILE)}
---

# Title ${HOSTILE}

<script>hacked = 5</script> <img src="http://127.0.0.1:9/y" onerror="hacked = 6"> [link](javascript:hacked=7)
<iframe src="http://127.0.0.1:9/z"></iframe> ![picture](http://127.0.0.1:9/p.png)

\`\`\`yaml input #word
type: text
label: ${JSON.stringify(HOSTILE)}
value: ${JSON.stringify(HOSTILE)}
\`\`\`

It says \${word} and \${rows.said}.

\`\`\`yaml run #base
scenario:
  domain: economic
  simulation: { name: ${JSON.stringify(HOSTILE)}, max_turns: 2, seed: 1 }
  engine: { type: economic }
  validator: { type: always_valid }
  agents: [{ name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }]
expect: ["turn == 2", ${JSON.stringify(`turn == '${HOSTILE.replaceAll("'", "")}'`)}]
\`\`\`

\`\`\`sql table #rows
SELECT \${word} AS said, 1 AS "${HOSTILE.replaceAll('"', "")}", turn FROM base
\`\`\`

\`\`\`sql table #wrong
SELECT "${HOSTILE.replaceAll('"', "")}" FROM base
\`\`\`

\`\`\`yaml chart
data: rows
mark: bar
x: said
y: turn
label: ${JSON.stringify(HOSTILE)}
\`\`\`
`;

/** Opens a file; what it asks for beside itself. */
async function opened({ page, folder }: Visit, html: string): Promise<string[]> {
  const file = join(folder, "page.html");
  await Deno.writeTextFile(file, html);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`file://${file}`);
  return asked.filter((url) => url !== `file://${file}`);
}

async function assertQuiet({ page }: Visit): Promise<void> {
  await soonEquals(() => page.evaluate(() => (globalThis as { hacked?: number }).hacked), undefined);
  const shape = await page.evaluate(() => [
    [...document.body.children].map(({ localName }) => localName),
    document.querySelectorAll("script, iframe, object, link, base, form, body style, [onload], [onerror]").length,
    [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].filter(({ protocol }) =>
      !/^(https?|mailto|file):$/.test(protocol)
    ).length,
  ]);
  assertEquals(shape, [["main", "footer"], 0, 0]);
}

Deno.test("an exported page acts on nothing and asks for nothing, whatever stands in it", () =>
  withPage(async (visit) => {
    const { app, page, base } = visit;
    await app.notebooks.write("hostile.md", PAGE, { ifMatch: null });
    await app.notebooks.run("hostile.md", { cells: "stale" });
    await app.notebooks.settled("hostile.md");
    const html = await (await fetch(`${base}/api/notebooks/hostile.md?format=html`)).text();
    assertEquals(await opened(visit, html), []);
    await assertQuiet(visit);
    // It stands there, as text: in the label, the value, the query's answer, the chart, what is wrong.
    const text = await page.locator("main").textContent();
    assertTrue(text!.split("hacked=2").length > 8, text!);
    // What turns the direction of writing is no text.
    await soonEquals(() => page.title(), HOSTILE.replace(" \u202e", ""));
    assertEquals(await opened(visit, await notebookHtml(exampleView(HOSTILE))), []);
    await assertQuiet(visit);
  }, { scripts: null, config: { notebooks_root: "notebooks" } }));

Deno.test("an exported page reads well: both themes, a phone, and without seeing it", () =>
  withPage(async (visit) => {
    const { page } = visit;
    await opened(visit, await notebookHtml(exampleView("Some words of a person")));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1040, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
        assertTrue(scroll <= width, `${scroll} px wide at ${width}`);
        await screenshot(page, `notebook_export_${colorScheme}_${width}`);
      }
      assertEquals(await axeViolations(page), [], colorScheme);
    }
  }, { scripts: null }));
