import { parse } from "yaml";
import fc from "../../tests/support/properties.ts";
import type { Json } from "../../framework/mod.ts";
import { assertEquals, assertMatches } from "../../tests/support/assert.ts";
import { asProse, resolveSql, resolveYaml } from "./resolve.ts";

const VALUES: { readonly [id: string]: Json } = {
  rate: 0.05,
  name: 'Ada: a "quote" # no comment',
  on: true,
  base: { turn: 12, final: { gini: [0.1, 0.2] }, nothing: null },
};
const valueOf = (id: string) => VALUES[id];

/** The body with its references replaced, as YAML reads it. */
function read(body: string): unknown {
  const { text, issues } = resolveYaml({ body, bodyLine: 5 }, valueOf);
  assertEquals(issues, []);
  return parse(text);
}

Deno.test("resolveYaml: a reference alone keeps its type, in a text it is formatted", () => {
  assertEquals(read("a: ${rate}\nb: ${on}\nc: ${name}\nd: ${base.final}\ne: ${base.nothing}"), {
    a: 0.05,
    b: true,
    c: VALUES.name,
    d: { gini: [0.1, 0.2] },
    e: null,
  });
  assertEquals(read('t: "at ${rate}, ${base.final.gini[1]}, ${on}, ${base.final}"'), {
    t: 'at 0.05, 0.2, true, {"gini":[0.1,0.2]}',
  });
  assertEquals(read('s: { x: "${rate}", y: [1, "${base.turn}"] }'), { s: { x: 0.05, y: [1, 12] } });
  assertEquals(read("plain: $${rate} and $${"), { plain: "${rate} and ${" });
});

Deno.test("resolveYaml: keys, comments and what is put in are not read", () => {
  const sly = (id: string) => id === "sly" ? "${rate}" : VALUES[id];
  const { text } = resolveYaml({ body: 'k: ${sly} # ${nobody}\n"${rate}": 1', bodyLine: 1 }, sly);
  assertEquals(parse(text), { k: "${rate}", "${rate}": 1 });
});

Deno.test("resolveYaml: lines stay what they are, whatever is put in and however it was written", () => {
  const values = fc.oneof(
    fc.string(),
    fc.constantFrom("a\nb", "x: y", "- 1", "# c", "'", '"', "|", "…\u2028"),
    fc.double(),
    fc.boolean(),
  );
  fc.assert(fc.property(values, (value) => {
    const body = 'a: |\n  one ${v}\n  two\nb: >-\n  ${v}\n  folded\nc: "${v}\n  more"\nd: ${v}\nlast: 1';
    const { text, issues } = resolveYaml({ body, bodyLine: 1 }, (id) => id === "v" ? value as Json : undefined);
    assertEquals(issues, []);
    assertEquals(text.split("\n").findIndex((line) => line === "last: 1"), body.split("\n").indexOf("last: 1"));
    const found = parse(text);
    assertEquals(found.last, 1);
    if (typeof value !== "number" || Number.isFinite(value)) {
      assertEquals(JSON.stringify(found.d), JSON.stringify(value));
    }
  }));
});

Deno.test("resolveYaml: what leads nowhere is told at its place, what is not there yet is named", () => {
  const { issues, missing } = resolveYaml({
    body: "a: 1\nb: ${base.finl.gini}\nc: ${rate.x}\nd: ${later.x}",
    bodyLine: 5,
  }, valueOf);
  assertEquals(issues.map(({ code, line, column }) => [code, line, column]), [["unknown_value", 6, 4], [
    "unknown_value",
    7,
    4,
  ]]);
  assertMatches(issues[0]!.message, /'base' has no 'finl'/);
  assertMatches(issues[0]!.hint!, /did you mean 'final'/);
  assertMatches(issues[1]!.hint!, /'rate' is 0\.05/);
  assertEquals(missing, ["later"]);
});

Deno.test("resolveYaml: what every object has is no value", () => {
  for (const path of ["constructor", "__proto__", "toString", "length"]) {
    assertEquals(
      resolveYaml({ body: `a: \${base.${path}}`, bodyLine: 1 }, valueOf).issues[0]?.code,
      "unknown_value",
      path,
    );
  }
});

Deno.test("resolveSql: values are bound, never part of the text; one reference is one parameter", () => {
  const { sql, params, issues } = resolveSql({
    body: "select ${name}, ${rate} -- ${rate}\nfrom base where x > ${rate} and y = '$${rate}'",
    bodyLine: 1,
  }, valueOf);
  assertEquals(issues, []);
  assertEquals(sql, "select $ref_1, $ref_2 -- ${rate}\nfrom base where x > $ref_2 and y = '${rate}'");
  assertEquals(params, { ref_1: VALUES.name!, ref_2: 0.05 });
  const wrong = resolveSql({ body: "select 1,\n  ${base.trn}", bodyLine: 10 }, valueOf);
  assertEquals(wrong.issues.map(({ line, column }) => [line, column]), [[11, 3]]);
});

Deno.test("asProse: fractions with the digits that count, whole numbers whole, nothing as a dash", () => {
  assertEquals([0.123456789, 6144.586319, 12, 1e21, -0.5, null, true, "text", [1, 2]].map(asProse), [
    "0.12346",
    "6144.6",
    "12",
    "1e+21",
    "-0.5",
    "–",
    "true",
    "text",
    "[1,2]",
  ]);
});
