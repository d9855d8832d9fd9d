import { AgentMap, type Json, type Message } from "llm-sim";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { newMemory } from "../../../tests/support/contexts.ts";
import type { Nation } from "../tests/harness.ts";
import {
  alarmRate,
  judgePromises,
  middle,
  observedAbatement,
  ownPromise,
  ownProposal,
  readMail,
  rememberOwn,
  trustIn,
} from "./negotiation.ts";

const CONFIG = { memory: 3, tolerance: 0.02 };

function message(from: string | null, content: Json, turn = 1): Message {
  return { from, to: "*", content, turn };
}

function seen(...nations: [string, object][]): AgentMap<Nation> {
  return AgentMap.of(nations.map(([name, known]) => ({ name, ...known }) as Nation));
}

Deno.test("negotiation: proposals, and promises for this turn, are read; other content is ignored", () => {
  const mail = readMail(
    [
      message("A", { kind: "proposal", rate: 0.4 }),
      message("B", { kind: "promise", rate: 0.3, turn: 2 }),
      message("C", { kind: "promise", rate: 0.3, turn: 5 }),
      message("C", { kind: "proposal", rate: 1.5 }),
      message("C", { kind: "proposal", rate: "all" }),
      message("C", { kind: "threat", rate: 0.1 }),
      message("C", "hello"),
      message("C", null),
      message(null, { kind: "proposal", rate: 0.9 }),
    ],
    newMemory(2),
    2,
  );
  assertEquals([mail.proposals, [...mail.promises]], [[0.4], [["B", 0.3]]]);
});

Deno.test("negotiation: trust is the share of promises kept in the turns that are remembered, and 1 before any is", () => {
  let memory = newMemory(1);
  const trust: number[] = [];
  const does = [0.3, 0.1, 0.1, 0.29, 0.3, 0.3];
  for (let turn = 1; turn <= 7; turn++) {
    memory = newMemory(turn, memory);
    readMail([message("A", { kind: "promise", rate: 0.3, turn }, turn - 1)], memory, turn);
    judgePromises(memory, seen(["A", { abatement: does[turn - 2] ?? 0 }]), turn, CONFIG);
    trust.push(trustIn("A", memory));
  }
  // Kept, broken, broken, kept (0.29 is close enough), kept, kept: seen a turn later, remembered for three more.
  assertEquals(trust, [1, 1, 1 / 2, 1 / 3, 2 / 4, 2 / 4, 3 / 4]);
  assertEquals(trustIn("B", memory), 1);
});

Deno.test("negotiation: a promise is judged once, in the turn after it was due, and not by what cannot be seen", () => {
  const memory = newMemory(1);
  readMail([message("A", { kind: "promise", rate: 0.3, turn: 1 }, 0)], memory, 1);
  const hidden = newMemory(2, memory);
  judgePromises(hidden, seen(["A", {}]), 2, CONFIG);
  assertEquals([trustIn("A", hidden), hidden.entries], [1, []]);
  const late = newMemory(3, memory);
  judgePromises(late, seen(["A", { abatement: 0 }]), 3, CONFIG);
  assertEquals(trustIn("A", late), 1);
});

Deno.test("negotiation: abatement is seen as it is or, where that is hidden, from emissions", () => {
  assertEquals(observedAbatement({ abatement: 0.4, emissions: 99 }), 0.4);
  assertEquals(observedAbatement({ emissions: 3, intensity: 0.5, gross_output: 10 }), 0.4);
  assertEquals(observedAbatement({ emissions: 3 }), undefined);
  assertEquals(observedAbatement({ emissions: 0, intensity: 0, gross_output: 10 }), undefined);
  assertEquals(observedAbatement(undefined), undefined);
});

Deno.test("negotiation: of its own words a nation remembers the last, and a promise counts in the next turn only", () => {
  const memory = newMemory(1);
  assertEquals([ownPromise(memory, 1), ownProposal(memory)], [undefined, undefined]);
  rememberOwn(memory, 0.8, 0.2);
  const next = newMemory(2, memory);
  assertEquals([ownPromise(next, 2), ownProposal(next)], [0.2, 0.8]);
  assertEquals(ownPromise(newMemory(3, memory), 3), undefined);
  rememberOwn(next, 0.7, undefined);
  assertEquals([ownProposal(next), next.entries.length], [0.7, 2]);
});

Deno.test("negotiation: the highest alarm is remembered for good", () => {
  const memory = newMemory(1);
  readMail([message(null, { kind: "alarm", rate: 0.9 }), message(null, { kind: "alarm", rate: 0.6 })], memory, 1);
  assertEquals(alarmRate(newMemory(20, memory)), 0.9);
  assertEquals(alarmRate(newMemory(1)), undefined);
});

Deno.test("negotiation: the middle of none is nothing, of an even number the mean of two", () => {
  assertEquals([middle([]), middle([3]), middle([9, 1, 2]), middle([4, 1, 2, 9])], [undefined, 3, 2, 3]);
});

Deno.test("negotiation: memory does not grow without end", () => {
  let memory = newMemory(1);
  for (let turn = 1; turn <= 50; turn++) {
    memory = newMemory(turn, memory);
    readMail([message("A", { kind: "promise", rate: 0.3, turn }, turn - 1)], memory, turn);
    judgePromises(memory, seen(["A", { abatement: 0.3 }]), turn, CONFIG);
    rememberOwn(memory, 0.5, 0.5);
  }
  assertTrue(memory.entries.length <= 2 * CONFIG.memory + 3, `${memory.entries.length}`);
});
