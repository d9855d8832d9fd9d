import { assertEquals } from "../tests/support/assert.ts";
import { exitOfRun } from "./exit.ts";

Deno.test("how a run stands is the exit code", () => {
  const codes = (["completed", "failed", "cancelled", "paused", "interrupted", "running", "queued"] as const)
    .map((status) => [status, exitOfRun(status)]);
  assertEquals(Object.fromEntries(codes), {
    completed: 0,
    failed: 1,
    cancelled: 3,
    paused: 130,
    interrupted: 130,
    running: 130,
    queued: 130,
  });
});
