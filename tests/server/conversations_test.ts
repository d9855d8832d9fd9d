/** Conversations over real HTTP: started, played turn by turn, judged, labelled, exported. No model is needed. */

import { join } from "node:path";
import { DOMParser } from "linkedom";
import { CONVERSATION_FORMATS } from "../../runner/mod.ts";
import { KeyStore } from "../../server/mod.ts";
import { withFolder } from "../cli/support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { HeldAgent } from "../support/held_agent.ts";
import { LLMServer } from "../support/llm_server.ts";
import { posted } from "../support/server.ts";
import { type Answer, type RestServer, told, withRest } from "./rest_world.ts";
import { serve } from "./served.ts";

const PLAN = { title: "Party", tasks: [{ name: "Invite everybody" }, { name: "Cook" }] };

/** Two wishes that a rule does as they are meant, and one that it does not understand. */
const SCRIPT = [
  { desired_action: { name: "create_task", parameters: { name: "Book a room" } } },
  { message: "I have lost my appetite.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } },
  { message: "Thank you.", desired_action: null },
];

const section = (more: Readonly<Record<string, unknown>> = {}) => ({
  plan: PLAN,
  user: { kind: "scripted", script: SCRIPT },
  agent: { adapter: "rule" },
  judge: { kind: "rules" },
  stop_on_misalignment: false,
  ...more,
});

const started = async ({ ask }: RestServer, body: Readonly<Record<string, unknown>>): Promise<string> => {
  const { status, body: answer } = await ask("POST", "/simulation/run", body);
  assertEquals(status, 202, JSON.stringify(answer));
  return answer.run.run_id;
};

/** A conversation that has come to its end. */
const played = async (server: RestServer, body: Readonly<Record<string, unknown>> = { conversation: section() }) => {
  const id = await started(server, body);
  await server.app.wait(id);
  return id;
};

const alignments = ({ body: { run } }: Answer) =>
  run.turns.map(({ judge }: { judge: { alignment: string } | null }) => judge?.alignment ?? null);

Deno.test("a conversation is started from a scenario, a file, a section or a plan, and played to its end", async () => {
  await withRest(async (server) => {
    const { ask, app } = server;
    const answer = await ask("POST", "/simulation/run", {
      conversation: section(),
      session_id: "monday",
      goal: "Have a party",
      seed: 3,
      labels: { team: "a" },
    });
    const { run } = answer.body;
    assertEquals([answer.status, run.turns], [202, []]);
    assertEquals(answer.headers.get("location"), `/simulation/${run.run_id}`);
    await app.wait(run.run_id);
    const got = await ask("GET", `/simulation/${run.run_id}`);
    assertEquals(alignments(got), ["aligned", "misaligned", "aligned"]);
    const { status, config, seed, summary, remaining_turns } = got.body.run;
    assertEquals([status, config.session_id, config.improvement_goal, seed, remaining_turns], [
      "finished",
      "monday",
      "Have a party",
      3,
      0,
    ]);
    assertEquals([summary.aligned, summary.misaligned, summary.passed], [2, 1, false]);
    assertMatches(got.body.run.outline, /Book a room/);

    const file = await played(server, { repo: "conversation", config: "plan_refine_offline.yaml", max_turns: 2 });
    assertEquals((await ask("GET", `/simulation/${file}`)).body.run.turns.length, 2);
    const whole = { conversation: section({ max_turns: 1 }) };
    for (const scenario of [whole, JSON.stringify(whole)]) {
      const id = await played(server, { scenario });
      assertEquals(alignments(await ask("GET", `/simulation/${id}`)), ["aligned"]);
    }
    const { plan: _, ...planless } = section();
    const named = await played(server, { conversation: planless, plan_id: "launch", max_turns: 1 });
    assertMatches((await ask("GET", `/simulation/${named}`)).body.run.outline, /solar backpack[^]*Book a room/);
    // A plan of its own counts; the name is only a name.
    const own = await played(server, { conversation: section(), plan_id: "mine" });
    assertEquals((await ask("GET", `/simulation/${own}`)).body.run.config.plan_id, "mine");
    const only = await started(server, {
      plan_id: "launch",
      improvement_goal: "Ready for spring",
      llm_mode: "offline",
      auto_advance: false,
    });
    const { run: alone } = (await ask("GET", `/simulation/${only}`)).body;
    assertEquals([alone.status, alone.config.user.kind, alone.config.agent.adapter, alone.config.judge.kind], [
      "idle",
      "llm",
      "builtin",
      "rules",
    ]);
    assertEquals(alone.config.improvement_goal, "Ready for spring");
  });
});

Deno.test("the same start under the same key starts one conversation", async () => {
  await withRest(async ({ ask }) => {
    const body = { conversation: section(), auto_advance: false };
    const key = { "idempotency-key": "monday-1" };
    const [first, second] = await Promise.all([1, 2].map(() => ask("POST", "/simulation/run", body, key)));
    assertEquals([first!.status, second!.body.run.run_id], [202, first!.body.run.run_id]);
    assertEquals(told(await ask("POST", "/simulation/run", { ...body, seed: 4 }, key)), "422 idempotency_conflict");
    assertEquals((await ask("GET", "/simulation/runs")).body.length, 1);
  });
});

Deno.test("what cannot be played is refused with a code, and nothing is started", async () => {
  await withRest(async ({ ask }) => {
    const refused = async (body: unknown) => told(await ask("POST", "/simulation/run", body));
    assertEquals(await refused({ conversation: section(), max_turns: 11 }), "422 too_many_turns");
    assertEquals(await refused({ conversation: section(), case: "vague" }), "422 unknown_case");
    assertEquals(await refused({ repo: "economic", config: "growth.yaml" }), "422 no_conversation");
    assertEquals(await refused({}), "422 invalid_request");
    assertEquals(await refused({ conversation: section(), scenario: "domain: conversation" }), "422 invalid_request");
    assertEquals(await refused({ conversation: section({ agent: { adapter: "rul" } }) }), "422 invalid_value");
    assertEquals(await refused({ conversation: section(), session_id: "a\nb" }), "422 bad_label");
    const unknown = await ask("POST", "/simulation/run", { plan_id: "lunch" });
    assertEquals(told(unknown), "404 unknown_plan");
    assertMatches(unknown.body.hint, /\blaunch\b/);
    for (const plan_id of ["../plan_refine_offline", "..", "/etc/passwd", "launch\0", "../../../deno"]) {
      assertEquals(await refused({ plan_id }), "404 unknown_plan", plan_id);
    }
    assertEquals((await ask("GET", "/simulation/runs")).body, []);
  });
});

Deno.test("advance plays exactly one turn; one that has been played is answered as it is", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const id = await started(server, { conversation: section(), auto_advance: false });
    const first = await ask("POST", `/simulation/${id}/advance`, {});
    assertEquals([first.status, first.body.turn.index, first.body.run.turns.length, first.body.waiting], [
      200,
      1,
      1,
      false,
    ]);
    assertEquals(first.body.run.status, "idle");
    const again = await ask("POST", `/simulation/${id}/advance`, { turn: 1 });
    assertEquals([again.body.turn, again.body.run.turns.length], [first.body.turn, 1]);
    assertEquals(told(await ask("POST", `/simulation/${id}/advance`, { turn: 3 })), "422 bad_turn");
    // A request without a body asks for the next turn.
    assertEquals((await ask("POST", `/simulation/${id}/advance`)).body.turn.index, 2);
    const last = await ask("POST", `/simulation/${id}/advance`, { turn: 3 });
    assertEquals([last.body.turn.index, last.body.run.status, last.body.run.ended_by], [3, "finished", "user_done"]);
    assertEquals((await ask("POST", `/simulation/${id}/advance`, { turn: 3 })).body.turn, last.body.turn);
    assertEquals(told(await ask("POST", `/simulation/${id}/advance`)), "409 bad_transition");
  });
});

/** A server whose conversations may be with this agent. */
async function withAgent(body: (server: RestServer, agent: HeldAgent) => Promise<void>): Promise<void> {
  await using agent = new HeldAgent();
  await withRest((server) => body(server, agent), { config: { http_allow: [agent.origin] } });
}

const withHttp = (agent: HeldAgent) => section({ agent: { adapter: "http", url: agent.url } });

Deno.test("two who advance at once: one plays the turn, the other is told that it is being played", () =>
  withAgent(async (server, agent) => {
    const { ask } = server;
    const id = await started(server, { conversation: withHttp(agent), auto_advance: false });
    agent.hold();
    const first = ask("POST", `/simulation/${id}/advance`);
    await agent.whenAsked(1);
    for (const body of [undefined, { turn: 1 }, { turn: 2 }]) {
      assertEquals(told(await ask("POST", `/simulation/${id}/advance`, body)), "409 busy");
    }
    agent.release();
    assertEquals([(await first).body.turn.index, agent.asked.length], [1, 1]);
    const [one, other] = await Promise.all([1, 2].map(() => ask("POST", `/simulation/${id}/advance`)));
    assertEquals([one!.status, other!.status].sort(), [200, 409]);
    assertEquals(agent.asked.map(({ turn }) => turn), [1, 2]);
  }));

Deno.test("a cancel during a turn wins over what the turn comes to; a second one is refused", () =>
  withAgent(async (server, agent) => {
    const { ask, app } = server;
    const id = await started(server, { conversation: withHttp(agent), auto_advance: false });
    assertEquals((await ask("POST", `/simulation/${id}/advance`)).body.turn.index, 1);
    agent.hold();
    const advancing = ask("POST", `/simulation/${id}/advance`);
    await agent.whenAsked(2);
    const cancelled = await ask("POST", `/simulation/${id}/cancel`);
    assertEquals([cancelled.status, cancelled.body.run.status], [200, "cancelled"]);
    agent.release();
    const { body, status } = await advancing;
    assertEquals([status, body.run.status, body.turn], [200, "cancelled", null]);
    await app.wait(id);
    const { run } = (await ask("GET", `/simulation/${id}`)).body;
    assertEquals([run.status, run.turns.length, run.remaining_turns], ["cancelled", 1, 0]);
    assertEquals(told(await ask("POST", `/simulation/${id}/cancel`)), "409 bad_transition");
    assertEquals(told(await ask("POST", `/simulation/${id}/advance`)), "409 bad_transition");
    // It can be judged and exported as far as it went.
    assertEquals((await ask("GET", `/simulation/${id}/export`)).status, 200);
  }));

Deno.test("a person is waited for, speaks, and is judged like anybody", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const conversation = section({ user: { kind: "human" }, max_turns: 1 });
    const id = await started(server, { conversation, auto_advance: false });
    const waiting = await ask("POST", `/simulation/${id}/advance`);
    assertEquals([waiting.body.turn, waiting.body.waiting], [null, true]);
    const action = {
      action: "say",
      parameters: {
        message: "Please delete task 2.",
        desired_action: { name: "delete_task", parameters: { task_id: 2 } },
      },
    };
    const decided = await ask("POST", `/api/simulations/${id}/decisions`, { agent: "user", action });
    assertEquals(decided.status, 201, JSON.stringify(decided.body));
    await server.app.wait(id);
    assertEquals(alignments(await ask("GET", `/simulation/${id}`)), ["aligned"]);
  });
});

Deno.test("a conversation is judged anew in a run of its own; what was said stays as it was", async () => {
  await withRest(async (server) => {
    const { ask, app } = server;
    const id = await played(server);
    const answer = await ask("POST", `/simulation/${id}/rejudge`, {
      judge: { kind: "rules" },
      labels: { why: "test" },
    });
    assertEquals(answer.status, 202, JSON.stringify(answer.body));
    const anew = answer.body.run.run_id;
    assertEquals(answer.headers.get("location"), `/simulation/${anew}`);
    await app.wait(anew);
    const [before, after] = await Promise.all([id, anew].map((each) => ask("GET", `/simulation/${each}`)));
    assertTrue(anew !== id);
    assertEquals(alignments(after!), alignments(before!));
    const said = ({ body: { run } }: Answer) =>
      run.turns.map(({ simulated_user, chat_agent }: { simulated_user: { message: string }; chat_agent: unknown }) => [
        simulated_user.message,
        chat_agent,
      ]);
    assertEquals(said(after!), said(before!));
    assertEquals(
      told(await ask("POST", `/simulation/${id}/rejudge`, { judge: { kind: "ruels" } })),
      "422 invalid_value",
    );
    const idle = await started(server, { conversation: section(), auto_advance: false });
    assertEquals(told(await ask("POST", `/simulation/${idle}/rejudge`)), "409 nothing_to_judge");
  });
});

Deno.test("a person's label counts more than the verdict, and shows what the judge is worth", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const id = await played(server);
    const before = (await ask("GET", "/simulation/certificate")).body;
    assertEquals([before.labelled[0].judge, before.labelled[0].certificate.n >= 120, before.own], ["rules", true, []]);
    const label = { alignment: "aligned", note: "It was only a mood." };
    const labelled = await ask("PUT", `/simulation/${id}/turns/2/label`, label);
    const { summary, turns } = labelled.body.run;
    assertEquals([labelled.status, summary.aligned, summary.misaligned, summary.passed], [200, 3, 0, true]);
    assertEquals([turns[1].judge.alignment, turns[1].label.alignment, turns[1].label.note, turns[1].label.by], [
      "misaligned",
      "aligned",
      label.note,
      "local",
    ]);
    const [own] = (await ask("GET", "/simulation/certificate")).body.own;
    assertEquals([own.judge, own.runs, own.certificate.n, own.certificate.agreement.estimate], ["rules", [id], 1, 0]);
    const other = await ask("PUT", `/simulation/${id}/turns/2/label`, { alignment: "misaligned", by: "Ada" });
    assertEquals([other.body.run.turns[1].label.by, other.body.run.summary.misaligned], ["Ada", 1]);
    assertEquals((await ask("GET", "/simulation/certificate")).body.own[0].certificate.agreement.estimate, 1);
    assertEquals(told(await ask("PUT", `/simulation/${id}/turns/4/label`, label)), "422 bad_turn");
    assertEquals(told(await ask("PUT", `/simulation/${id}/turns/0/label`, label)), "422 invalid_request");
    assertEquals(
      told(await ask("PUT", `/simulation/${id}/turns/2/label`, { alignment: "good" })),
      "422 invalid_request",
    );
  });
});

Deno.test("labels need a key that may edit, and are its holder's; looking needs one that may read", async () => {
  const keys: Record<string, string> = {};
  const before = (_: unknown, folder: string) => {
    const store = new KeyStore(`${folder}/output`);
    for (const scope of ["read", "run", "edit"] as const) keys[scope] = store.create(`ada-${scope}`, [scope]).key;
  };
  await withRest(async ({ ask, app }) => {
    const as = (scope: string) => ({ authorization: `Bearer ${keys[scope]}` });
    const answer = await ask("POST", "/simulation/run", { conversation: section() }, as("run"));
    const id = answer.body.run.run_id;
    await app.wait(id);
    const put = (scope: string) => ask("PUT", `/simulation/${id}/turns/1/label`, { alignment: "unclear" }, as(scope));
    assertEquals(told(await put("run")), "403 scope_missing");
    assertEquals((await put("edit")).body.run.turns[0].label.by, "ada-edit");
    assertEquals(told(await ask("POST", `/simulation/${id}/rejudge`, {}, as("read"))), "403 scope_missing");
    assertEquals((await ask("GET", `/simulation/${id}`, undefined, as("read"))).status, 200);
    assertEquals(told(await ask("GET", `/simulation/${id}`)), "401 no_key");
  }, { before });
});

Deno.test("a conversation is exported to every format with its media type and a file's name", async () => {
  await withRest(async (server) => {
    const { ask, fetch } = server;
    const id = await played(server);
    const formats: [format: string, type: string, extension: string, content: RegExp][] = [
      ["txt", "text/plain; charset=utf-8", "txt", /I have lost my appetite/],
      ["md", "text/markdown; charset=utf-8", "md", /^# /m],
      ["json", "application/json; charset=utf-8", "json", /"format":1/],
      ["openai", "application/x-ndjson; charset=utf-8", "jsonl", /"role":"user"/],
      ["junit", "application/xml; charset=utf-8", "xml", /<testsuites?[ >]/],
      ["case", "application/yaml; charset=utf-8", "yaml", /I have lost my appetite/],
    ];
    assertEquals(formats.map(([format]) => format), [...CONVERSATION_FORMATS]);
    for (const [format, type, extension, content] of formats) {
      const answer = await fetch(`/simulation/${id}/export?format=${format}`);
      assertEquals([answer.status, answer.headers.get("content-type")], [200, type]);
      assertEquals(answer.headers.get("content-disposition"), `attachment; filename="${id}.${extension}"`);
      assertMatches(await answer.text(), content);
      const headers = { "if-none-match": answer.headers.get("etag")! };
      const again = await fetch(`/simulation/${id}/export?format=${format}`, { headers });
      await again.body?.cancel();
      assertEquals(again.status, 304);
    }
    assertMatches((await ask("GET", `/simulation/${id}/export`)).headers.get("content-type")!, /^text\/plain/);
    assertEquals(told(await ask("GET", `/simulation/${id}/export?format=pdf`)), "422 invalid_request");
    const silent = await started(server, { conversation: section(), auto_advance: false });
    assertEquals(told(await ask("GET", `/simulation/${silent}/export?format=case`)), "409 no_wishes");
  });
});

Deno.test("every conversation is at /simulation/run/{id} too", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const id = await started(server, { conversation: section(), auto_advance: false });
    const at = `/simulation/run/${id}`;
    assertEquals((await ask("POST", `${at}/advance`, {})).body.turn.index, 1);
    assertEquals((await ask("GET", at)).body, (await ask("GET", `/simulation/${id}`)).body);
    assertEquals((await ask("GET", `${at}/export`)).body, (await ask("GET", `/simulation/${id}/export`)).body);
    assertEquals((await ask("PUT", `${at}/turns/1/label`, { alignment: "unclear" })).body.run.summary.unclear, 1);
    assertEquals((await ask("POST", `${at}/rejudge`, {})).status, 202);
    assertEquals((await ask("POST", `${at}/cancel`)).body.run.status, "cancelled");
    assertEquals(told(await ask("GET", "/simulation/run")), "405 method_not_allowed");
    const { paths } = (await ask("GET", "/openapi.json")).body;
    const described = Object.keys(paths).filter((path) => path.startsWith("/simulation/")).sort();
    assertEquals(described, [
      "/simulation/certificate",
      "/simulation/quote",
      "/simulation/run",
      "/simulation/runs",
      "/simulation/{id}",
      "/simulation/{id}/advance",
      "/simulation/{id}/cancel",
      "/simulation/{id}/export",
      "/simulation/{id}/outline",
      "/simulation/{id}/rejudge",
      "/simulation/{id}/turns/{turn}/label",
    ]);
  });
});

Deno.test("conversations are listed in pages, by label and by session; other simulations are not among them", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const ids: string[] = [];
    for (const [session_id, team] of [["a", "x"], ["b", "x"], ["a", "y"]]) {
      ids.push(await started(server, { conversation: section(), session_id, labels: { team }, auto_advance: false }));
    }
    const other = await server.start({ turns: 1 });
    await server.app.wait(other);
    const seen: string[] = [];
    let path: string | undefined = "/simulation/runs?limit=2";
    while (path !== undefined) {
      const page = await ask("GET", path);
      seen.push(...page.body.map(({ run_id }: { run_id: string }) => run_id));
      assertEquals(page.headers.has("link"), page.headers.has("x-next-cursor"));
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1];
    }
    assertEquals(seen, ids.toReversed());
    const found = async (query: string) => (await ask("GET", `/simulation/runs?${query}`)).body.length;
    assertEquals([await found("session_id=a"), await found("label=team=x"), await found("session_id=a&label=team=x")], [
      2,
      2,
      1,
    ]);
    assertEquals(await found("session_id=c"), 0);
    assertEquals(told(await ask("GET", "/simulation/runs?cursor=x")), "422 bad_cursor");
    const asks: [method: string, rest: string, body?: unknown][] = [
      ["GET", ""],
      ["POST", "/advance", {}],
      ["POST", "/cancel"],
      ["POST", "/rejudge", {}],
      ["GET", "/export"],
      ["PUT", "/turns/1/label", { alignment: "aligned" }],
    ];
    for (const [method, rest, body] of asks) {
      assertEquals(told(await ask(method, `/simulation/${other}${rest}`, body)), "404 no_conversation", rest);
      assertEquals(told(await ask(method, `/simulation/nothing${rest}`, body)), "404 unknown_run", rest);
    }
  });
});

Deno.test("switched off, there are no conversations: no routes, none described, no transcript", async () => {
  const config = { features: { simulatedUserMode: false } };
  await withRest(async ({ ask, fetch }) => {
    assertEquals((await ask("GET", "/api/features")).body.simulatedUserMode, false);
    const asks: [method: string, path: string, body?: unknown][] = [
      ["POST", "/simulation/run", { conversation: section() }],
      ["GET", "/simulation/runs"],
      ["GET", "/simulation/certificate"],
      ["POST", "/simulation/certificate", {}],
      ["GET", "/simulation/x"],
      ["POST", "/simulation/x/advance", {}],
      ["GET", "/simulation/run/x/export"],
    ];
    for (const [method, path, body] of asks) {
      assertEquals(told(await ask(method, path, body)), "404 feature_off", `${method} ${path}`);
    }
    const started = await ask("POST", "/api/simulations", { scenario: { conversation: section() } });
    assertEquals(told(started), "404 feature_off");
    const { paths } = (await ask("GET", "/openapi.json")).body;
    assertEquals(Object.keys(paths).filter((path) => path.startsWith("/simulation/")), []);
    // A browser is told in the same way.
    const page = await fetch("/simulation/runs", { headers: { accept: "text/html" } });
    await page.body?.cancel();
    assertEquals([page.status, page.headers.get("content-type")], [404, "application/problem+json"]);
  }, { config });
});

Deno.test("a model is certified in runs of its own; one that there is not is refused", async () => {
  await using models = await LLMServer.start({ behave: () => "hang" });
  const config = { providers: { default: { base_url: models.url, model: "test-model" } } };
  await withRest(async ({ ask, app }) => {
    const answer = await ask("POST", "/simulation/certificate", {});
    assertEquals([answer.status, answer.body.runs.length], [202, 3]);
    for (const { run_id, config, status } of answer.body.runs) {
      assertEquals([config.judge.kind, config.user.kind, status], ["llm", "recorded", "running"]);
      await app.cancel(run_id);
    }
    const unknown = await ask("POST", "/simulation/certificate", { judge: { modle: "x" } });
    assertEquals(told(unknown), "422 unknown_key");
    const nobody = await ask("POST", "/simulation/certificate", { judge: { provider: "nobody" } });
    assertEquals(told(nobody), "404 unknown_provider");
  }, { config });
});

Deno.test("the page of a conversation shows what was said, wanted, done and judged, as text", async () => {
  await withRest(async (server) => {
    const hostile = '<script>alert("x")</script><img src=x onerror=alert(1)>';
    const script = [{ message: hostile, desired_action: { name: "delete_task", parameters: { task_id: 2 } } }];
    const id = await played(server, {
      conversation: section({ user: { kind: "scripted", script, goal: hostile }, max_turns: 1 }),
    });
    await server.ask("PUT", `/simulation/${id}/turns/1/label`, { alignment: "unclear", note: hostile, by: hostile });
    const text = await (await server.fetch(`/runs/${id}`, { headers: { accept: "text/html" } })).text();
    assertTrue(!text.includes("<script>alert") && !text.includes("<img"));
    const page = new DOMParser().parseFromString(text, "text/html");
    assertEquals(page.querySelector(".said").textContent, hostile);
    assertEquals(page.querySelector(".verdict .badge-word").textContent, "unclear");
    assertMatches(page.querySelector(".turn").textContent, /delete_task.*misaligned/s);
    assertEquals(page.querySelectorAll(`a[href^="/simulation/${id}/export"]`).length, CONVERSATION_FORMATS.length);
  });
});

Deno.test("kill -9 of the host in the middle of a turn: the next one plays it anew, and the conversation to its end", async () => {
  await using agent = new HeldAgent();
  await withFolder(async (folder) => {
    const config = join(folder, "llm-sim.yaml");
    await Deno.writeTextFile(config, JSON.stringify({ http_allow: [agent.origin] }));
    const args = ["--config", config, "--output", join(folder, "output")];
    const conversation = { ...withHttp(agent), max_turns: 3 };
    const read = async (answer: Promise<Response>) => await (await answer).json();

    await using killed = await serve(args);
    const start = (body: unknown) => read(fetch(`${killed.url}/simulation/run`, posted(body)));
    const manual = (await start({ conversation, auto_advance: false })).run.run_id;
    const first = await read(fetch(`${killed.url}/simulation/${manual}/advance`, posted({})));
    assertEquals(first.turn.index, 1);
    // The second turn of the other one never ends there.
    agent.hold(3);
    const { run_id } = (await start({ conversation })).run;
    await agent.whenAsked(3);
    await killed.kill();
    agent.release();

    await using next = await serve(args);
    // The stream of its events ends with it.
    await (await fetch(`${next.url}/api/simulations/${run_id}/events/stream`)).text();
    const { run } = await read(fetch(`${next.url}/simulation/${run_id}`));
    assertEquals([run.status, run.ended_by, run.turns.length], ["finished", "user_done", 3]);
    const later = await read(fetch(`${next.url}/simulation/${manual}/advance`, posted({ turn: 2 })));
    assertEquals([later.turn.index, later.run.turns[0], later.run.status], [2, first.turn, "idle"]);
    assertEquals(agent.asked.map(({ turn }) => turn), [1, 1, 2, 2, 3, 2]);
  });
});

Deno.test("the outline after a turn, what a start would be, and a label that is taken back", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const quoted = await ask("POST", "/simulation/quote", { conversation: section(), goal: "Have a party" });
    assertEquals([quoted.status, quoted.body.goal, quoted.body.price.text], [200, "Have a party", "1 run, free"]);
    assertEquals(
      told(await ask("POST", "/simulation/quote", { repo: "economic", config: "growth.yaml" })),
      "422 no_conversation",
    );
    assertEquals((await ask("GET", "/simulation/runs")).body, []);
    const id = await played(server);
    const first = await ask("GET", `/simulation/${id}/outline?turn=1`);
    assertEquals(first.body.tasks.at(-1).touches, [{ turn: 1, action: "create_task", as: "done" }]);
    assertEquals((await ask("GET", `/simulation/run/${id}/outline`)).body.turn, 3);
    assertEquals(told(await ask("GET", `/simulation/${id}/outline?turn=4`)), "422 bad_turn");
    const label = `/simulation/${id}/turns/2/label`;
    assertEquals(told(await ask("DELETE", label)), "422 bad_turn");
    await ask("PUT", label, { alignment: "aligned" });
    assertEquals((await ask("GET", "/simulation/certificate")).body.own.length, 1);
    assertEquals((await ask("DELETE", label)).body.run.turns[1].label, undefined);
    assertEquals((await ask("GET", "/simulation/certificate")).body.own, []);
  });
});
