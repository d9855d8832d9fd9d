/** Processes that die in the middle of a turn: what has been answered is not asked again. */

import type { App } from "../../runner/app.ts";
import { kill, sandboxOf } from "../durability/kills.ts";
import { SecondHost } from "../durability/second_host.ts";
import { difference, noticed } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { LLMRequest, LLMServer } from "../support/llm_server.ts";
import { asks, assertCompleted, heard, Hold, questionsOn, talk, withModels } from "./world.ts";

const TEXT = talk({ questions: 2 });
/** Calls of a run of `TEXT`. */
const CALLS = 18;

/** In turn 2 one agent has been answered once and waits for its second answer, the others wait for their first. */
const MIDST = (request: LLMRequest) => asks(request, { turn: 2 }) && !asks(request, { agent: "A_1", question: 1 });
const IN_MIDST = 3;

/** The folder of a run that nothing disturbs; the server has forgotten it. */
async function undisturbed(app: App, server: LLMServer, text = TEXT): Promise<string> {
  const run = await runToEnd(app, { text });
  assertCompleted(run);
  server.reset();
  return app.folder(run.run_id);
}

/** Resolves when the process that took the place of one that was killed waits for all agents. */
function waitsAgain(app: App, runId: string): Promise<void> {
  return noticed(app, runId, (notice) => notice.kind === "waiting" && notice.agents.length === 3);
}

Deno.test("a sandbox that is killed with calls in flight is replaced by one that makes none of them again", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = await undisturbed(app, server);
    const told = heard(app);
    hold.back(MIDST);
    const { run_id } = await app.start({ text: TEXT });
    await hold.seen(IN_MIDST);
    kill(await sandboxOf(app.folder(run_id)));
    await waitsAgain(app, run_id);
    hold.release();
    assertCompleted(await app.wait(run_id));
    assertEquals([server.received, server.answered, server.repeated], [CALLS, CALLS, []]);
    assertEquals(questionsOn(app.folder(run_id)).length, CALLS);
    assertEquals(await difference(reference, app.folder(run_id)), null);
    assertTrue(told.warnings().some((text) => text.includes("continuing from its last checkpoint")));
  });
});

Deno.test("an answer that a killed sandbox waited for goes to whoever asks that question in the new one", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = await undisturbed(app, server);
    // A_3 asks its second question before A_1 does; in the new process it is the other way round.
    hold.back((request) => asks(request, { turn: 1 }) && !asks(request, { agent: "A_3", question: 1 }));
    const { run_id } = await app.start({ text: TEXT });
    await hold.seen(3);
    hold.release((request) => asks(request, { agent: "A_1", question: 1 }));
    await hold.seen(4);
    kill(await sandboxOf(app.folder(run_id)));
    await waitsAgain(app, run_id);
    hold.release((request) => asks(request, { agent: "A_3", question: 2 }));
    await server.whenAnswered(3);
    hold.release();
    assertCompleted(await app.wait(run_id));
    assertEquals(await difference(reference, app.folder(run_id)), null);
    assertEquals([server.received, server.repeated], [CALLS, []]);
  });
});

Deno.test("a host that is killed with calls in flight leaves a run that repeats no call that was on its tape", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server, folder) => {
    const reference = await undisturbed(app, server);
    hold.back(MIDST);
    const host = new SecondHost({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml`, start: [TEXT] });
    const { run_id } = await host.says((line) => line.done === "start");
    await hold.seen(IN_MIDST);
    await host.kill();
    await server.whenAborted(IN_MIDST);
    const kept = questionsOn(app.folder(run_id!));
    assertEquals(kept.length, 7);
    hold.release();
    await app.resume(run_id!);
    const run = await app.wait(run_id!);
    assertCompleted(run);
    assertEquals([server.answered, server.repeated], [CALLS, []]);
    for (const question of kept) assertEquals(server.receivedBy.get(question), 1, question);
    assertEquals([run.cost.calls, questionsOn(app.folder(run_id!)).length], [CALLS, CALLS]);
    assertEquals(await difference(reference, app.folder(run_id!)), null);
  });
});

const SEEDS = Number(Deno.env.get("LLM_SIM_KILLS") ?? 2);

/** A number that follows from `seed` and `nth`, from `least` to below `bound`. */
function chosen(seed: number, nth: number, least: number, bound: number): number {
  let mixed = Math.imul(seed + nth * 0x9e3779b9, 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0;
  return least + (mixed >>> 8) % (bound - least);
}

Deno.test("host and sandbox killed after any number of calls: none on the tape is made again, the files are the same", async () => {
  const first = Math.floor(Math.random() * 1e6);
  const hold = new Hold();
  let seed = 0;
  const behave = ({ index }: LLMRequest) => ({ do: "answer" as const, latency: chosen(seed, index, 0, 12) });
  await withModels({ behave, answer: hold.answer }, async (app, server, folder) => {
    const reference = await undisturbed(app, server);
    for (seed = first; seed < first + SEEDS; seed++) {
      const [host, sandbox] = [chosen(seed, 101, 1, 9), chosen(seed, 102, 9, CALLS)];
      const said = `seed ${seed}: the host after ${host} calls, the sandbox after ${sandbox}`;
      server.reset();
      const second = new SecondHost({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml`, start: [TEXT] });
      const { run_id } = await second.says((line) => line.done === "start");
      await server.whenReceived(host);
      await second.kill();
      await server.whenIdle();
      const kept = questionsOn(app.folder(run_id!));
      const lost = server.received - kept.length;
      hold.back(() => true);
      await app.resume(run_id!);
      await hold.seen();
      const pid = await sandboxOf(app.folder(run_id!));
      hold.release();
      await server.whenReceived(sandbox + lost);
      kill(pid);
      assertCompleted(await app.wait(run_id!));
      for (const question of kept) assertEquals(server.receivedBy.get(question), 1, `${said}: ${question}`);
      // What was on its way when the host died is asked again, and nothing else: each agent asks one thing at a time.
      const again = [...server.receivedBy].filter(([, times]) => times > 1);
      assertTrue(again.length <= 3 && again.every(([, times]) => times === 2), `${said}: ${JSON.stringify(again)}`);
      const questions = questionsOn(app.folder(run_id!));
      assertEquals([questions.length, new Set(questions).size], [CALLS, CALLS], said);
      assertEquals(await difference(reference, app.folder(run_id!)), null, said);
    }
  });
});
