import { formatIssue, type SimError } from "../../framework/mod.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { withWorld } from "./world.ts";

const CASES: readonly { readonly name: string; readonly sql: string; readonly said: string }[] = [
  {
    name: "a word in the wrong place",
    sql: "select turn frm turns x",
    said: `query:1:17: error[bad_sql]: syntax error at or near "turns"
  hint: the place is marked:
  select turn frm turns x
                  ^`,
  },
  {
    name: "a text that ends too early",
    sql: "select turn,\n  gdp from",
    said: `query:2:11: error[bad_sql]: syntax error at end of input
  hint: the place is marked:
    gdp from
            ^`,
  },
  {
    name: "a table that is none",
    sql: "select *\nfrom turnz",
    said: `query:2:6: error[bad_sql]: there is no table 'turnz'
  hint: did you mean 'turns'? valid: runs, turns, metrics, agents, events, llm
  from turnz
       ^`,
  },
  {
    name: "a column that is none, behind letters of several bytes",
    sql: "select 'Größe', '😀', gdpp from turns",
    said: `query:1:22: error[bad_sql]: there is no column 'gdpp'
  hint: did you mean 'gdp'? deno task sql --schema shows what there is
  select 'Größe', '😀', gdpp from turns
                       ^`,
  },
  {
    name: "a function that is none",
    sql: "select abss(gdp) from turns",
    said: `query:1:8: error[bad_sql]: there is no scalar function 'abss'
  hint: did you mean 'abs'? deno task sql --schema shows what there is
  select abss(gdp) from turns
         ^`,
  },
  {
    name: "a type that does not fit",
    sql: "select 'x'::int",
    said: `query:1:11: error[bad_sql]: Could not convert string 'x' to INT32
  hint: the place is marked:
  select 'x'::int
            ^`,
  },
  {
    name: "what is no SELECT",
    sql: "delete from runs",
    said: `error[not_select]: this is not a SELECT
  hint: ask with one SELECT over the tables that deno task sql --schema shows`,
  },
  {
    name: "a function that reads files",
    sql: "select *\n from read_csv('x')",
    said: `query:2:7: error[not_select]: read_csv() cannot be used here: a query reads the runs alone
  hint: ask with one SELECT over the tables that deno task sql --schema shows
   from read_csv('x')
        ^`,
  },
];

Deno.test("an error says what is wrong, where, and what to do", async (t) => {
  await withWorld(async (world) => {
    world.run("a", { global: [{ turn: 0, gdp: 1 }] });
    for (const { name, sql, said } of CASES) {
      await t.step(name, async () => {
        const error = await assertRejects(() => world.ask(sql)) as SimError;
        assertEquals(error.issues.map(formatIssue).join("\n"), said);
      });
    }
  });
});

Deno.test("of a long line only the part around the place is shown", () =>
  withWorld(async (world) => {
    const error = await assertRejects(() => world.ask(`select ${"1, ".repeat(1000)}nonsense`), "bad_sql") as SimError;
    const [issue] = error.issues;
    assertEquals([issue!.line, issue!.column], [1, 3008]);
    const [, line, caret] = issue!.hint!.split("\n") as [string, string, string];
    assertEquals(line.slice(caret.indexOf("^")), "nonsense");
  }));
