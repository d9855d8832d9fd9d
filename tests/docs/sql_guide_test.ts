import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, output, page, ranWith, withRepository } from "./guide.ts";

const sql = await page("guide/sql.md");

Deno.test("what 'Ask many runs with SQL' shows is what happens", () =>
  withRepository(async (folder) => {
    // The file of a query has a comment of SQL, which the page's other files have not.
    const [, query] = /^```sql\n-- spread\.sql\n([\s\S]*?)^```$/m.exec(sql)!;
    await Deno.writeTextFile(`${folder}/spread.sql`, query!);
    const ran = await follow(sql, folder);
    for (const [part, shown] of [["group by all", "name    status"], ["select trun", "query:1:8"]] as const) {
      const { stdout, stderr } = ranWith(ran, part);
      const [, block] = new RegExp(`^\`\`\`\\n(${shown}[\\s\\S]*?)\`\`\`$`, "m").exec(sql)!;
      // The first line on stderr is the task's own.
      assertEquals(stdout + stderr.replace(/^Task sql .*\n/, ""), block!);
    }
    const schema = output(ran, "--schema");
    for (const table of ["runs", "turns", "metrics", "agents", "events", "llm"]) {
      assertMatches(schema, new RegExp(`^${table}: `, "m"));
    }
    const { columns, rows, truncated } = JSON.parse(output(ran, "--json"));
    assertEquals([columns[0], columns[1].name, truncated], [{ name: "seed", type: "BIGINT" }, "final_gini", false]);
    assertEquals(
      rows.map(([seed]: [number]) => seed),
      [1, 2, 3],
    );
    assertMatches(output(ran, "stddev_samp"), /^turn +mean +sd\n +0 /);
    assertEquals(output(ran, "arg_max").trim().split("\n").length, 4);
    assertEquals(output(ran, "where seed = 2").trim().split("\n").length, 4);
    assertMatches(output(ran, "spread.sql"), /^ *correlation +runs\n *-?[\d.]+ +3\n$/);
    assertMatches(ranWith(ran, "read_csv").stderr, /error\[not_select\]: read_csv\(\) cannot be used here/);
    assertMatches(ranWith(ran, "copy (").stderr, /error\[not_select\]/);
    assertMatches(ranWith(ran, "--timeout 1").stderr, /error\[sql_timeout\]/);
    assertTrue(!(await Array.fromAsync(Deno.readDir(folder))).some(({ name }) => name === "runs.csv"));
  }));
