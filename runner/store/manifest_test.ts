import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { manifestOf } from "./manifest_test_support.ts";
import {
  assertAsSeen,
  decodeManifest,
  isEnded,
  LOST,
  type Manifest,
  playedTime,
  RUN_STATUSES,
  type RunStatus,
  SUCCESSORS,
  transition,
} from "./manifest.ts";

/** The state machine of the architecture, written out. */
const LEGAL: Record<RunStatus, RunStatus[]> = {
  queued: ["running", "paused", "interrupted", "cancelled", "failed"],
  running: ["completed", "failed", "cancelled", "paused", "interrupted"],
  paused: ["queued", "cancelled"],
  interrupted: ["queued", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

Deno.test("transition: allows what the state machine allows and refuses everything else", () => {
  for (const from of RUN_STATUSES) {
    for (const to of RUN_STATUSES) {
      if (LEGAL[from].includes(to)) assertEquals(transition(manifestOf(from), to).status, to);
      else {
        const error = assertThrows(() => transition(manifestOf(from), to), "bad_transition");
        assertMatches(error.message, new RegExp(`is ${from} and cannot become ${to}`));
      }
    }
    assertEquals([...SUCCESSORS[from]].sort(), [...LEGAL[from]].sort());
    assertEquals(isEnded(from), LEGAL[from].length === 0);
  }
});

Deno.test("transition: every one is in the history with its time, turn and reason; the reason is of the last", () => {
  const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
  let manifest = manifestOf("queued");
  manifest = transition(manifest, "running", { at: at(1) });
  manifest = transition(manifest, "paused", { at: at(2), reason: "asked", turn: 4 });
  assertEquals(manifest.status_reason, "asked");
  manifest = transition(manifest, "queued", { at: at(3) });
  assertEquals(manifest.status_reason, undefined);
  manifest = transition(manifest, "running", { at: at(4) });
  manifest = transition(manifest, "completed", { at: at(5), reason: "max_turns", turn: 10 });
  assertEquals(manifest.history.slice(1), [
    { at: at(1), status: "running", turn: 0 },
    { at: at(2), status: "paused", turn: 4, reason: "asked" },
    { at: at(3), status: "queued", turn: 4 },
    { at: at(4), status: "running", turn: 4 },
    { at: at(5), status: "completed", turn: 10, reason: "max_turns" },
  ]);
  assertEquals([manifest.started_at, manifest.ended_at, manifest.turn], [at(1), at(5), 10]);
});

Deno.test("transition: a run that nobody plays or queues names no process, and the manifest before stays as it was", () => {
  for (const from of RUN_STATUSES) {
    for (const to of LEGAL[from]) {
      const before = Object.freeze(manifestOf(from));
      assertEquals(transition(before, to).process !== undefined, to === "queued" || to === "running");
      assertEquals(before, manifestOf(from));
    }
  }
});

Deno.test("decodeManifest: reads what was written and names what is wrong", () => {
  const manifest = manifestOf("running", { labels: { a: "1" }, parent: { run_id: "p", turn: 3, set: { "a.b": [1] } } });
  assertEquals(decodeManifest(JSON.stringify(manifest), "x"), manifest);
  assertMatches(
    assertThrows(() => decodeManifest("{", "r/manifest.json"), "bad_manifest").message,
    /r\/manifest\.json is not JSON/,
  );
  const wrong = JSON.stringify({ ...manifest, status: "sleeping", turn: -1 });
  const { message } = assertThrows(() => decodeManifest(wrong, "x"), "bad_manifest");
  assertTrue(/status/.test(message) && /turn/.test(message), message);
});

Deno.test("playedTime: all stretches of playing but the present one, and none whose end nobody knows", () => {
  type Entry = readonly [minute: number, status: Manifest["status"], reason?: string];
  const history = (...entries: Entry[]) =>
    manifestOf("running", {
      history: entries.map(([minute, status, reason]) => ({
        at: new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString(),
        status,
        turn: 0,
        ...(reason !== undefined && { reason }),
      })),
    });
  const began = [[0, "queued"], [5, "running"], [7, "paused"], [60, "queued"], [61, "running"]] as const;
  assertEquals(playedTime(history(...began)), 2 * 60_000);
  assertEquals(playedTime(history(...began, [65, "interrupted"], [70, "queued"], [70, "running"])), 6 * 60_000);
  assertEquals(
    playedTime(history(...began, [999, "interrupted", LOST], [999, "queued"], [999, "running"])),
    2 * 60_000,
  );
});

Deno.test("assertAsSeen: a run that has changed hands or status is not the one that was looked at", () => {
  const paused = { ...manifestOf("paused") };
  delete paused.process;
  assertAsSeen(paused, paused, "1-me");
  const mine = manifestOf("queued", { process: { host: "1-me", pid: 1 } });
  assertThrows(() => assertAsSeen(mine, paused, "1-me"), "bad_transition");
  assertThrows(() => assertAsSeen(mine, paused, "2-you"), "owned_elsewhere");
  assertThrows(() => assertAsSeen(mine, { ...mine, process: { host: "2-you", pid: 2 } }, "2-you"), "owned_elsewhere");
});
