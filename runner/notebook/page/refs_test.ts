import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import {
  bindReferences,
  type BodyLanguage,
  interpolate,
  isReference,
  readReference,
  referencesIn,
  scanReferences,
  tablesOf,
} from "./mod.ts";

/** References as they are written, having been found where they say. */
function raws(text: string, lang: BodyLanguage | "prose"): string[] {
  return referencesIn(text, lang).map(({ raw, start, end }) => {
    assertEquals(text.slice(start, end), raw);
    return raw;
  });
}

function codes(text: string, lang: BodyLanguage | "prose"): string[] {
  return scanReferences(text, lang).issues.map(({ code, start, end }) => `${code} ${text.slice(start, end)}`);
}

function names(sql: string): string[] {
  return tablesOf(sql).map(({ name }) => name);
}

Deno.test("a reference is an id with fields and indexes, and nothing else", () => {
  assertEquals(readReference("${a.b_1[2].c}"), {
    id: "a",
    path: ["b_1", 2, "c"],
    start: 0,
    end: 13,
    raw: "${a.b_1[2].c}",
  });
  for (
    const text of ["${a+b}", "${a()}", "${}", "${ a}", "${a.}", "${a[x]}", "${a[-1]}", "${1}", "$${a}", "${a} ", "a"]
  ) {
    assertEquals(isReference(text), false, text);
  }
});

Deno.test("text is filled once: what is put in is not read again", () => {
  assertEquals(interpolate("${a} $${a} ${a+b} $$${a}", ({ id }) => `\${${id}x}`), "${ax} ${a} ${a+b} $${a}");
});

Deno.test("in YAML references count in values only", () => {
  const yaml = [
    "# ${comment}",
    "${key}: 1 # ${comment}",
    "plain: ${a}",
    "text: costs ${b.c[0]} or $${no}",
    "flow: { x: '${d}', y: [\"${e}\"] }",
    "block: |",
    "  ${f} and # ${g}",
    "folded: >-",
    "  ${h}",
    "anchor: &x ${i}",
    "again: *x",
  ].join("\n");
  assertEquals(raws(yaml, "yaml"), ["${a}", "${b.c[0]}", "${d}", "${e}", "${f}", "${g}", "${h}", "${i}"]);
  assertEquals(codes("a: ${x+1}\nb: '${'\n", "yaml"), ["bad_reference ${x+1}", "bad_reference ${"]);
  // The value has a reference, whatever it is written with.
  assertEquals(referencesIn('a: "\\x24{b}"', "yaml").map(({ id }) => id), ["b"]);
});

Deno.test("in SQL references count outside strings, names and comments; in quotes they are errors", () => {
  const sql =
    "select ${a}, '${b}', \"${c}\", e'\\'${d}', $$ ${e} $$ -- ${f}\nfrom t /* ${g} /* nested */ ${h} */ where x = ${i.j}";
  assertEquals(raws(sql, "sql"), ["${a}", "${i.j}"]);
  assertEquals(codes(sql, "sql"), [
    "quoted_reference ${b}",
    "quoted_reference ${c}",
    "quoted_reference ${d}",
    "quoted_reference ${e}",
  ]);
  assertEquals(
    scanReferences("select '${x}'", "sql").issues[0]!.hint,
    "write ${x} without quotes: it becomes a bound parameter",
  );
  assertEquals(codes("select '$${x}', ${a b}", "sql"), ["bad_reference ${a b}"]);
});

Deno.test("SQL is bound by name: one parameter for one reference, escapes undone, comments as they are", () => {
  const { sql, parameters } = bindReferences("select ${a}, '$${a}' from t where x > ${a} and y = ${b.c[1]} -- ${a}\n");
  assertEquals(sql, "select $ref_1, '${a}' from t where x > $ref_1 and y = $ref_2 -- ${a}\n");
  assertEquals([...parameters].map(([name, { raw }]) => [name, raw]), [["ref_1", "${a}"], ["ref_2", "${b.c[1]}"]]);
});

Deno.test("in prose references count outside code, comments and tags", () => {
  const prose = [
    "${a} and *${b_c}* and **${d[0].e}**, `${code}`, $${escaped}, \\${escaped} [${link}](x)",
    "",
    "    ${indented}",
    "",
    "| ${cell} |",
    "|---|",
    "",
    "```sh",
    "echo ${HOME}",
    "```",
    '<div title="${attribute}">${html}</div>',
    "<!-- ${comment} -->",
    "",
    "# ${heading}",
  ].join("\n");
  assertEquals(raws(prose, "prose"), ["${a}", "${b_c}", "${d[0].e}", "${link}", "${cell}", "${html}", "${heading}"]);
  assertEquals(referencesIn("`${a}` ${a}", "prose")[0]!.start, 7);
  assertEquals(codes("${a+b} `${x+y}`", "prose"), ["bad_reference ${a+b}"]);
});

Deno.test("JavaScript has no references", () => assertEquals(referencesIn("`${a}`", "js"), []));

Deno.test("tables are what follows FROM and JOIN; columns and aliases are none", () => {
  const cases: [string, string[]][] = [
    ["select rate, x as best from sweep s order by rate", ["sweep"]],
    ['SELECT * FROM a, "b" AS x JOIN c ON a.id = c.id, d LEFT JOIN main.e USING (k, l)', ["a", "b", "c", "d", "e"]],
    ["from sweep select rate", ["sweep"]],
    ["from x: sweep select x.rate", ["sweep"]],
    ["select * from (select a, b from t1 where a in (select b, c from t2)) q, t3", ["t1", "t2", "t3"]],
    ["select * from (a join b on a.x = b.x)", ["a", "b"]],
    ["with x as (select * from a), y(c, d) as materialized (select * from x) select * from x, y, z", ["a", "z"]],
    ["with best as (select * from best) select * from best", ["best"]],
    ["with recursive r as (select 1 union all select n from r) select * from r", []],
    ["select extract(year from at), trim(both from name) from runs where a is not distinct from b", ["runs"]],
    ["select 'from x' -- from y\n from /* from z */ t", ["t"]],
    ["select * from read_csv('a.csv'), range(3) r(i), t", ["t"]],
    ["select * from 'a.parquet'", []],
    ["select a from t union all select b from u except select c from v", ["t", "u", "v"]],
    ["pivot sweep on year using sum(x) group by y", ["sweep"]],
    ["summarize sweep", ["sweep"]],
    ["select pivot, sweep from t", ["t"]],
    ["select * from a asof join b on a.t >= b.t positional join c", ["a", "b", "c"]],
    ["select count(*) filter (where x > 1), sum(y) over (partition by a, b) from t limit 3", ["t"]],
    ["select * from lateral (select * from a) l, b", ["a", "b"]],
  ];
  for (const [sql, expected] of cases) assertEquals(names(sql), expected, sql);
});

Deno.test("text that never ends is read to its end, quickly", () => {
  const many = 200_000;
  const sqls = ["'", '"', "e'\\", "/*", "$$", "${", "--", "(", "from ", "as (", "$a"].flatMap((part) => [
    part + "x ".repeat(many),
    part.repeat(many),
  ]);
  const started = performance.now();
  for (const sql of sqls) {
    scanReferences(`\${a} ${sql}`, "sql");
    tablesOf(sql);
  }
  assertTrue(performance.now() - started < 20_000, `${performance.now() - started} ms`);
});
