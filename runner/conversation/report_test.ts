import { assertEquals, assertNear } from "../../tests/support/assert.ts";
import { converseReport, reportLine } from "./report.ts";
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
