import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { mendedEnd, NumberedLogs } from "./numbered_log.ts";

/** A path for a log; gone afterwards. */
function withLog(body: (path: string, logs: NumberedLogs) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    body(`${folder}/events.jsonl`, new NumberedLogs());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const line = (id: number, rest: object = { n: 1 }) => JSON.stringify({ id, ...rest }) + "\n";
const all = () => true;

/** Lines whose lengths differ by much: some are longer than what is read at once. */
const lengths = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.nat(100) },
    { weight: 2, arbitrary: fc.nat(9000) },
    { weight: 1, arbitrary: fc.constant(70_000) },
  ),
  { maxLength: 60 },
);

Deno.test("NumberedLogs: pages from any number on, of any size, are the log; a torn last line is not there", () => {
  fc.assert(
    fc.property(lengths, fc.nat(80), fc.integer({ min: 1, max: 20 }), fc.nat(40), (sizes, after, limit, torn) => {
      withLog((path, logs) => {
        const lines = sizes.map((size, i) => line(i + 1, { text: "ä".repeat(size) }));
        const next = line(sizes.length + 1, { text: "torn" }).slice(0, Math.min(torn, 20));
        Deno.writeTextFileSync(path, lines.join("") + next);
        const found: number[] = [];
        for (let from: number | null = after; from !== null;) {
          const page: { rows: { id: number }[]; next_after: number | null } = logs.page(
            path,
            "id",
            { after: from, limit },
            all,
          );
          assertTrue(page.rows.length <= limit);
          found.push(...page.rows.map(({ id }) => id));
          from = page.next_after;
        }
        assertEquals(found, sizes.map((_, i) => i + 1).filter((id) => id > after));
        assertEquals(logs.last(path, "id"), sizes.length);
        const { text, last_id } = logs.text(path, "id", after, 1 + limit * 100);
        const count = text.split("\n").length - 1;
        assertEquals(text, lines.slice(after, after + count).join(""));
        assertEquals(last_id, after + count);
        assertEquals(count > 0, after < sizes.length);
        assertTrue(count <= 1 || new TextEncoder().encode(text).length <= 1 + limit * 100);
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("NumberedLogs: whoever reads on finds what was cut back and written again", () => {
  withLog((path, logs) => {
    const old = (id: number) => line(id, { text: "old" });
    const anew = (id: number) => line(id, { text: "new!", more: "x".repeat(id % 3) });
    const written = (from: number, to: number, make: (id: number) => string) =>
      Array.from({ length: to - from + 1 }, (_, i) => make(from + i)).join("");
    Deno.writeTextFileSync(path, written(1, 50, old));
    assertEquals(logs.text(path, "id", 0, 1e6).last_id, 50);
    Deno.writeTextFileSync(path, written(1, 30, old));
    assertEquals(logs.text(path, "id", 50, 1e6), { text: "", last_id: 50 });
    assertEquals(logs.last(path, "id"), 30);
    for (const end of [31, 40, 49, 50]) {
      Deno.writeTextFileSync(path, written(1, 30, old) + written(31, end, anew));
      assertEquals(logs.text(path, "id", 50, 1e6), { text: "", last_id: 50 });
    }
    for (const end of [51, 52, 60]) {
      Deno.writeTextFileSync(path, written(1, 30, old) + written(31, end, anew));
      assertEquals(logs.text(path, "id", 50, 1e6), { text: written(51, end, anew), last_id: end });
      assertEquals(logs.text(path, "id", 50, 1e6).last_id, end);
    }
    // As long as before to the byte, but of fewer lines.
    const [whole, fewer] = [written(1, 4, old), written(1, 3, old)];
    Deno.writeTextFileSync(path, whole);
    assertEquals(logs.text(path, "id", 0, 1e6).last_id, 4);
    const third = { id: 3, text: "old" + "x".repeat(whole.length - fewer.length) };
    Deno.writeTextFileSync(path, written(1, 2, old) + JSON.stringify(third) + "\n");
    assertEquals(Deno.statSync(path).size, whole.length);
    Deno.writeTextFileSync(path, anew(4), { append: true });
    assertEquals(logs.text(path, "id", 4, 1e6), { text: "", last_id: 4 });
    assertEquals(logs.page(path, "id", { after: 3, limit: 9 }, all).rows.length, 1);
  });
});

Deno.test("NumberedLogs: numbers may have gaps, and damaged lines are passed over", () => {
  withLog((path, logs) => {
    const seq = (number: number) => JSON.stringify({ seq: number, at: "now" });
    Deno.writeTextFileSync(
      path,
      ["rubbish", seq(2), seq(5), "\0\0\0", '{"seq":6,"at":', seq(9), "{}"].join("\n") + "\n",
    );
    const page = (after: number) =>
      logs.page<{ seq: number }>(path, "seq", { after, limit: 10 }, (row) => "seq" in row);
    assertEquals(page(0).rows.map(({ seq }) => seq), [2, 5, 9]);
    assertEquals(page(2).rows.map(({ seq }) => seq), [5, 9]);
    assertEquals(page(5).rows.map(({ seq }) => seq), [9]);
    assertEquals(page(7).rows.map(({ seq }) => seq), [9]);
    assertEquals([page(9).rows, logs.last(path, "seq")], [[], 9]);
  });
});

Deno.test("NumberedLogs: a page that finds nothing for megabytes says where to go on", () => {
  withLog((path, logs) => {
    const text = "x".repeat(2000);
    Deno.writeTextFileSync(path, Array.from({ length: 5000 }, (_, i) => line(i + 1, { text })).join(""));
    const wanted = ({ id }: { id: number }) => id === 5000;
    let pages = 1;
    let page = logs.page(path, "id", { limit: 10 }, wanted);
    for (; page.next_after !== null; pages++) {
      assertEquals(page.rows, []);
      page = logs.page(path, "id", { after: page.next_after, limit: 10 }, wanted);
    }
    assertEquals([page.rows.length, pages > 1, pages < 10], [1, true, true]);
  });
});

Deno.test("NumberedLogs: no file, an empty one, and pages that cannot be", () => {
  withLog((path, logs) => {
    for (const _ of ["missing", "empty"]) {
      assertEquals(logs.page(path, "id", { after: 7, limit: 1 }, all), { rows: [], next_after: null });
      assertEquals(logs.text(path, "id", 7, 100), { text: "", last_id: 7 });
      assertEquals(logs.last(path, "id"), 0);
      Deno.writeTextFileSync(path, "");
    }
    for (
      const query of [{ limit: 0 }, { limit: 1.5 }, { limit: 1e9 }, { limit: 1, after: -1 }, { limit: 1, after: NaN }]
    ) {
      assertThrows(() => logs.page(path, "id", query, all), "bad_page");
    }
  });
});

Deno.test("mendedEnd: cuts off what was torn", () => {
  withLog((path) => {
    assertEquals(mendedEnd(path, "id"), { last: 0, bytes: 0 });
    Deno.writeTextFileSync(path, line(1) + line(2) + '{"id":3,"te');
    assertEquals(mendedEnd(path, "id"), { last: 2, bytes: 30 });
    assertEquals(Deno.readTextFileSync(path), line(1) + line(2));
    Deno.writeTextFileSync(path, '{"id":1,"te');
    assertEquals([mendedEnd(path, "id"), Deno.statSync(path).size], [{ last: 0, bytes: 0 }, 0]);
  });
});

Deno.test("NumberedLogs: turns begin with 0 and may have gaps; what is after the last one costs no look at the rest", () => {
  withLog((path, logs) => {
    const row = (turn: number) => JSON.stringify({ turn, ...(turn > 0 && { wealth: turn / 7 }) }) + "\n";
    Deno.writeTextFileSync(path, Array.from({ length: 2000 }, (_, i) => row(5 * i)).join(""));
    const after = (turn: number, limit = 3) => logs.page<{ turn: number }>(path, "turn", { after: turn, limit }, all);
    const turns = (turn: number) => after(turn).rows.map((found) => found.turn);
    assertEquals([turns(-1), turns(0), turns(7), turns(9990), turns(9995)], [
      [0, 5, 10],
      [5, 10, 15],
      [10, 15, 20],
      [9995],
      [],
    ]);
    assertEquals([after(-1).next_after, after(9990).next_after, after(9995).next_after], [10, null, null]);
    Deno.writeTextFileSync(path, row(10_000), { append: true });
    assertEquals(turns(9995), [10_000]);
    assertThrows(() => after(-2), "bad_page");
  });
});
