import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { formatTable, type TableColumn } from "./table.ts";
import { displayWidth } from "./width.ts";

interface Run {
  readonly id: string;
  readonly status: string;
  readonly turn: number | null;
}

const RUNS: readonly Run[] = [
  { id: "growth_3agents_20261122_101500_01", status: "completed", turn: 100 },
  { id: "日本_2agents", status: "failed", turn: 7 },
  { id: "x", status: "queued", turn: null },
];

const COLUMNS: readonly TableColumn<Run>[] = [
  { title: "RUN", value: (run) => run.id },
  { title: "STATUS", value: (run) => run.status, style: (run) => run.status === "failed" ? "red" : undefined },
  { title: "TURN", value: (run) => run.turn },
];

Deno.test("formatTable: text is left, numbers are right, missing is a dash, columns line up by display width", () => {
  assertEquals(
    formatTable(RUNS, COLUMNS, { color: false }),
    [
      "RUN                                STATUS     TURN",
      "growth_3agents_20261122_101500_01  completed   100",
      "日本_2agents                       failed        7",
      "x                                  queued        –",
    ].join("\n"),
  );
});

Deno.test("formatTable: the widest column gives way first, and no line exceeds maxWidth however small", () => {
  const narrow = formatTable(RUNS, COLUMNS, { color: false, maxWidth: 40 }).split("\n");
  assertEquals(narrow[1], "growth_3agents_2026112…  completed   100");
  for (let maxWidth = 1; maxWidth < 60; maxWidth++) {
    for (const line of formatTable(RUNS, COLUMNS, { color: false, maxWidth }).split("\n")) {
      assertTrue(displayWidth(line) <= maxWidth, `${maxWidth}: '${line}'`);
    }
  }
});

Deno.test("formatTable: colours surround the text only, and there are none without color", () => {
  const colored = formatTable(RUNS, COLUMNS, { color: true });
  assertTrue(colored.includes("\x1b[31mfailed\x1b[39m   "));
  // deno-lint-ignore no-control-regex -- escape sequences are what is looked for
  assertEquals(colored.replace(/\x1b\[\d+m/g, ""), formatTable(RUNS, COLUMNS, { color: false }));
});

Deno.test("formatTable: data cannot steer the terminal or break the line", () => {
  const text = formatTable([{ id: "a\x1b[2J\nb", status: "", turn: 1 }], COLUMNS, { color: false });
  assertEquals(text.split("\n").length, 2);
  assertTrue(!text.includes("\x1b"));
});

Deno.test("formatTable: without rows there is the heading", () => {
  assertEquals(formatTable([], COLUMNS, { color: false }), "RUN  STATUS  TURN");
});
