import { assertEquals } from "../../../tests/support/assert.ts";
import { ApiError } from "../api.ts";
import { doToAll, labelsBack, planOf } from "./bulk.ts";
import { groupsOf, lineAt, lineCount, lineOf, linesShown } from "./places.ts";
import { ALL, chosenCount, extended, isChosen, NONE, only, toggled, without } from "./selection.ts";
import { RunsStore } from "./store.ts";
import { EVERY_RUN, matches, requestOf, type RunRow, searchOf, sortedBy, viewOf } from "./view.ts";
import { RowWindows, WINDOW } from "./windows.ts";

function rowOf(i: number, facts: Partial<RunRow> = {}): RunRow {
  return {
    ...{ run_id: `run_${i}`, status: "completed", repo: "economic", current_turn: 5, max_turns: 10, name: `run ${i}` },
    ...{ created_at: "2026-01-01T00:00:00.000Z", started_at: null, ended_at: null, scenario_path: "a/growth.yaml" },
    ...{ labels: {}, validity: "valid", cost_usd: 0, parent: null, seed: 1, batch_id: null },
    ...facts,
  } as RunRow;
}

Deno.test("an address says what is shown, and nothing it says is lost or believed blindly", () => {
  const search = "?status=running,failed&text=%3Cb%3E&label=team%3Dmacro&sort=-cost&group=repo";
  assertEquals(searchOf(viewOf(new URLSearchParams(search))), search);
  assertEquals(
    searchOf(viewOf(new URLSearchParams("?status=running&status=nonsense&sort=x&validity=y"))),
    "?status=running",
  );
  assertEquals(searchOf(EVERY_RUN), "");
  assertEquals(
    requestOf({ ...EVERY_RUN, text: "a" }, { offset: 50, limit: 50 }),
    "/api/simulations?q=a&sort=-created&offset=50&limit=50",
  );
  assertEquals(sortedBy(EVERY_RUN, "created").descending, false);
  assertEquals(sortedBy(EVERY_RUN, "cost").descending, true);
});

Deno.test("whether a run is in a list is told as the server would", () => {
  const row = rowOf(1, { labels: { team: "a=b" }, batch_id: "s" });
  const isIn = (search: string) => matches(viewOf(new URLSearchParams(search)), row);
  for (const search of ["", "?label=team", "?label=team=a=b", "?scenario=growth.yaml", "?text=n_1", "?batch=s"]) {
    assertEquals(isIn(search), true, search);
  }
  for (const search of ["?label=constructor", "?label=team=a", "?scenario=rowth.yaml", "?status=failed", "?batch=t"]) {
    assertEquals(isIn(search), false, search);
  }
});

Deno.test("lines of groups: headings between rows, there and back", () => {
  const groups = groupsOf({ b: 1, a: 2, none: 0 });
  const shown = Array.from({ length: lineCount(3, groups) }, (_, i) => {
    const line = lineAt(i, groups);
    return "group" in line ? line.group.name : line.row;
  });
  assertEquals(shown, ["a", 0, 1, "b", 2]);
  assertEquals([0, 1, 2].map((row) => lineOf(row, groups)), [1, 2, 4]);
  assertEquals(linesShown({ top: 4400, height: 440, line: 44, lines: 10_000 }), { first: 92, end: 118 });
  assertEquals(linesShown({ top: 0, height: 440, line: 44, lines: 3 }), { first: 0, end: 3 });
});

Deno.test("some are chosen, or all that match but some", () => {
  const some = extended(toggled(only(["a"]), "b"), ["c"]);
  assertEquals([...some.ids], ["a", "b", "c"]);
  assertEquals([...without(toggled(some, "a"), ["c"]).ids], ["b"]);
  const most = toggled(ALL, "a");
  assertEquals([isChosen(most, "a"), isChosen(most, "b"), chosenCount(most, 10)], [false, true, 9]);
  assertEquals(chosenCount(extended(most, ["a"]), 10), 10);
  assertEquals(chosenCount(NONE, 10), 0);
});

Deno.test("windows are loaded once, forgotten when far, patched where they are, called off when not wanted", async () => {
  const asked: number[] = [];
  const signals: AbortSignal[] = [];
  const windows = new RowWindows(({ offset, limit }, signal) => {
    asked.push(offset);
    signals.push(signal);
    return Promise.resolve(Array.from({ length: limit }, (_, i) => rowOf(offset + i)));
  });
  windows.begin(10_000, Array.from({ length: WINDOW }, (_, i) => rowOf(i)));
  await windows.want(0, WINDOW);
  assertEquals(asked, []);
  await Promise.all([windows.want(40, 60), windows.want(45, 65)]);
  assertEquals(asked, [WINDOW]);
  assertEquals(windows.patch(rowOf(60, { current_turn: 7 })), true);
  assertEquals([windows.row(60)?.current_turn, windows.placeOf("run_60")], [7, 60]);
  const far = windows.want(9000, 9010);
  const back = windows.want(5000, 5010);
  assertEquals(signals.map(({ aborted }) => aborted), [false, true, false]);
  await Promise.all([far, back]);
  assertEquals([windows.row(0), windows.row(9000), windows.row(5000)?.run_id], [null, null, "run_5000"]);
  assertEquals(windows.patch(rowOf(60)), false);
});

Deno.test("what cannot be done is told before; what goes wrong keeps nothing else from it", async () => {
  const rows = [rowOf(1), rowOf(2, { status: "running" }), rowOf(3, { status: "failed" })];
  assertEquals(planOf("delete", rows).leftOut, [{ count: 1, why: "running" }]);
  assertEquals(planOf("cancel", rows).rows.map(({ run_id }) => run_id), ["run_2"]);
  const waits: number[] = [];
  let refusals = 2;
  const outcome = await doToAll(rows, ({ run_id }) => {
    if (run_id === "run_1") throw new Error("no");
    if (run_id === "run_3" && refusals-- > 0) throw new ApiError(429, "too_many", "wait");
    return Promise.resolve();
  }, { onProgress: () => {}, wait: (ms) => Promise.resolve(void waits.push(ms)) });
  assertEquals(outcome.done.map(({ run_id }) => run_id).sort(), ["run_2", "run_3"]);
  assertEquals([outcome.failed.map(({ message }) => message), outcome.left, waits], [["no"], 0, [1000, 2000]]);
  assertEquals(labelsBack(rowOf(1, { labels: { a: "x" } }), ["a", "b"]), { a: "x", b: null });
});

Deno.test("what is heard: rows change in place, new ones come in at the top or are counted, gone ones are seen", async () => {
  let rows = [rowOf(1), rowOf(2)];
  const rings: (() => void)[] = [];
  const tally = () => ({ total: rows.length, status: {}, repo: {}, validity: {} });
  const store = new RunsStore(
    { view: EVERY_RUN, rows, total: 2, offset: 0, repos: {}, facets: tally(), now: Date.parse("2026-01-02") },
    {
      get: <T>(path: string) => Promise.resolve((path.includes("tally") ? tally() : rows) as T),
      after: (_, ring) => {
        rings.push(ring);
        return () => {};
      },
      show: () => {},
    },
  );
  const settle = async () => {
    rings.splice(0).forEach((ring) => ring());
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const hear = (row: RunRow) => store.hear("run", row as unknown as { [member: string]: unknown });
  hear(rowOf(2, { current_turn: 9 }));
  assertEquals([store.windows.row(1)?.current_turn, store.fresh.value], [9, 0]);
  const newer = rowOf(3, { created_at: "2026-01-03T00:00:00.000Z" });
  rows = [newer, ...rows];
  hear(newer);
  await settle();
  assertEquals([store.windows.row(0)?.run_id, store.total.value, store.fresh.value], ["run_3", 3, 0]);
  store.chooseOnly(1);
  const newest = rowOf(4, { created_at: "2026-01-04T00:00:00.000Z" });
  rows = [newest, ...rows];
  hear(newest);
  hear(newest);
  await settle();
  assertEquals([store.windows.row(0)?.run_id, store.total.value, store.fresh.value], ["run_3", 4, 1]);
  store.hear("removed", { run_id: "run_1" });
  assertEquals([store.windows.isGone("run_1"), store.selection.value.ids.size], [true, 0]);
});
