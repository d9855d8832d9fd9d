import { assertEquals } from "../tests/support/assert.ts";
import { isLeft } from "./lost_runs.ts";
import { LOST, type Manifest } from "./store/mod.ts";
import { manifestOf } from "./store/manifest_test_support.ts";

const at = "2026-01-01T00:00:00.000Z";

function lost(...turns: number[]): Manifest {
  const history = turns.flatMap((turn) => [
    { at, status: "queued" as const, turn },
    { at, status: "running" as const, turn },
    { at, status: "interrupted" as const, turn, reason: LOST },
  ]);
  return manifestOf("interrupted", { status_reason: LOST, history });
}

Deno.test("isLeft: a run that its host has left, but not one that was lost in the same turn three times", () => {
  assertEquals([lost(4), lost(4, 4), lost(1, 2, 3, 4), lost(4, 4, 4, 5), lost(4, 4, 4)].map(isLeft), [
    true,
    true,
    true,
    true,
    false,
  ]);
  assertEquals(isLeft(manifestOf("interrupted", { status_reason: "the host was stopped" })), true);
  assertEquals(isLeft(manifestOf("interrupted", { status_reason: "by hand" })), false);
  assertEquals(isLeft(manifestOf("paused", { status_reason: LOST })), false);
});
