import { assertEquals } from "../../../tests/support/assert.ts";
import { etaOf, type Seen, type WorkBatch, workOf, type WorkRun } from "./work.ts";

const run = (run_id: string, status: string, current_turn = 0): WorkRun => ({
  ...{ run_id, name: "", status, current_turn, max_turns: 100, cost_usd: 0.5 },
});
const batch = (batch_id: string, status: string): WorkBatch => ({
  batch_id,
  name: "rates",
  status,
  runs: { total: 24, completed: 5, failed: 1, cancelled: 0, running: 4 },
  eta_seconds: 9,
  cost: { usd: 1 },
});

Deno.test("batches and runs that go on are shown, runs of batches in the line of their batch", () => {
  const runs = [run("a", "running"), run("b", "queued"), run("c", "paused"), run("in", "running")];
  const work = workOf(runs, [batch("x", "running"), batch("y", "completed")], new Set(["in"]), new Map(), 0);
  assertEquals(work.map(({ key }) => key), ["batch x", "run a", "run b"]);
  const [{ done, total, failed, eta }] = work as [typeof work[number]];
  assertEquals([done, total, failed, eta], [6, 24, 1, 9]);
  assertEquals(work[1]!.name, "a");
});

Deno.test("when a run will end follows from how far it came since it was first seen", () => {
  const first = new Map<string, Seen>();
  const eta = (turn: number, now: number) => workOf([run("a", "running", turn)], [], new Set(), first, now)[0]!.eta;
  assertEquals(eta(10, 0), null);
  assertEquals(eta(20, 1000), null, "too soon");
  assertEquals(eta(50, 4000), 5);
  assertEquals(etaOf({ done: 5, at: 0 }, { done: 5, at: 60_000 }, 10), null, "it stands still");
  assertEquals(etaOf({ done: 50, at: 0 }, { done: 10, at: 60_000 }, 100), null, "it was set back");
});
