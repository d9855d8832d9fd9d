import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { Envelope } from "./envelope.ts";
import { Scene } from "../../tests/support/gateway.ts";

const FAILURES = ["error", "disconnect", "empty", "not_json"] as const;

Deno.test("fifty calls at once never spend more than their budget, whatever fails", async () => {
  for (const max_tokens of [9_000, 20_000, 60_000]) {
    const budget = new Envelope({ name: "run 'r'", max_cost_usd: null, max_tokens });
    const host = new Envelope({ name: "this host", max_cost_usd: 0.1, max_tokens: null });
    await using scene = await Scene.open({
      budget,
      gateway: { budget: host },
      server: { latency: 2, behave: ({ index }) => index % 3 === 0 ? FAILURES[index / 3 % 4] : undefined },
    });
    const messages = [{ role: "user", content: "What do you do? ".repeat(50) }] as const;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => scene.call({ messages, max_tokens: 1000 })));
    const { spent, unconfirmed, outstanding } = budget;
    assertTrue(spent.tokens + unconfirmed.tokens <= max_tokens, `${spent.tokens} + ${unconfirmed.tokens}`);
    assertEquals(outstanding, { usd: 0, tokens: 0, calls: 0 });
    assertEquals([host.spent.tokens, host.unconfirmed.tokens], [spent.tokens, unconfirmed.tokens]);
    assertTrue(scene.server.inputTokens + scene.server.outputTokens <= max_tokens, "as the server counts");
    const answered = outcomes.filter(({ kind }) => kind === "answered").length;
    assertTrue(answered >= 3, `${answered} answered`);
    for (const outcome of outcomes) {
      if (outcome.kind === "halted") assertEquals(outcome.halt.code, "budget_spent");
    }
  }
});

Deno.test("calls wait for their run's budget and are all answered when it suffices one after the other", async () => {
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: null, max_tokens: 3000 });
  await using scene = await Scene.open({ budget, server: { latency: 1 } });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => scene.call({ max_tokens: 1000 })));
  assertEquals(outcomes.map(({ kind }) => kind), Array(20).fill("answered"));
  assertEquals(scene.server.peakInFlight, 2);
});

Deno.test("a run without a cent is halted before anything is sent, and another one goes on", async () => {
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: 0, max_tokens: null });
  await using scene = await Scene.open({ budget });
  const { code, message, hint } = await scene.halt();
  assertEquals(code, "budget_spent");
  assertMatches(message, /^the budget of run 'r' is spent: \$0 of \$0, and the next call may take up to \$0\.004/);
  assertMatches(hint!, /raise its limit/);
  assertEquals(scene.server.received, 0);
  const other = new Envelope({ name: "run 's'", max_cost_usd: null, max_tokens: null });
  assertEquals((await scene.call({}, { budget: other })).kind, "answered");
});

Deno.test("a resumed run goes on from what its tape says", async () => {
  const budget = new Envelope({
    name: "run 'r'",
    max_cost_usd: 1,
    max_tokens: null,
    spent: { usd: 0.999, tokens: 1000 },
  });
  await using scene = await Scene.open({ budget });
  assertMatches((await scene.halt()).message, /\$1\.00 of \$1\.00|\$0\.999 of \$1\.00/);
  assertEquals((await scene.call({ max_tokens: 100 })).kind, "answered");
});

Deno.test("where something is limited the answer's length is, and the length that was asked for counts", async () => {
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: 1, max_tokens: null });
  await using scene = await Scene.open({ budget });
  await scene.answer();
  await scene.answer({ max_tokens: 300 });
  assertEquals(scene.server.requests.map(({ body }) => body.max_tokens), [2048, 300]);
});

Deno.test("a host's budget limits the answer's length as well", async () => {
  const budget = new Envelope({ name: "this host", max_cost_usd: 1, max_tokens: null });
  await using scene = await Scene.open({ gateway: { budget } });
  await scene.answer();
  assertEquals(scene.server.requests[0]!.body.max_tokens, 2048);
});

Deno.test("a model that lets no answer be bounded is not asked where a budget needs it", async () => {
  const refuse = { do: "error", status: 400, message: "unsupported: max_tokens, max_completion_tokens" } as const;
  const behave = ({ body }: { body: { max_tokens?: number; max_completion_tokens?: number } }) =>
    body.max_tokens ?? body.max_completion_tokens ? refuse : undefined;
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: 1, max_tokens: null });
  await using scene = await Scene.open({ budget, server: { behave } });
  assertEquals((await scene.givenUp()).error.code, "bad_request");
  assertEquals((await scene.givenUp()).error.code, "bad_request");
  const free = new Envelope({ name: "run 's'", max_cost_usd: null, max_tokens: null });
  assertEquals((await scene.call({ max_tokens: 10 }, { budget: free })).kind, "answered");
});
