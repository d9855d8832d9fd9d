import { assertEquals, assertMatches, assertNear } from "../../tests/support/assert.ts";
import { baselineLine, converseReport, reportLine } from "./report.ts";
import { exampleConversation, passedConversation } from "./tests/conversations.ts";

const named = (name: string) => ({ ...exampleConversation().config, case: name });
const passed = (name: string) => passedConversation({ config: named(name) });
const failed = (name: string) => exampleConversation({ config: named(name) });

Deno.test("pass_hat_k: for each k that all cases have runs for, the mean over cases, with an interval", () => {
  const runs = [passed("a"), passed("a"), failed("a"), passed("b"), passed("b"), passed("b"), passed("b")];
  const { pass_hat_k } = converseReport("x", runs);
  assertEquals(pass_hat_k.map(({ k }) => k), [1, 2, 3]);
  const means = [(2 / 3 + 1) / 2, (1 / 3 + 1) / 2, 1 / 2];
  means.forEach((mean, i) => assertNear(pass_hat_k[i]!.estimate!, mean, 1e-12));
  assertEquals(reportLine(converseReport("x", runs)), "6 of 7 passed · pass^1 83 % [24, 99] · pass^3 50 % [9, 91]");
});

Deno.test("pass_hat_k: one case has no interval; no run has no pass^k", () => {
  assertEquals(reportLine(converseReport("x", [passed("a"), failed("a")])), "1 of 2 passed · pass^1 50 % · pass^2 0 %");
  assertEquals([converseReport("x", []).pass_hat_k, reportLine(converseReport("x", []))], [[], "0 of 0 passed"]);
});

Deno.test("baselines: an agent that does nothing counts over what was played out, and the line says of how many", () => {
  const runs = ["1", "2", "3"].map((run_id) => passedConversation({ run_id }));
  const line = (...outcomes: (boolean | null)[]) =>
    baselineLine(converseReport("x", runs, new Map(outcomes.map((each, i) => [String(i + 1), each]))));
  const judge = " · a judge that passes everything 3 of 3";
  assertEquals(line(true, false, true), `baselines: an agent that does nothing 2 of 3${judge}`);
  const cut = "that were played out (1 was not)";
  assertEquals(line(true, false, null), `baselines: an agent that does nothing 1 of 2 ${cut}${judge}`);
  assertMatches(line(null)!, /nothing 0 of 0 that were played out \(3 were not\)/);
  assertEquals([baselineLine(converseReport("x", runs)), converseReport("x", runs).do_nothing], [null, undefined]);
});

Deno.test("baselines: a judge that passes everything lets pass what ended without error in no other state", () => {
  const { summary } = exampleConversation();
  const misaligned = exampleConversation({ summary: { ...summary, end_state: "unknown" } });
  const others = [
    exampleConversation(),
    exampleConversation({ ...misaligned, status: "error" }),
    exampleConversation({ ...misaligned, status: "cancelled" }),
    exampleConversation({ ...misaligned, status: "idle" }),
    exampleConversation({ ...misaligned, turns: [] }),
  ];
  assertEquals(converseReport("x", [passedConversation(), misaligned, ...others]).pass_everything, 2);
});
