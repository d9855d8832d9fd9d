/** Failures that say something of who is asked: they are the agent's to tell apart, and leave the run valid. */

import { runToEnd } from "../support/app.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import type { Behaviour } from "../support/llm_server.ts";
import { assertCompleted, eventsOf, tapeOf, toolUsers, withModels } from "./world.ts";

/** A service that fails in every way, by its path; `/hang` answers when it is left. */
function failing(): { readonly origin: string } & AsyncDisposable {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.arrayBuffer();
    const { pathname } = new URL(request.url);
    if (pathname === "/hang") await over;
    if (pathname === "/500") return new Response("it broke", { status: 500 });
    return pathname === "/huge" ? new Response("x".repeat(2 << 20)) : Response.json({});
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      end();
      await server.shutdown();
    },
  };
}

/** The origin of a service that has gone. */
async function gone(): Promise<string> {
  await using service = failing();
  return service.origin;
}

const LIMITS = "limits: { max_fallback_share: 1 }";

Deno.test("a service under test that fails leaves the run valid, and its agent knows how it failed", async () => {
  await using service = failing();
  const nowhere = await gone();
  const cases = [
    [`${service.origin}/200`, "status 200"],
    [`${service.origin}/500`, "status 500"],
    [`${service.origin}/hang`, "timeout"],
    [`${service.origin}/huge`, "reply_too_large"],
    [nowhere, "http_error"],
  ] as const;
  await withModels({}, async (app) => {
    for (const [url, reason] of cases) {
      const isFailure = !reason.startsWith("status");
      for (const tolerant of [true, false]) {
        const timeout = reason === "timeout" ? 0.2 : 30;
        const config = `url: "${url}", timeout: ${timeout}, tolerant: ${tolerant}`;
        const run = await runToEnd(app, { text: toolUsers({ turns: 1, agents: 1, config, more: LIMITS }) });
        assertCompleted(run);
        const folder = app.folder(run.run_id);
        assertEquals(run.validity.state, isFailure && !tolerant ? "degraded" : "valid", `${url} ${tolerant}`);
        assertEquals(eventsOf(folder, "VALIDITY").length, isFailure && !tolerant ? 1 : 0);
        assertEquals(eventsOf(folder, "DECISION").map(({ details }) => details.reasoning), [reason]);
        const [event] = eventsOf(folder, "LLM");
        const [entry] = tapeOf(folder);
        assertEquals(entry!.error?.code, isFailure ? reason : undefined);
        assertEquals((event!.details.error as { code: string } | undefined)?.code, entry!.error?.code);
        assertEquals((await app.replay(run.run_id)).divergence, null);
      }
    }
  }, { fixtures: ["tool_users"], config: { http_allow: [service.origin, nowhere] } });
});

Deno.test("a model under test that gives no good answer leaves the run valid as well", async () => {
  const cases: [Behaviour, string][] = [["error", "server_error"], ["empty", "empty_reply"], ["refusal", "refused"]];
  for (const [behaviour, reason] of cases) {
    await withModels({ behave: () => behaviour }, async (app) => {
      for (const tolerant of [true, false]) {
        const llm = "{ provider: test, max_retries: 0 }";
        const config = `tolerant: ${tolerant}`;
        const run = await runToEnd(app, { text: toolUsers({ turns: 1, agents: 1, config, llm, more: LIMITS }) });
        assertCompleted(run);
        assertEquals(run.validity.state, tolerant ? "valid" : "degraded");
        const decisions = eventsOf(app.folder(run.run_id), "DECISION");
        assertEquals(decisions.map(({ details }) => details.reasoning), [reason]);
        assertEquals((await app.replay(run.run_id)).divergence, null);
      }
    }, { fixtures: ["tool_users"] });
  }
});

Deno.test("a tolerated failure that the agent does not handle is a failed decision, counted once", async () => {
  const nowhere = await gone();
  await withModels({}, async (app) => {
    const config = `url: "${nowhere}", tolerant: true, catches: false`;
    const run = await runToEnd(app, { text: toolUsers({ turns: 1, agents: 1, config, more: LIMITS }) });
    assertCompleted(run);
    assertEquals(run.validity.state, "degraded");
    assertMatches(run.validity.reasons.join(), /^1 of 1 decisions failed/);
    const [event, ...others] = eventsOf(app.folder(run.run_id), "VALIDITY");
    assertEquals([event!.details.kind, others], ["decision_failed", []]);
  }, { fixtures: ["tool_users"], config: { http_allow: [nowhere] } });
});

Deno.test("who tolerates failures is not asked where the host forbids it, and a provider that is down halts the run", async () => {
  await using service = failing();
  await withModels({}, async (app, server) => {
    const config = `url: "${service.origin}", tolerant: true`;
    const run = await runToEnd(app, { text: toolUsers({ turns: 1, agents: 1, config }) });
    assertEquals([run.status, run.error?.code], ["failed", "agent_error"]);
    assertMatches(run.error!.message, /components may not call/);
    await server.down();
    const text = toolUsers({
      turns: 1,
      agents: 1,
      config: "tolerant: true",
      llm: "{ provider: test, max_retries: 0 }",
    });
    const halted = await runToEnd(app, { text });
    assertEquals([halted.status, halted.turn, tapeOf(app.folder(halted.run_id))], ["paused", 0, []]);
  }, { fixtures: ["tool_users"] });
});
