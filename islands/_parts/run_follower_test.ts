import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import type { LiveListener, LiveStream } from "./live.ts";
import { ROWS_INTERVAL, RunFollower } from "./run_follower.ts";
import type { Row, RunOutput } from "./types.ts";

const OUTPUT: RunOutput = {
  type: "run",
  run_id: "r",
  repo: "economic",
  status: "running",
  status_reason: null,
  turn: 1,
  max_turns: 100,
  watch: ["x"],
  columns: ["turn", "x"],
  rows: [{ turn: 0, x: 0 }, { turn: 1, x: 1 }],
  parent: null,
  error: null,
  log: [],
};

/** A server that plays a run, and a follower of it. */
function followed(output: RunOutput = OUTPUT) {
  const clock = new ManualClock();
  const asked: (number | null)[] = [];
  let listener: LiveListener = () => {};
  let played = 1;
  let answer: () => void = () => {};
  let isHeld = false;
  let ends = 0;
  const follower = new RunFollower(output, null, () => ends++, {
    stream: () =>
      ({
        follow: (_kind: string, _id: string, heard: LiveListener) => (listener = heard, () => {}),
      }) as unknown as LiveStream,
    rows: async (_id, after) => {
      asked.push(after);
      if (isHeld) await new Promise<void>((resolve) => answer = resolve);
      return Array.from({ length: played + 1 }, (_, turn): Row => ({ turn, x: turn })).filter(({ turn }) =>
        Number(turn) > (after ?? -1)
      );
    },
    now: () => clock.now(),
    after: (ms, ring) => clock.after(ms, ring),
  });
  follower.start();
  return {
    follower,
    asked,
    clock,
    say: (event: string, data: object) => listener(event, { run_id: "r", ...data }),
    play: (turn: number) => (played = turn, listener("progress", { run_id: "r", turn })),
    hold: () => isHeld = true,
    answer: () => (isHeld = false, answer()),
    settle: async () => {
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
    get ends() {
      return ends;
    },
  };
}

Deno.test("rows are asked for at most five times a second, one request at a time, and end whole", async () => {
  const run = followed();
  run.clock.advance(1000);
  for (let turn = 2; turn <= 61; turn++) {
    run.play(turn);
    await run.settle();
    run.clock.advance(1000 / 60);
    await run.settle();
  }
  run.clock.advance(ROWS_INTERVAL);
  await run.settle();
  assertTrue(run.asked.length >= 4 && run.asked.length <= 7, `${run.asked.length} requests`);
  const { rows, turn } = run.follower.state.value;
  assertEquals([turn, rows.length, rows.map((row) => row.turn)], [61, 62, Array.from({ length: 62 }, (_, i) => i)]);
});

Deno.test("while one request is under way there is no other; what came meanwhile is asked for after it", async () => {
  const run = followed();
  run.hold();
  run.play(2);
  run.clock.advance(5000);
  run.play(3);
  await run.settle();
  assertEquals(run.asked, [1]);
  run.answer();
  await run.settle();
  run.play(3);
  run.clock.advance(ROWS_INTERVAL);
  await run.settle();
  assertEquals(run.follower.state.value.rows.at(-1), { turn: 3, x: 3 });
});

Deno.test("status, cost, validity, who is waited for and what went wrong are taken over", () => {
  const run = followed();
  run.say("cost", { cost: { usd: 0.5 } });
  run.say("waiting", { turn: 2, agents: ["Ada"] });
  assertEquals([run.follower.state.value.cost_usd, run.follower.state.value.waiting], [0.5, ["Ada"]]);
  run.say("status", {
    status: "failed",
    turn: 1,
    max_turns: 90,
    reason: "model",
    validity: { state: "void", reasons: ["no answer"] },
    error: { code: "x", message: "it broke" },
  });
  const { status, reason, max_turns, validity, error, waiting } = run.follower.state.value;
  assertEquals([status, reason, max_turns, validity, waiting], ["failed", "model", 90, "void", []]);
  assertEquals(error, { message: "it broke" });
  run.say("end", { status: "failed", turn: 1 });
  assertEquals(run.ends, 1);
});

Deno.test("speed is told after three seconds, from what was seen", () => {
  const run = followed();
  run.play(2);
  run.clock.advance(1000);
  run.play(4);
  assertEquals(run.follower.state.value.speed, null);
  run.clock.advance(3000);
  run.play(10);
  assertEquals(run.follower.state.value.speed, 2);
  run.say("status", { status: "paused", turn: 10 });
  assertEquals(run.follower.state.value.speed, null);
});

Deno.test("what the server says anew does not undo what is newer", () => {
  const run = followed();
  run.play(5);
  run.follower.adopt(OUTPUT, null);
  assertEquals(run.follower.state.value.turn, 5);
  run.follower.adopt({ ...OUTPUT, turn: 8, status: "completed", rows: [...OUTPUT.rows, { turn: 8, x: 8 }] }, null);
  const { turn, status, rows } = run.follower.state.value;
  assertEquals([turn, status, rows.length], [8, "completed", 3]);
});
