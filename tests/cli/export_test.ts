/** `export` in its four formats, through the command line. */

import { join } from "node:path";
import { checkXml } from "../../runner/export/xml_test_support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli, documentOf, SCENARIOS, withFolder } from "./support.ts";

/** A file with one run in it, made once: `body` gets its output folder and document. */
// deno-lint-ignore no-explicit-any -- the document of `run --json`
function withRun(body: (output: string, run: any) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const output = join(folder, "out");
    const scenario = join(SCENARIOS, "growth.yaml");
    const run = documentOf(await cli(["run", scenario, "--max-turns", "12", "--json", "--output", output]));
    await body(output, run);
  });
}

/** Rows of a CSV without quotes. */
function cells(csv: string): string[][] {
  assertTrue(csv.endsWith("\r\n") && !csv.includes('"'));
  return csv.trimEnd().split("\r\n").map((line) => line.split(","));
}

Deno.test("csv, json, html and svg go to stdout through a pipe and hold the run", () =>
  withRun(async (output, run) => {
    const make = async (...args: string[]) => {
      const result = await cli(["export", run.run_id, "--output", output, "--format", ...args]);
      assertEquals(result.code, 0, result.stderr);
      assertEquals(result.stderr, "");
      return result.stdout;
    };
    const [csv, agents, json, html, svg] = await Promise.all([
      make("csv"),
      make("csv", "--rows", "agents"),
      make("json"),
      make("html"),
      make("svg"),
    ]);

    const [header, ...rows] = cells(csv);
    assertEquals(rows.map((row) => row[header!.indexOf("turn")]), Array.from({ length: 13 }, (_, turn) => `${turn}`));
    const total = rows.at(-1)![header!.indexOf("total_economic_value")];
    assertEquals(Number(total), run.final.global_state.total_economic_value);
    const [agentHeader, ...agentRows] = cells(agents);
    assertEquals(agentRows.length, 13 * 4);
    const caldera = agentRows.at(-2)!;
    assertEquals(caldera[agentHeader!.indexOf("agent")], "Caldera");
    assertEquals(Number(caldera[agentHeader!.indexOf("capital")]), run.final.agents.Caldera.capital);

    assertTrue(JSON.stringify(JSON.parse(json)).includes(run.run_id));

    assertMatches(html, /^<!doctype html>/i);
    assertTrue(html.includes(run.run_id));
    // Nothing is fetched: the names of XML's namespaces are the only addresses in it.
    const addresses = [...html.matchAll(/\b(?:https?:)?\/\/[\w.-]+\.[a-z]{2,}[^"' <)]*/gi)].map((found) => found[0]);
    assertTrue(addresses.every((address) => address.startsWith("http://www.w3.org/")), addresses.join(" "));
    assertTrue(!/<(script|link|iframe|object|embed)\b|\bsrc=|@import|url\((?!['"]?#)/i.test(html));

    assertEquals(checkXml(svg)[0], "svg");
  }));

Deno.test("--out writes the file and says so; what cannot be exported or written exits 2", () =>
  withRun(async (output, run) => {
    const file = join(output, "..", "report.html");
    const told = await cli(["export", "last", "--format", "html", "--out", file, "--output", output]);
    assertMatches(told.stdout, /report\.html {2}\d/);
    const size = (await Deno.stat(file)).size;
    const result = await cli(["export", "last", "--format", "html", "--out", file, "--json", "--output", output]);
    assertEquals(documentOf(result), { run_id: run.run_id, format: "html", file, bytes: size });

    const nowhere = ["--out", join(output, "none", "x.csv")];
    const unwritable = await cli(["export", "last", "--format", "csv", ...nowhere, "--json", "--output", output]);
    assertEquals(unwritable.code, 2);
    assertEquals(documentOf(unwritable).error.code, "output_not_writable");
    const unknown = await cli(["export", "nothing", "--format", "csv", "--json", "--output", output]);
    assertEquals(unknown.code, 2);
    assertEquals(documentOf(unknown).error.code, "unknown_run");
  }));

Deno.test("with --json and without --out the file is named after the run, beside the user", () =>
  withRun(async (output, run) => {
    const result = await cli(["export", "last", "--format", "csv", "--json", "--output", output], { cwd: output });
    assertEquals(documentOf(result).file, `${run.run_id}.csv`);
    assertTrue((await Deno.stat(join(output, `${run.run_id}.csv`))).isFile);
  }));
