import { assertEquals, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import fc from "../../../tests/support/properties.ts";
import { type Merge, merge, type MergeConflict, resolveMerge } from "./mod.ts";

function conflicts(merged: Merge): readonly MergeConflict[] {
  return "text" in merged ? [] : merged.conflicts;
}

const PAGE = "# H\n\n```yaml input #a\ntype: number\nvalue: 1\n```\n\ntext\n\n```yaml run #r\nseed: 1\n```\n";

Deno.test("changes at different places are both taken", () => {
  const mine = PAGE.replace("# H", "# Mine");
  const disk = PAGE.replace("seed: 1", "seed: 2").replace("text", "text\n\nmore");
  assertEquals(merge(PAGE, mine, disk), { text: disk.replace("# H", "# Mine") });
});

Deno.test("a side that changed nothing, and the same change twice, are no conflicts", () => {
  const changed = PAGE.replace("value: 1", "value: 2");
  assertEquals(merge(PAGE, changed, PAGE), { text: changed });
  assertEquals(merge(PAGE, PAGE, changed), { text: changed });
  assertEquals(merge(PAGE, changed, changed), { text: changed });
  assertEquals(merge(PAGE, changed, changed.replace("seed: 1", "seed: 2")), {
    text: changed.replace("seed: 1", "seed: 2"),
  });
});

Deno.test("the same line changed in two ways is a conflict of its cell, and the rest is merged", () => {
  const mine = PAGE.replace("value: 1", "value: 2");
  const disk = PAGE.replace("value: 1", "value: 3").replace("seed: 1", "seed: 5").replace("# H", "# Disk");
  const merged = merge(PAGE, mine, disk);
  assertEquals(conflicts(merged), [
    { kind: "conflict", mine: "value: 2\n", disk: "value: 3\n", base: "value: 1\n", cell: "a", line: 5 },
  ]);
  assertEquals(resolveMerge(merged, ["disk"]), disk);
  assertEquals(resolveMerge(merged, ["mine"]), disk.replace("value: 3", "value: 2"));
  assertEquals(resolveMerge(merged, ["both"]), disk.replace("value: 3", "value: 2\nvalue: 3"));
  assertThrows(() => resolveMerge(merged, []));
});

Deno.test("a conflict in prose, or over several cells, has no cell", () => {
  const [inProse] = conflicts(merge(PAGE, PAGE.replace("text", "mine"), PAGE.replace("text", "disk")));
  assertEquals(inProse!.cell, null);
  const [all] = conflicts(merge("a\n", PAGE, "b\n"));
  assertEquals(all!.cell, null);
});

Deno.test("endings are kept, and a last line without one does not run into the next", () => {
  const base = "a\r\nb\r\nc";
  assertEquals(merge(base, "A\r\nb\r\nc", "a\r\nb\r\nC"), { text: "A\r\nb\r\nC" });
  const merged = merge(base, "a\r\nb\r\nmine", "a\r\nb\r\ndisk");
  assertEquals(resolveMerge(merged, ["both"]), "a\r\nb\r\nmine\r\ndisk");
});

Deno.test("of edits that do not touch, no line is lost", () => {
  fc.assert(
    fc.property(
      // For each of 30 lines: who changes it, and how. Between two changed lines stands one that nobody changes.
      fc.array(fc.tuple(fc.constantFrom("mine", "disk", "none"), fc.constantFrom("set", "add", "delete")), {
        minLength: 30,
        maxLength: 30,
      }),
      (edits) => {
        const written = (who: readonly string[]) =>
          edits.flatMap(([by, how], index) => {
            const kept = [`line ${index}\n`, `between ${index}\n`];
            if (!who.includes(by)) return kept;
            if (how === "delete") return [`between ${index}\n`];
            return how === "add" ? [`new ${index}\n`, ...kept] : [`set ${index}\n`, `between ${index}\n`];
          }).join("");
        const merged = merge(written([]), written(["mine"]), written(["disk"]));
        assertEquals(merged, { text: written(["mine", "disk"]) });
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("whatever the three texts are: mine and disk can be had back from what was merged", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "", "```yaml input #a", "```"), { maxLength: 12 }).map((lines) =>
    lines.join("\n")
  );
  let conflicted = 0;
  fc.assert(
    fc.property(text, text, text, (base, mine, disk) => {
      const merged = merge(base, mine, disk);
      if ("text" in merged) return;
      conflicted++;
      const both = resolveMerge(merged, merged.conflicts.map(() => "both"));
      for (const { mine, disk } of merged.conflicts) {
        assertTrue(both.includes(mine.trimEnd()) && both.includes(disk.trimEnd()));
      }
    }),
    { numRuns: 2000 },
  );
  assertTrue(conflicted > 200);
});

Deno.test("long files are merged in a moment, blank lines and all", () => {
  const base = "\n".repeat(20_000) + "x\n\n".repeat(20_000);
  const mine = `mine\n${base}`;
  const disk = `${base}disk\n`;
  const started = performance.now();
  assertEquals(merge(base, mine, disk), { text: `mine\n${base}disk\n` });
  assertTrue(performance.now() - started < 10_000, `${performance.now() - started} ms`);
});

Deno.test("long files are merged at many places, as short ones are", () => {
  const lines = (count: number, put: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${put(index)}\n\n`).join("");
  const base = lines(20_000, (index) => `line ${index}`);
  const mine = lines(20_000, (index) => index % 100 === 0 ? `mine ${index}` : `line ${index}`);
  const disk = lines(20_000, (index) => index % 100 === 50 ? `disk ${index}` : `line ${index}`);
  const both = lines(20_000, (index) => `${{ 0: "mine", 50: "disk" }[index % 100] ?? "line"} ${index}`);
  assertEquals(merge(base, mine, disk), { text: both });
  const other = mine.replace("mine 500", "other 500").replace("line 777", "other 777");
  const merged = conflicts(merge(base, mine, other));
  assertEquals(merged.map(({ mine, disk, line }) => [mine, disk, line]), [["mine 500\n", "other 500\n", 1001]]);
});
