import { assertEquals } from "../../tests/support/assert.ts";
import { viewOfText } from "../../tests/support/notebook_pages.ts";
import { exampleView } from "./html/example_view.ts";
import { cellSeconds, headlineOf } from "./headline.ts";
import { shortcomingsOf } from "./shortcomings.ts";

const TEXT = `# A page

\`\`\`yaml input #rate
type: number
value: 3
\`\`\`

\`\`\`yaml run #base
scenario: a.yaml
\`\`\`

\`\`\`yaml batch #sweep
scenario: a.yaml
\`\`\`

\`\`\`yaml chart
data: base
\`\`\`
`;

Deno.test("shortcomingsOf: nothing where all is fresh or found, or switched off", () => {
  assertEquals(shortcomingsOf(viewOfText(TEXT)), []);
  const warning = { severity: "warning", code: "x", message: "odd", line: 4 } as const;
  assertEquals(
    shortcomingsOf({
      ...viewOfText(TEXT, {
        rate: { issues: [warning] },
        base: { status: "cached", expect: [{ condition: "x > 1", holds: true }] },
        sweep: { status: "off", expect: [{ condition: "x > 1", holds: null }] },
      }),
      issues: [warning],
    }),
    [],
  );
});

Deno.test("shortcomingsOf: what is stale, failed, in error or not as expected, each at its place", () => {
  const error = { severity: "error", code: "unknown_id", message: "there is no cell 'x'", line: 9, column: 3 } as const;
  const view = viewOfText(TEXT, {
    rate: { status: "error", issues: [error] },
    base: { status: "stale", reason: "rate 2 → 3", expect: [{ condition: "wealth > 5", holds: false, found: "4" }] },
    sweep: { status: "failed", expect: [{ condition: "runs > 5", holds: null }] },
    "chart 1": { status: "blocked", reason: "base has no result yet" },
  });
  const found = shortcomingsOf({ ...view, issues: [{ severity: "error", code: "bad_yaml", message: "no", line: 1 }] });
  assertEquals(found.map(({ cell, code, line, column }) => [cell, code, line, column]), [
    [null, "bad_yaml", 1, undefined],
    ["rate", "unknown_id", 9, 3],
    ["base", "stale_cell", 8, undefined],
    ["base", "expectation", 8, undefined],
    ["sweep", "failed_cell", 12, undefined],
    ["sweep", "open_expectation", 12, undefined],
    ["chart 1", "blocked_cell", 16, undefined],
  ]);
  assertEquals(found[2]!.message, "base is stale: rate 2 → 3");
  assertEquals(found[3]!.message, "base is expected to have wealth > 5: 4");
});

Deno.test("headlineOf: what came out of each kind of cell, in one line", () => {
  const cells = exampleView().pieces.filter((piece) => piece.kind === "cell");
  assertEquals(cells.map((cell) => headlineOf(cell)), [
    "0.05",
    "plain, 1 change",
    "turn 29 of 100, wealth 187, jobless 4.3364",
    "3 of 4 runs, 1 failed",
    "1 turn, 1 aligned, passed",
    "plain",
    "more than 2 rows, 2 columns",
    "dot of 30 rows",
    "",
  ]);
  assertEquals(cells.map((cell) => cellSeconds(cell)).filter((seconds) => seconds !== null), [2, 0.012]);
});
