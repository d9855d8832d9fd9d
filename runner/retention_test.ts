import { assertEquals } from "../tests/support/assert.ts";
import { manifestOf } from "./store/manifest_test_support.ts";
import { runsToPrune } from "./retention.ts";
import type { RunStatus } from "./store/mod.ts";

const NOW = new Date("2026-06-01T00:00:00Z");

/** A run that was made so many days ago. */
function run(days: number, status: RunStatus = "completed", labels: Record<string, string> = {}) {
  const created_at = new Date(NOW.getTime() - days * 86_400_000).toISOString();
  return manifestOf(status, { run_id: `r${days}`, created_at, labels });
}

function pruned(runs: ReturnType<typeof run>[], rules: Partial<Parameters<typeof runsToPrune>[1]>): string[] {
  return runsToPrune(runs, { protect_labels: [], ...rules }, NOW).map(({ run_id }) => run_id);
}

Deno.test("runsToPrune: without a rule that lets go, everything stays", () => {
  assertEquals(pruned([run(1000), run(2000)], { protect_labels: ["keep"] }), []);
});

Deno.test("runsToPrune: by age, to the second, oldest last", () => {
  assertEquals(pruned([run(91), run(90), run(89), run(400)], { keep_days: 90 }), ["r91", "r400"]);
});

Deno.test("runsToPrune: by number, whatever order they come in", () => {
  assertEquals(pruned([run(3), run(1), run(2), run(4)], { keep_last: 2 }), ["r3", "r4"]);
  assertEquals(pruned([run(1), run(2)], { keep_last: 0 }), ["r1", "r2"]);
});

Deno.test("runsToPrune: a run goes only when no rule protects it", () => {
  assertEquals(pruned([run(1), run(100), run(200)], { keep_days: 90, keep_last: 2 }), ["r200"]);
  assertEquals(pruned([run(1), run(2), run(3)], { keep_days: 90, keep_last: 1 }), []);
  assertEquals(
    pruned([run(100, "completed", { keep: "" }), run(101, "failed", { other: "" })], {
      keep_days: 90,
      protect_labels: ["keep"],
    }),
    ["r101"],
  );
});

Deno.test("runsToPrune: what has not ended stays, however old", () => {
  const open = ["queued", "running", "paused", "interrupted"] as const;
  const ended = ["completed", "failed", "cancelled"] as const;
  assertEquals(pruned([...open, ...ended].map((status, i) => run(100 + i, status)), { keep_days: 1 }), [
    "r104",
    "r105",
    "r106",
  ]);
});
