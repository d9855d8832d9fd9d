/** `batches export` in its three formats: a batch that has been played, through the command line. */

import { parquetReadObjects } from "hyparquet";
import { parseHTML } from "linkedom";
import { join } from "node:path";
import { readableNumber } from "../../runner/report/mod.ts";
import { checkXml } from "../../runner/export/xml_test_support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli, documentOf, SCENARIOS, withFolder } from "./support.ts";

Deno.test("batches export: table and report of a batch say the same, and the report how to play it again", () =>
  withFolder(async (folder) => {
    const output = join(folder, "out");
    const arms = ["--arm", "austere:agents.Aurelia.strategy=decline", "--arm", "as_is"];
    const played = documentOf(
      await cli([
        ...["batch", join(SCENARIOS, "growth.yaml"), ...arms, "--seeds", "1..2", "--set", "simulation.max_turns=6"],
        ...["--metrics", "total_economic_value", "--json", "--output", output],
      ]),
    );
    const make = async (format: string) => {
      const out = join(folder, `batch.${format}`);
      const made = await cli([
        "batches",
        "export",
        "last",
        "--format",
        format,
        "--out",
        out,
        "--output",
        output,
        "--json",
      ]);
      assertEquals(made.code, 0, made.stderr);
      const bytes = await Deno.readFile(out);
      assertEquals(documentOf(made), { batch: played.id, format, file: out, bytes: bytes.length });
      return bytes;
    };
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

    const [header, ...lines] = text(await make("csv")).trimEnd().split("\r\n").map((line) => line.split(","));
    assertEquals(lines.length, 4);
    assertEquals(lines.map((line) => `${line[header!.indexOf("arm")]} ${line[header!.indexOf("seed")]}`), [
      "austere 1",
      "as_is 1",
      "austere 2",
      "as_is 2",
    ]);
    const rows = await parquetReadObjects({ file: (await make("parquet")).buffer });
    const finals = rows.map(({ total_economic_value }) => total_economic_value as number);
    assertEquals(lines.map((line) => Number(line[header!.indexOf("total_economic_value")])), finals);

    const html = text(await make("html"));
    assertTrue(!/<(script|link|iframe|object|embed)\b|\bsrc=|@import|url\(/i.test(html));
    for (const svg of html.match(/<svg[\s\S]*?<\/svg>/g)!) checkXml(svg);
    const { document } = parseHTML(html);
    const table = document.querySelector('[aria-label="total_economic_value by cell"]')!;
    assertEquals([...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("strong")!.textContent), [
      readableNumber((finals[0]! + finals[2]!) / 2),
      readableNumber((finals[1]! + finals[3]!) / 2),
    ]);
    assertMatches(document.querySelector('[aria-label^="total_economic_value turn by turn"]')!.outerHTML, /austere/);

    const again = join(folder, "again.yaml");
    const [file, commands] = [...document.querySelectorAll("pre")].map(({ textContent }) => textContent!);
    await Deno.writeTextFile(again, file!);
    const second = documentOf(await cli(["batch", again, "--json", "--output", output]));
    assertEquals(second.runs.reused, 4);
    const replay = /^deno task (replay \S+)$/m.exec(commands!)![1]!;
    assertMatches((await cli([...replay.split(" "), "--output", output])).stdout, /identical\s*$/);
  }));
