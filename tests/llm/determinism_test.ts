/** Runs that ask models leave the same files, whoever is answered first. */

import { difference } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { LLMRequest } from "../support/llm_server.ts";
import { assertCompleted, eventsOf, given, Hold, questionsOn, talk, tapeOf, withModels } from "./world.ts";

const AGENTS = 5;
const QUESTIONS = 2;
const TEXT = talk({ agents: AGENTS, questions: QUESTIONS, turns: 3 });

Deno.test("two runs whose answers come in any order have the same files, and events in agent order", async () => {
  const behave = () => ({ do: "answer" as const, latency: Math.random() * 15 });
  await withModels({ behave }, async (app, server) => {
    const folders: string[] = [];
    for (let i = 0; i < 2; i++) {
      const run = await runToEnd(app, { text: TEXT });
      assertCompleted(run);
      folders.push(app.folder(run.run_id));
    }
    assertTrue(server.peakInFlight > 1);
    const [one, other] = folders;
    assertEquals(await difference(one!, other!), null);
    assertEquals(questionsOn(one!).sort(), questionsOn(other!).sort());
    // Were answers taken as they come, this would not be so.
    assertTrue(questionsOn(one!).join() !== questionsOn(other!).join());
    const events = eventsOf(one!, "LLM").map(({ turn, agent, details }) => [turn, agent, details.n]);
    const expected = [1, 2, 3].flatMap((turn) =>
      Array.from({ length: AGENTS }, (_, i) => [1, 2].map((n) => [turn, `A_${i + 1}`, n])).flat()
    );
    assertEquals(events, expected);
  });
});

Deno.test("a question that nobody waits for belongs to its turn, which waits for it", async () => {
  const isAside = ({ messages }: Pick<LLMRequest, "messages">) => String(messages.at(-1)!.content).includes("wonders");
  const hold = new Hold();
  const answer = async (request: LLMRequest) =>
    isAside(request) ? (await hold.answer(request), "so it is") : given(request);
  await withModels({ answer }, async (app, server) => {
    const text = talk({ config: "aside: true", turns: 2 });
    const reference = await runToEnd(app, { text });
    assertCompleted(reference);
    assertEquals([reference.cost.calls, reference.validity.state], [12, "valid"]);
    server.reset();
    // All agents have decided; only what nobody waits for is outstanding.
    hold.back(isAside);
    const { run_id } = await app.start({ text });
    await hold.seen(3);
    await server.whenAnswered(3);
    assertEquals(server.received, 6);
    hold.release();
    const run = await app.wait(run_id);
    assertCompleted(run);
    assertEquals([server.received, tapeOf(app.folder(run_id)).length], [12, 12]);
    assertEquals(await difference(app.folder(reference.run_id), app.folder(run_id)), null);
    const events = eventsOf(app.folder(run_id), "LLM").map(({ turn, agent, details }) =>
      `${turn} ${agent} ${details.purpose}`
    );
    const perTurn = (turn: number) => [1, 2, 3].flatMap((i) => [`${turn} A_${i} aside`, `${turn} A_${i} decide`]);
    assertEquals(events, [...perTurn(1), ...perTurn(2)]);
    assertEquals((await app.replay(run_id)).divergence, null);
  });
});

Deno.test("agents that act one after another ask one after another, and each sees what the one before has done", async () => {
  await withModels({ behave: () => ({ do: "answer" as const, latency: Math.random() * 5 }) }, async (app, server) => {
    const text = TEXT.replace("max_turns: 3,", "max_turns: 2, schedule: random_order,");
    const runs = [await runToEnd(app, { text }), await runToEnd(app, { text })];
    runs.forEach(assertCompleted);
    assertEquals(server.peakInFlight, 1);
    assertEquals(await difference(app.folder(runs[0]!.run_id), app.folder(runs[1]!.run_id)), null);
    assertEquals((await app.replay(runs[0]!.run_id)).divergence, null);
  });
});
