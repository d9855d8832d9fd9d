import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { type Question, TurnCalls } from "./turn_calls.ts";

function question(agent: string, purpose: string, n: number): Question {
  const asker = agent === "" ? "engine" : "agent";
  return { asker, agent, purpose, n, attempts: [], answer: null, failure: null };
}

const place = ({ agent, purpose, n }: Question) => `${agent}/${purpose}/${n}`;

/** Opens a question; the result keeps it. */
function opened(calls: TurnCalls, agent: string, purpose: string): () => void {
  const n = calls.open(agent, purpose);
  return () => calls.keep(question(agent, purpose, n));
}

Deno.test("questions are numbered within agent and purpose, from 1, as they are opened", () => {
  const calls = new TurnCalls();
  const numbers = [["A", "decide"], ["A", "decide"], ["B", "decide"], ["A", "judge"], ["A", "decide"], ["", "decide"]]
    .map(([agent, purpose]) => calls.open(agent!, purpose!));
  assertEquals(numbers, [1, 2, 1, 1, 3, 1]);
});

Deno.test("questions are taken in the same order, whichever was answered first", () => {
  const purposes = ["decide", "judge:A#2", "judge:A#10", "judge:A#02", "b", "", "7", "07"];
  const asked = fc.array(fc.tuple(fc.constantFrom("", "A", "B", "C"), fc.constantFrom(...purposes)), { maxLength: 12 });
  fc.assert(fc.property(asked, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (all, lots) => {
    const taken = (inOrder: boolean) => {
      const calls = new TurnCalls();
      const keep = all.map(([agent, purpose]) => opened(calls, agent, purpose));
      const order = inOrder ? keep : keep.map((each, i) => [lots[i]!, each] as const).sort(([a], [b]) => a - b)
        .map(([, each]) => each);
      for (const each of order) each();
      return calls.take((agent) => ["C", "A", "B"].indexOf(agent)).map(place);
    };
    assertEquals(taken(false), taken(true));
  }));
});

Deno.test("the world's questions come first, then agents' by rank; numbers at the end of purposes count as numbers", () => {
  const calls = new TurnCalls();
  for (const [agent, purpose] of [["A", "x10"], ["A", "x9"], ["B", "a"], ["", "z"]]) opened(calls, agent!, purpose!)();
  const rank = (agent: string) => ["B", "A"].indexOf(agent);
  assertEquals(calls.take(rank).map(place), ["/z/1", "B/a/1", "A/x9/1", "A/x10/1"]);
  assertEquals(calls.take(rank), []);
});

Deno.test("it is idle until something is asked, and again when that is taken", () => {
  const calls = new TurnCalls();
  assertTrue(calls.isIdle);
  const keep = opened(calls, "A", "decide");
  assertTrue(!calls.isIdle);
  keep();
  assertTrue(!calls.isIdle);
  calls.take();
  assertTrue(calls.isIdle);
});

Deno.test("what is asked upon an answer is waited for, though nobody else does", async () => {
  const calls = new TurnCalls();
  const answers = ["1", "2", "3"].map(() => Promise.withResolvers<void>());
  const chain = async () => {
    for (const [i, { promise }] of answers.entries()) {
      const keep = opened(calls, "A", `step ${i + 1}`);
      await promise;
      keep();
      // Code of the domain that takes its time between an answer and the next question.
      for (let k = 0; k < 50; k++) await null;
    }
  };
  const asked = chain();
  let isSettled = false;
  const settled = calls.settled().then(() => isSettled = true);
  for (const { resolve } of answers) {
    assertTrue(!isSettled);
    resolve();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await settled;
  await asked;
  assertEquals(calls.take().map(({ purpose }) => purpose), ["step 1", "step 2", "step 3"]);
});

Deno.test("after its turn nobody asks", () => {
  const calls = new TurnCalls();
  calls.close();
  assertTrue(assertThrows(() => calls.open("A", "decide")) instanceof TypeError);
});
