import { assertEquals } from "../../../tests/support/assert.ts";
import { viewOfText } from "../../../tests/support/notebook_pages.ts";
import { endings, movingOf } from "./following.ts";
import type { CellStatus } from "./types.ts";

const TEXT = "```yaml run #base\nscenario: crisis\n```\n\n```yaml batch #sweep\nscenario: crisis\n```\n";
const view = (base: CellStatus, sweep: CellStatus) =>
  viewOfText(TEXT, { base: { status: base }, sweep: { status: sweep } });

Deno.test("what has come to its end is told once, also what was started and has ended before anybody looked", () => {
  assertEquals(endings(view("running", "queued"), view("fresh", "running")), ["base finished"]);
  assertEquals(endings(view("fresh", "running"), view("fresh", "failed")), ["sweep failed"]);
  assertEquals(endings(view("running", "running"), view("paused", "stale")), ["base paused"]);
  assertEquals(endings(view("fresh", "fresh"), view("fresh", "cached")), []);
  assertEquals(endings(view("stale", "fresh"), view("cached", "fresh"), ["BASE"]), ["base finished"]);
  assertEquals(endings(view("stale", "fresh"), view("stale", "fresh"), ["base"]), []);
  assertEquals(movingOf(view("running", "queued")), "base\nsweep");
});
