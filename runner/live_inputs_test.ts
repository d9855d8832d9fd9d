import { assertEquals, assertMatches, assertRejects } from "../tests/support/assert.ts";
import { type NewInput, SimError, type SimulationInput } from "../framework/mod.ts";
import { LiveInputs, type PendingDecision } from "./live_inputs.ts";

/** A run's side of the door, whose disk and process are the test's. */
function door(options: { append?: (input: NewInput) => Promise<SimulationInput>; firstTurn?: number } = {}) {
  const recorded: SimulationInput[] = [];
  // deno-lint-ignore no-explicit-any -- messages of any kind, looked into
  const said: any[] = [];
  const decided: [string, string | null][] = [];
  const asked: PendingDecision[] = [];
  const append = options.append ?? ((input) => {
    const numbered = { seq: recorded.length + 1, ...input } as SimulationInput;
    recorded.push(numbered);
    return Promise.resolve(numbered);
  });
  const inputs = new LiveInputs({
    run_id: "run",
    firstTurn: options.firstTurn ?? 1,
    append,
    send: (message) => said.push(message),
    onDecision: (pending) => asked.push(pending),
    onDecided: ({ agent }, by) => decided.push([agent, by]),
  });
  const ask = (id: number, agent: string, deadline: number | null = null) =>
    inputs.receive({
      id,
      request: { kind: "decision", agent, turn: 3, n: 1, deadline, observation: {} },
    });
  const commit = (id: number, turn: number, offers: number[]) =>
    inputs.receive({ id, request: { kind: "commit", turn, offers } });
  return { inputs, recorded, said, decided, asked, ask, commit };
}

const INTERVENTION = { kind: "intervention", body: { set: { "global.x": 1 } } } as const;

Deno.test("LiveInputs: an offer is recorded with the turn that asks for it, then told to simulation and sender", async () => {
  const { inputs, recorded, said, commit } = door({ firstTurn: 5 });
  const offered = inputs.offer(INTERVENTION);
  assertEquals(said, [{ t: "offer", id: 1, not_before: 5 }]);
  commit(9, 7, [1]);
  assertEquals((await offered).turn, 7);
  assertEquals(recorded.map(({ seq, turn }) => [seq, turn]), [[1, 7]]);
  await inputs.stopped();
  assertEquals([said[1].t, said[1].id, said[1].inputs.length], ["answer", 9, 1]);
});

Deno.test("LiveInputs: what was not taken is offered to the next process, what was taken is not", async () => {
  const { inputs, recorded, said, commit } = door();
  const first = inputs.offer(INTERVENTION);
  const second = inputs.offer({ ...INTERVENTION, not_before: 20 });
  commit(1, 4, [1]);
  await inputs.stopped();
  said.length = 0;
  inputs.started();
  assertEquals(said, [{ t: "offer", id: 2, not_before: 20 }]);
  commit(1, 20, [1, 2]);
  assertEquals([(await first).turn, (await second).turn, recorded.length], [4, 20, 2]);
});

Deno.test("LiveInputs: while a process dies nobody decides for it; what was being written is there for the next one", async () => {
  const written = Promise.withResolvers<SimulationInput>();
  const { inputs, ask, decided } = door({ append: () => written.promise });
  ask(1, "A");
  ask(2, "B");
  const deciding = inputs.decide("A", []);
  let isStopped = false;
  const stopped = inputs.stopped().then(() => isStopped = true);
  assertEquals([inputs.pending(), decided], [[], [["A", "decision"], ["B", null]]]);
  await assertRejects(() => inputs.decide("B", []), "not_asked");
  assertEquals(isStopped, false, "the next process waits until it is written");
  written.resolve({ seq: 1 } as SimulationInput);
  assertEquals((await deciding).seq, 1);
  await stopped;
});

Deno.test("LiveInputs: of a decision and its deadline the first one counts", async () => {
  const { inputs, recorded, ask, decided } = door();
  ask(1, "A", 0.01);
  await inputs.decide("A", [{ action: "work" }]);
  await assertRejects(() => inputs.decide("A", []), "not_asked");
  ask(2, "B", 0.01);
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const look = setInterval(() => decided.length === 2 && resolve(), 1);
  await over;
  clearInterval(look);
  await inputs.stopped();
  assertEquals(recorded.map(({ kind }) => kind), ["decision", "timeout"]);
  assertEquals(decided, [["A", "decision"], ["B", "timeout"]]);
});

Deno.test("LiveInputs: what cannot be written is told to the sender and ends the simulation's waiting", async () => {
  const full = new SimError("disk_full", "no space left", { hint: "make room" });
  const { inputs, said, ask, commit } = door({ append: () => Promise.reject(full) });
  ask(1, "A");
  await assertRejects(() => inputs.decide("A", []), "disk_full");
  const offered = inputs.offer(INTERVENTION);
  commit(2, 4, [1]);
  await assertRejects(() => offered, "disk_full");
  await inputs.stopped();
  const answers = said.filter(({ t }) => t === "answer").map(({ id, error }) => [id, error.code, error.hint]);
  assertEquals(answers, [[1, "disk_full", "make room"], [2, "disk_full", "make room"]]);
});

Deno.test("LiveInputs: when the run stands still, what was not taken is refused, and so is what comes later", async () => {
  const { inputs } = door();
  const offered = inputs.offer(INTERVENTION);
  await inputs.close();
  assertMatches((await assertRejects(() => offered, "run_stopped")).message, /stopped before it could be applied/);
  await assertRejects(() => inputs.offer(INTERVENTION), "run_stopped");
});
