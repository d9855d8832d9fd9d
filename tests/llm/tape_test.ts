/** The tape of a run: replay makes no call, and says exactly what the tape lacks; damage costs no more than it destroyed. */

import { type App, openApp } from "../../runner/app.ts";
import { copyFolder, difference } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import type { LLMRequest } from "../support/llm_server.ts";
import {
  asks,
  assertCompleted,
  eventsOf,
  heard,
  Hold,
  KEY_ENV,
  questionsOn,
  talk,
  tapeOf,
  tapeText,
  withModels,
} from "./world.ts";

/** Answers of every kind: one that must be asked for again, one that never fits, one that is refused. */
function mixed(request: LLMRequest) {
  if (asks(request, { turn: 1, agent: "A_1" }) && request.messages.length === 2) return "wrong_shape" as const;
  if (asks(request, { turn: 2, agent: "A_2" })) return "prose" as const;
  if (asks(request, { turn: 2, agent: "A_3" })) return "refusal" as const;
  return asks(request, { turn: 3, agent: "A_3" }) ? "wrong_shape" as const : undefined;
}
const MIXED = talk({ llm: "{ provider: test, max_retries: 1 }", more: "limits: { max_fallback_share: 0.5 }" });

/** Rewrites a run's tape, line by line; null leaves a line out. */
function rewriteTape(folder: string, rewrite: (line: string, index: number) => string | null): void {
  const lines = tapeText(folder).trimEnd().split("\n").map(rewrite).filter((line) => line !== null);
  Deno.writeTextFileSync(`${folder}/llm.jsonl`, lines.join("\n") + "\n");
}

async function ended(app: App, text: string): Promise<string> {
  const run = await runToEnd(app, { text });
  assertCompleted(run);
  return run.run_id;
}

Deno.test("a replay reproduces every file and makes no call, with the server down, elsewhere, and without any key", async () => {
  await withModels({ behave: mixed }, async (app, server, folder) => {
    const id = await ended(app, MIXED);
    const { received } = server;
    assertEquals([received, tapeOf(app.folder(id)).length], [11, 11]);
    assertEquals(tapeOf(app.folder(id)).map(({ seq }) => seq), Array.from({ length: 11 }, (_, i) => i + 1));
    assertEquals(eventsOf(app.folder(id), "VALIDITY").length, 4);
    await server.down();
    const here = await app.replay(id, { keep: true });
    assertEquals([here.identical, here.divergence, here.turns], [true, null, 3]);

    copyFolder(app.folder(id), `${folder}/sent/${id}`);
    Deno.env.delete(KEY_ENV);
    await Deno.writeTextFile(
      `${folder}/other.yaml`,
      JSON.stringify({ simulation_repos: app.config.simulation_repos }),
    );
    const other = await openApp({ output: `${folder}/sent`, config: `${folder}/other.yaml` });
    try {
      const there = await other.replay(id);
      assertEquals([there.identical, there.divergence, there.code_changed], [true, null, false]);
    } finally {
      await other.close();
    }
    await server.up();
    assertEquals(server.received, received);
  });
});

Deno.test("a run without a tape plays as any other, leaves none, and cannot be replayed, which says why", async () => {
  await withModels({}, async (app, server) => {
    const id = await ended(app, talk({ llm: "{ provider: test, tape: off }" }));
    const taped = await ended(app, talk());
    assertEquals(tapeText(app.folder(id)), "");
    assertEquals(await difference(app.folder(taped), app.folder(id)), null);
    server.reset();
    const { identical, divergence } = await app.replay(id);
    assertEquals([identical, divergence?.file], [false, "llm.jsonl"]);
    assertMatches(
      divergence!.recorded,
      /no answer to 'decide' 1 of agent 'A_1' in turn 1 \(the run was played with tape: off\)$/,
    );
    assertEquals(server.received, 0);
  });
});

Deno.test("a replay whose tape lacks an entry, or has one too many, says which: agent, turn and purpose", async () => {
  await withModels({}, async (app, server) => {
    const id = await ended(app, talk());
    server.reset();
    rewriteTape(app.folder(id), (line) => {
      const { agent, turn } = JSON.parse(line);
      return agent === "A_2" && turn === 2 ? null : line;
    });
    const { identical, divergence } = await app.replay(id);
    assertEquals([identical, divergence?.file, divergence?.place], [false, "llm.jsonl", "turn 2"]);
    assertMatches(divergence!.recorded, /^the tape has no answer to 'decide' 1 of agent 'A_2' in turn 2/);

    const more = await ended(app, talk());
    server.reset();
    rewriteTape(app.folder(more), (line, i) => i === 4 ? `${line}\n${line.replace('"decide"', '"judge"')}` : line);
    const { turn, agent } = tapeOf(app.folder(more))[4]!;
    const unasked = {
      file: "llm.jsonl",
      place: `turn ${turn}, ${agent}, judge`,
      recorded: "asked",
      replayed: "not asked",
    };
    assertEquals((await app.replay(more)).divergence, unasked);
    assertEquals(server.received, 0);
  });
});

Deno.test("a replay that asks something else than was recorded says so, be it the tape that changed or the prompt", async () => {
  const fixture = await Deno.readTextFile(new URL("../fixtures/domains/talkers/mod.ts", import.meta.url));
  const source = fixture.replace('name: "talkers"', 'name: "prompted"');
  await withModels({}, async (app, server, folder) => {
    const id = await ended(app, talk());
    const own = await ended(app, talk({ domain: "prompted" }));
    server.reset();
    rewriteTape(app.folder(id), (line, i) => i === 4 ? line.replace(/"key":"../, '"key":"00') : line);
    const { agent, turn } = tapeOf(app.folder(id))[4]!;
    const changed = await app.replay(id);
    assertEquals([changed.identical, changed.divergence?.file, changed.code_changed], [false, "llm.jsonl", false]);
    const place = `the tape has another question in the place of 'decide' 1 of agent '${agent}' in turn ${turn}`;
    assertTrue(changed.divergence!.recorded.startsWith(place), changed.divergence!.recorded);

    const words = source.replace("You give coins to a common pot.", "You keep your coins.");
    assertTrue(words !== source);
    await Deno.writeTextFile(`${folder}/domains/prompted/mod.ts`, words);
    const prompted = await app.replay(own);
    assertEquals([prompted.identical, prompted.divergence?.file, prompted.code_changed], [false, "llm.jsonl", true]);
    assertMatches(
      prompted.divergence!.recorded,
      /another question in the place of 'decide' 1 of agent 'A_1' in turn 1/,
    );
    assertMatches(prompted.divergence!.recorded, /the code, the prompts or the settings have changed/);
    assertEquals(server.received, 0);
  }, { sources: { prompted: source } });
});

/** A run that was interrupted in turn 2 with two of its three calls answered. */
async function cutOff(app: App, hold: Hold): Promise<string> {
  hold.back((request) => asks(request, { turn: 2, agent: "A_3" }) || asks(request, { turn: 2, question: 2 }));
  const { run_id } = await app.start({ text: talk({ questions: 2 }) });
  await hold.seen(3);
  await app.interrupt(run_id, "test");
  hold.release();
  return run_id;
}

Deno.test("of a tape damaged in the middle replay names the line, and resume asks only for what stood there", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = app.folder(await ended(app, talk({ questions: 2 })));
    const id = await cutOff(app, hold);
    const kept = questionsOn(app.folder(id));
    assertEquals(kept.length, 8);
    const line = kept.findIndex((question) => question.startsWith("Turn 2: you are A_1")) + 1;
    rewriteTape(app.folder(id), (text, i) => i === line - 1 ? text.replace('"kind"', '"kin\u0000d"') : text);
    await server.whenIdle();
    server.reset();
    const told = heard(app);
    await app.resume(id);
    const run = await app.wait(id);
    assertCompleted(run);
    const warned = told.warnings().filter((text) => text.startsWith(`llm.jsonl is damaged in line ${line}:`));
    assertEquals([warned.length, server.received], [1, 18 - kept.length + 1]);
    for (const question of kept) {
      assertEquals(server.receivedBy.get(question), question === kept[line - 1] ? 1 : undefined, question);
    }
    assertEquals((await app.replay(id)).identical, true);
    assertEquals(await difference(reference, app.folder(id)), null);

    rewriteTape(reference, (text, i) => i === 3 ? text.slice(20) : text);
    const { divergence } = await app.replay(reference.split("/").at(-1)!);
    assertMatches(divergence!.recorded, /^the tape has no answer to .*; llm\.jsonl is damaged in line 4/);
  });
});

Deno.test("a line that was torn when the host died is cut off, and its call alone is made again", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = app.folder(await ended(app, talk({ questions: 2 })));
    const id = await cutOff(app, hold);
    const text = tapeText(app.folder(id));
    const torn = questionsOn(app.folder(id)).at(-1)!;
    Deno.writeTextFileSync(`${app.folder(id)}/llm.jsonl`, text.slice(0, -40));
    // What the host has hung up on is answered to nobody, and no answer of the resume.
    await server.whenIdle();
    server.reset();
    const told = heard(app);
    await app.resume(id);
    assertCompleted(await app.wait(id));
    assertEquals([server.received, server.receivedBy.get(torn), server.repeated], [11, 1, []]);
    assertEquals(told.warnings(), []);
    assertEquals([tapeOf(app.folder(id)).length, new Set(questionsOn(app.folder(id))).size], [18, 18]);
    assertEquals(await difference(reference, app.folder(id)), null);
    assertEquals((await app.replay(id)).identical, true);
  });
});
