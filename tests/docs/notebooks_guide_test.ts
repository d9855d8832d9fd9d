import { BODIES } from "../../runner/notebook/bodies.ts";
import { KEYS } from "../../islands/_parts/notebook/keys.ts";
import { FLAGS } from "../../runner/notebook/page/types.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, freePort, output, page, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/notebooks.md");

/** The page's own notebooks: the one that it begins with, and the one that has every kind of cell. */
const [EXAMPLE, KINDS] = [...guide.matchAll(/^````md\n([\s\S]*?)^````$/gm)].map(([, text]) => text!);

Deno.test("'Notebooks' has an example of every kind of cell, and tells every key of the page", () => {
  const kinds = ["input", "scenario", "run", "batch", "conversation", "compare", "chart"].map((kind) => `yaml ${kind}`);
  assertEquals([...kinds, "sql table"].filter((kind) => !KINDS!.includes(`\`\`\`${kind}`)), []);
  const keys = /^## Keys\n([\s\S]*?)^## /m.exec(guide)![1]!;
  const written = (key: string) =>
    key.replace("Mod-", "Ctrl/Cmd-").replace("Escape", "Esc").replace("ArrowUp", "↑").replace("ArrowDown", "↓")
      .replace(/^Ctrl\/Cmd-(.)$/, (_, letter) => `Ctrl/Cmd-${letter.toUpperCase()}`)
      .replace(/^Shift-(\w)$/, (_, letter) => `Shift-\`${letter.toLowerCase()}\``);
  assertEquals(KEYS.map(([key]) => written(key)).filter((key) => !keys.includes(key)), []);
});

Deno.test("'Notebooks' explains the keys of cells, and their flags", () => {
  const { input, derived, run, conversation, compare, chart } = BODIES;
  const keys = [input, derived, run, conversation, compare, chart].flatMap(({ shape }) => Object.keys(shape));
  // What is said of runs and batches elsewhere.
  const others = ["llm_mode", "baseline"];
  const known = new Set(keys.filter((key) => !others.includes(key)));
  assertEquals([...known, ...FLAGS].filter((key) => !new RegExp(`\`[^\`]*\\b${key}\\b`).test(guide)), []);
});

Deno.test("what 'Notebooks' shows is what happens", () =>
  withRepository(async (folder) => {
    await Deno.mkdir(`${folder}/notebooks`);
    await Deno.writeTextFile(`${folder}/notebooks/rates.md`, EXAMPLE!);
    await Deno.writeTextFile(`${folder}/notebooks/kinds.md`, KINDS!);
    const ran = await follow(guide, folder, { replace: { "8000": freePort() } });
    const first = output(ran, "notebook notebooks/rates.md");
    const [, shown] = /^```\n(✓ rate[\s\S]*?)```$/m.exec(guide)!;
    const expected = shown!.trim().split("\n").map((line) => line.replace(/ ….*$/, ""));
    assertEquals(expected.filter((line) => !first.includes(line)), [], first);
    assertMatches(output(ran, "--set rate=0.1"), /^rate *|✓ rate +0\.1/m);
    const stale = ranWith(ran, "--no-run --check");
    assertMatches(stale.stdout, /^! base +stale: rate 0\.\d+ → 0\.15/m);
    assertMatches(stale.stderr, /notebooks\/rates\.md:\d+: error\[stale_cell\]|rates\.md:\d+.*stale_cell/);
    assertMatches(output(ran, "--check --html"), /all is as the page says/);
    assertMatches(await Deno.readTextFile(`${folder}/rates.html`), /^<!doctype html>[^]*<svg/);
    const view = JSON.parse(await Deno.readTextFile(`${folder}/rates.json`));
    assertEquals([view.path, view.shortcomings, view.stale], ["rates.md", [], []]);
    assertMatches(
      output(ran, "kinds --check"),
      /^✓ effect {3}base and fork part in turn 6[^]*all is as the page says$/m,
    );
    assertMatches(output(ran, "notebooks list"), /^rates\.md +Does a higher rate slow growth\?/m);
    assertMatches(ranWith(ran, "growth.md --starter sweep").stderr, /error\[notebook_changed\]/);
    assertMatches(output(ran, "jq -r .[].path"), /^growth\.md\n/m);
    assertEquals(output(ran, "jq .merged"), "false\n");
    assertEquals(output(ran, "jq -r .code"), "notebook_changed\n");
    assertMatches(output(ran, '"action": "view"'), /^base (fresh|cached)$/m);
    assertTrue((await Deno.readTextFile(`${folder}/page.html`)).startsWith("<!doctype html>"));
  }));
